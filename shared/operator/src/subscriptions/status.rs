use aws::{PipeState, Pipes, operator::Depth};
use futures_util::TryStreamExt;
use serde_json::{Value, json};

use super::{Meaning, Pipe};
use crate::{Result, Stack, Tone, few::few, in_queue, time::said_s};

/// How one pipe does, and how much waits before and after it.
#[derive(Debug)]
pub struct Status<'a> {
    /// Which.
    pub pipe: Pipe<'a>,
    /// Its state.
    pub status: PipeState,
    /// What waits before it.
    pub queue: Option<Depth>,
    /// What it gave up, as places in the stream.
    pub letters: Option<Depth>,
    /// What it gave up.
    pub dlq: Depth,
}

impl<'a> Status<'a> {
    async fn read(stack: &Stack, control: &Pipes, pipe: Pipe<'a>) -> Result<Self> {
        let depth = async |url: Option<&str>| match url {
            Some(url) => stack.queue(url).depth().await.map(Some),
            None => Ok(None),
        };
        let (status, queue, letters, dlq) = futures_util::try_join!(
            control.state(pipe.pipe),
            depth(pipe.queue_url),
            depth(pipe.letters_url),
            depth(Some(pipe.dlq_url)),
        )?;
        Ok(Self {
            pipe,
            status,
            queue,
            letters,
            dlq: dlq.unwrap_or_default(),
        })
    }

    /// What that means.
    pub fn meaning(&self) -> Meaning {
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
            "state": self.status.current,
            "desired": self.status.desired,
            "enabled": self.pipe.enabled,
            "reason": self.status.reason,
            "queue": self.queue.map(depth),
            "letters": self.letters.map(depth),
            "dlq": depth(self.dlq),
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
            remarks.push(format!("{name} {}", with(&meaning.text, meaning.remedy)));
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

fn with(text: &str, remedy: Option<String>) -> String {
    remedy.map_or_else(|| text.to_owned(), |remedy| format!("{text}: {remedy}"))
}

/// How these pipes do.
pub async fn status<'a>(stack: &Stack, pipes: Vec<Pipe<'a>>) -> Result<Vec<Status<'a>>> {
    let control = &stack.pipes();
    let looks = pipes.into_iter();
    few(looks.map(|pipe| Status::read(stack, control, pipe)))
        .try_collect()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{Description, sample};

    fn row<'a>(made_of: &'a Description, name: &str, state: &str, dead: u64) -> Status<'a> {
        let pipe = Pipe::named(made_of, name).unwrap();
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
        let made_of = sample();
        let well = row(&made_of, "invoices", "RUNNING", 0);
        assert!(well.remarks().is_empty());
    }

    #[test]
    fn a_state_is_explained_and_a_dlq_told() {
        let made_of = sample();
        let remarks = row(&made_of, "invoices", "STOPPED", 7).remarks();
        assert!(remarks[0].contains("for 14 d"), "{remarks:?}");
        assert!(
            remarks[0].contains("subscriptions resume invoices"),
            "{remarks:?}"
        );
        assert!(remarks[1].contains("7 events") && remarks[1].contains("dlq show invoices"));
    }

    #[test]
    fn programs_get_the_numbers_and_the_meaning() {
        let made_of = sample();
        let told = row(&made_of, "ledger", "STOPPED", 0).as_json();
        assert_eq!(told["queue"], Value::Null);
        assert_eq!(
            (&told["state"], &told["desired"]),
            (&json!("STOPPED"), &json!("RUNNING"))
        );
        assert!(told["means"].as_str().unwrap().contains("24 h"));
    }
}
