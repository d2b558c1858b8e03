use aws::{
    BreakerRecord, PipeState,
    operator::{Depth, Targets},
};
use domain::format_time;
use futures_util::TryStreamExt;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Meaning, Pipe, Readers, TargetState};
use crate::{
    Result, Stack, Tone, concurrently::concurrently, format::format_seconds, in_queue, plural,
    stack::Subscription,
};

/// The state of a reader, and how many messages its queues have.
#[derive(Debug)]
pub struct Status<'a> {
    /// The reader.
    pub pipe: Pipe<'a>,
    /// Its state.
    pub status: PipeState,
    /// The breaker of its destination, if the function `deliver` reads its queue.
    pub breaker: Option<BreakerRecord>,
    /// The target of a subscription; the router delivers to the stack's own topic.
    pub target: Option<(&'a Subscription, TargetState)>,
    /// The queue it reads.
    pub queue: Option<Depth>,
    /// What it gave up, as places in the stream, until `rehydrate` reads them.
    pub dead_letters: Option<Depth>,
    /// The DLQ.
    pub dlq: Depth,
}

/// How many messages the queues of a reader have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depths {
    /// The queue it reads.
    pub queue: Option<Depth>,
    /// What it gave up, as places in the stream, until `rehydrate` reads them.
    pub dead_letters: Option<Depth>,
    /// The DLQ.
    pub dlq: Depth,
}

impl Depths {
    async fn read(stack: &Stack, pipe: &Pipe<'_>) -> Result<Self> {
        let depth = async |url: Option<&str>| match url {
            Some(url) => stack.queue(url).depth().await.map(Some),
            None => Ok(None),
        };
        let (queue, dead_letters, dlq) = futures_util::try_join!(
            depth(pipe.queue_url),
            depth(pipe.dead_letters_url),
            depth(Some(pipe.dlq_url)),
        )?;
        Ok(Self {
            queue,
            dead_letters,
            dlq: dlq.unwrap_or_default(),
        })
    }
}

impl<'a> Status<'a> {
    async fn read(
        stack: &'a Stack,
        readers: &Readers<'_>,
        targets: &Targets,
        pipe: Pipe<'a>,
    ) -> Result<Self> {
        let target = async {
            Ok(match stack.description.subscriptions.get(pipe.owner) {
                Some(one) => Some((one, TargetState::look_up(targets, one).await)),
                None => None,
            })
        };
        let state = async { Ok(readers.state_and_breaker(&pipe).await?) };
        let ((status, breaker), target, depths) =
            futures_util::try_join!(state, target, Depths::read(stack, &pipe))?;
        Ok(Self {
            pipe,
            status,
            breaker,
            target,
            queue: depths.queue,
            dead_letters: depths.dead_letters,
            dlq: depths.dlq,
        })
    }

    /// How many messages its queues have.
    pub fn depths(&self) -> Depths {
        Depths {
            queue: self.queue,
            dead_letters: self.dead_letters,
            dlq: self.dlq,
        }
    }

    /// The reader's state, or `TARGET_MISSING` if it runs and its target does not exist.
    pub fn state(&self) -> &str {
        let pipe = self.status.current.as_str();
        let target = self.target.as_ref();
        target.map_or(pipe, |(_, target_state)| target_state.state(pipe))
    }

    /// What the state means.
    pub fn meaning(&self) -> Meaning {
        if let Some((one, target_state)) = &self.target
            && self.state() != self.status.current
            && let Some(meaning) = target_state.meaning(self.pipe.owner, one)
        {
            return meaning;
        }
        let kept = self.queue.map(|queue| format_seconds(queue.kept_s));
        Meaning::of(&self.pipe, &self.status, kept.as_deref())
    }

    /// Remarks for people, below the table.
    pub fn remarks(&self) -> Vec<String> {
        let name = self.pipe.owner;
        let mut remarks = Vec::new();
        let meaning = self.meaning();
        if meaning.tone != Tone::Good {
            remarks.push(format!("{name} {}", meaning.in_full()));
        }
        if let Some((_, target_state)) = &self.target {
            remarks.extend(target_state.why_unknown(name));
        }
        if let Some(dead_letters) = self
            .dead_letters
            .filter(|dead_letters| in_queue(dead_letters) > 0)
        {
            remarks.push(format!(
                "{name} has {}, which `rehydrate` turns back into events",
                plural(in_queue(&dead_letters), "dead letter")
            ));
        }
        if in_queue(&self.dlq) > 0 {
            remarks.push(format!(
                "{name} has {} in its DLQ: coatcheck dlq show {name}",
                plural(in_queue(&self.dlq), "event")
            ));
        }
        remarks
    }
}

impl Serialize for Status<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
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
            "name": self.pipe.owner,
            "pipe": self.pipe.mapping.is_none().then_some(self.pipe.name),
            "function": self.pipe.mapping.is_some().then_some(self.pipe.name),
            "breaker": self.breaker.as_ref().map(breaker),
            "state": self.state(),
            "desired": self.status.desired,
            "enabled": self.pipe.enabled,
            "reason": self.status.reason,
            "queue": self.queue.map(depth),
            "letters": self.dead_letters.map(depth),
            "dlq": depth(self.dlq),
            "target_exists": self.target.as_ref().and_then(|(_, target_state)| target_state.exists()),
            "means": text,
            "remedy": remedy,
        })
        .serialize(serializer)
    }
}

fn breaker(record: &BreakerRecord) -> Value {
    json!({
        "state": record.state.word(),
        "failures": record.failures,
        "reason": record.reason,
        "status": record.status,
        "opened_at": record.opened_at.map(format_time),
        "probe_at": record.probe_at.map(format_time),
    })
}

/// The status of these readers.
pub async fn status<'a>(stack: &'a Stack, pipes: Vec<Pipe<'a>>) -> Result<Vec<Status<'a>>> {
    let (control, targets) = (&Readers::of(stack), &stack.targets());
    let looks = pipes.into_iter();
    concurrently(looks.map(|pipe| Status::read(stack, control, targets, pipe)))
        .try_collect()
        .await
}

/// Only how many messages wait for these readers, which changes fastest.
pub async fn depths<'a>(stack: &Stack, pipes: Vec<Pipe<'a>>) -> Result<Vec<(Pipe<'a>, Depths)>> {
    let looks = pipes.into_iter();
    concurrently(looks.map(|pipe| async move { Ok((pipe, Depths::read(stack, &pipe).await?)) }))
        .try_collect()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{StackDescription, sample};

    fn row<'a>(
        description: &'a StackDescription,
        name: &str,
        state: &str,
        dead: u64,
    ) -> Status<'a> {
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
            breaker: None,
            target: description
                .subscriptions
                .get(name)
                .map(|one| (one, TargetState::Exists)),
            queue: pipe.queue_url.map(|_| depth(12)),
            dead_letters: pipe.dead_letters_url.map(|_| Depth::default()),
            dlq: Depth {
                visible: dead,
                ..Depth::default()
            },
        }
    }

    #[test]
    fn a_healthy_pipe_needs_no_remark() {
        let description = sample();
        let well = row(&description, "invoices", "RUNNING", 0);
        assert!(well.remarks().is_empty());
    }

    #[test]
    fn a_state_is_explained_and_a_dlq_mentioned() {
        let description = sample();
        let remarks = row(&description, "invoices", "STOPPED", 7).remarks();
        assert!(remarks[0].contains("for up to 14 d"), "{remarks:?}");
        assert!(
            remarks[0].contains("subscriptions resume invoices"),
            "{remarks:?}"
        );
        assert!(remarks[1].contains("7 events") && remarks[1].contains("dlq show invoices"));
    }

    #[test]
    fn programs_get_the_numbers_and_the_meaning() {
        let description = sample();
        let json = serde_json::to_value(row(&description, "fan", "STOPPED", 0)).unwrap();
        assert_eq!(json["queue"], json!(null));
        assert_eq!(
            (&json["state"], &json["desired"]),
            (&json!("STOPPED"), &json!("RUNNING"))
        );
        assert!(json["means"].as_str().unwrap().contains("24 h"));
    }

    #[test]
    fn programs_see_what_reads_the_queue_and_its_breaker() {
        let description = crate::stack::delivered();
        let mut crm = row(&description, "crm", "OPEN", 0);
        crm.breaker = Some(BreakerRecord {
            state: aws::BreakerState::Open,
            failures: 5,
            reason: Some("timeout".to_owned()),
            opened_at: Some("2026-11-27T01:00:00Z".parse().unwrap()),
            ..BreakerRecord::default()
        });
        let json = serde_json::to_value(&crm).unwrap();
        assert_eq!(
            (&json["pipe"], &json["function"]),
            (&json!(null), &json!("coatcheck-deliver-crm"))
        );
        assert_eq!(
            json["breaker"],
            json!({
                "state": "open", "failures": 5, "reason": "timeout", "status": null,
                "opened_at": "2026-11-27T01:00:00.000Z", "probe_at": null,
            })
        );
        let invoices = serde_json::to_value(row(&description, "invoices", "RUNNING", 0)).unwrap();
        assert_eq!(invoices["pipe"], "coatcheck-invoices");
        assert_eq!(
            (&invoices["function"], &invoices["breaker"]),
            (&json!(null), &json!(null))
        );
    }

    #[test]
    fn a_pipe_without_a_target_does_not_look_healthy() {
        let description = sample();
        let mut missing = row(&description, "invoices", "RUNNING", 0);
        missing.target = missing.target.map(|(one, _)| (one, TargetState::Missing));
        let json = serde_json::to_value(&missing).unwrap();
        assert_eq!(
            (&json["state"], &json["target_exists"]),
            (&json!("TARGET_MISSING"), &json!(false))
        );
        assert!(json["means"].as_str().unwrap().contains("does not exist"));
        assert!(missing.remarks()[0].contains("terraform apply"));
        // What stops the events comes first.
        missing.status.current = "STOPPED".to_owned();
        assert!(missing.remarks()[0].contains("subscriptions resume"));
    }
}
