use aws::{
    PipeState, Pipes,
    operator::{Depth, Targets},
};
use futures_util::TryStreamExt;
use serde_json::{Value, json};

use super::{Meaning, Pipe, Seen};
use crate::{Result, Stack, Tone, few::few, in_queue, stack::Subscription, time::said_s};

/// How one pipe does, and how much waits before and after it.
#[derive(Debug)]
pub struct Status<'a> {
    /// Which.
    pub pipe: Pipe<'a>,
    /// Its state.
    pub status: PipeState,
    /// Of a subscription: the router delivers to the stack's own topic.
    pub target: Option<(&'a Subscription, Seen)>,
    /// What waits before it.
    pub queue: Option<Depth>,
    /// What it gave up, as places in the stream.
    pub letters: Option<Depth>,
    /// What it gave up.
    pub dlq: Depth,
}

impl<'a> Status<'a> {
    async fn read(
        stack: &'a Stack,
        control: &Pipes,
        targets: &Targets,
        pipe: Pipe<'a>,
    ) -> Result<Self> {
        let depth = async |url: Option<&str>| match url {
            Some(url) => stack.queue(url).depth().await.map(Some),
            None => Ok(None),
        };
        let target = async {
            Ok(match stack.description.subscriptions.get(pipe.name) {
                Some(one) => Some((one, Seen::of(targets, one).await)),
                None => None,
            })
        };
        let (status, target, queue, letters, dlq) = futures_util::try_join!(
            control.state(pipe.pipe),
            target,
            depth(pipe.queue_url),
            depth(pipe.letters_url),
            depth(Some(pipe.dlq_url)),
        )?;
        Ok(Self {
            pipe,
            status,
            target,
            queue,
            letters,
            dlq: dlq.unwrap_or_default(),
        })
    }

    /// That of the pipe, or that its target is missing though it runs.
    pub fn state(&self) -> &str {
        let pipe = self.status.current.as_str();
        let target = self.target.as_ref();
        target.map_or(pipe, |(_, seen)| seen.state(pipe))
    }

    /// What that means.
    pub fn meaning(&self) -> Meaning {
        if let Some((one, seen)) = &self.target
            && self.state() != self.status.current
            && let Some(meaning) = seen.meaning(self.pipe.name, one)
        {
            return meaning;
        }
        let kept = self.queue.map(|queue| said_s(queue.kept_s));
        Meaning::of(&self.pipe, &self.status, kept.as_deref())
    }

    /// As programs see it.
    pub fn as_json(&self) -> Value {
        let Meaning { text, remedy, .. } = self.meaning();
        let depth = |depth: Depth| {
            json!({
                "visible": depth.visible,
                "in_flight": depth.in_flight,
                "delayed": depth.delayed,
                "kept_s": depth.kept_s,
            })
        };
        json!({
            "name": self.pipe.name,
            "pipe": self.pipe.pipe,
            "state": self.state(),
            "desired": self.status.desired,
            "enabled": self.pipe.enabled,
            "reason": self.status.reason,
            "queue": self.queue.map(depth),
            "letters": self.letters.map(depth),
            "dlq": depth(self.dlq),
            "target_exists": self.target.as_ref().and_then(|(_, seen)| seen.exists()),
            "means": text,
            "remedy": remedy,
        })
    }

    /// What is worth a line below the table.
    pub fn remarks(&self) -> Vec<String> {
        let name = self.pipe.name;
        let mut remarks = Vec::new();
        let meaning = self.meaning();
        if meaning.tone != Tone::Good {
            remarks.push(format!("{name} {}", meaning.in_full()));
        }
        if let Some((_, seen)) = &self.target {
            remarks.extend(seen.unseen(name));
        }
        if let Some(letters) = self.letters.filter(|letters| in_queue(letters) > 0) {
            remarks.push(format!(
                "{name} has {} letters: what its pipe gave up, which `rehydrate` makes events of again",
                in_queue(&letters)
            ));
        }
        if in_queue(&self.dlq) > 0 {
            remarks.push(format!(
                "{name} has {} events in its DLQ: coatcheck dlq show {name}",
                in_queue(&self.dlq)
            ));
        }
        remarks
    }
}

/// How these pipes do.
pub async fn status<'a>(stack: &'a Stack, pipes: Vec<Pipe<'a>>) -> Result<Vec<Status<'a>>> {
    let (control, targets) = (&stack.pipes(), &stack.targets());
    let looks = pipes.into_iter();
    few(looks.map(|pipe| Status::read(stack, control, targets, pipe)))
        .try_collect()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{Description, sample};

    fn row<'a>(description: &'a Description, name: &str, state: &str, dead: u64) -> Status<'a> {
        let pipe = Pipe::named(description, name).unwrap();
        let depth = |visible| Depth {
            visible,
            in_flight: 2,
            delayed: 1,
            kept_s: 1_209_600,
        };
        Status {
            pipe,
            status: PipeState {
                current: state.to_owned(),
                desired: Some("RUNNING".to_owned()),
                reason: None,
            },
            target: description
                .subscriptions
                .get(name)
                .map(|one| (one, Seen::There)),
            queue: pipe.queue_url.map(|_| depth(12)),
            letters: pipe.letters_url.map(|_| Depth::default()),
            dlq: Depth {
                visible: dead,
                ..Depth::default()
            },
        }
    }

    #[test]
    fn what_is_well_needs_no_remark() {
        let description = sample();
        let well = row(&description, "invoices", "RUNNING", 0);
        assert!(well.remarks().is_empty());
    }

    #[test]
    fn a_state_is_explained_and_a_dlq_told() {
        let description = sample();
        let remarks = row(&description, "invoices", "STOPPED", 7).remarks();
        assert!(remarks[0].contains("for 14 d"), "{remarks:?}");
        assert!(
            remarks[0].contains("subscriptions resume invoices"),
            "{remarks:?}"
        );
        assert!(remarks[1].contains("7 events") && remarks[1].contains("dlq show invoices"));
    }

    #[test]
    fn programs_get_the_numbers_and_the_meaning() {
        let description = sample();
        let told = row(&description, "ledger", "STOPPED", 0).as_json();
        assert_eq!(told["queue"], Value::Null);
        assert_eq!(
            (&told["state"], &told["desired"]),
            (&json!("STOPPED"), &json!("RUNNING"))
        );
        assert!(told["means"].as_str().unwrap().contains("24 h"));
    }

    #[test]
    fn a_pipe_that_delivers_to_nothing_does_not_look_well() {
        let description = sample();
        let mut missing = row(&description, "invoices", "RUNNING", 0);
        missing.target = missing.target.map(|(one, _)| (one, Seen::Missing));
        let told = missing.as_json();
        assert_eq!(
            (&told["state"], &told["target_exists"]),
            (&json!("TARGET_MISSING"), &json!(false))
        );
        assert!(told["means"].as_str().unwrap().contains("does not exist"));
        assert!(missing.remarks()[0].contains("terraform apply"));
        // What stops the events comes first.
        missing.status.current = "STOPPED".to_owned();
        assert!(missing.remarks()[0].contains("subscriptions resume"));
    }
}
