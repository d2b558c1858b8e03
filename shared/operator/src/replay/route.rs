//! The two routes of a replayed event.
//!
//! To all subscriptions it goes by a row beside its pointer: the stream carries it, and a retry
//! does not write the row again. To one subscription it goes into that one's queue, so that no
//! other is delayed.

use aws::{Image, Pointers, Queue, Replay};
use domain::{AttributeName, CloudEvent, Digest, InOrder, SCHEMA_CHECK, SchemaCheck, Timestamp};
use futures_util::future::try_join_all;

use crate::{Problem, Result, Stack, problem::WithContext as _};

/// Where replayed events are sent.
pub(super) struct ReplayRoute {
    way: Way,
    members: Members,
    replay_id: String,
    force: bool,
}

/// What the events of this stack have by its configuration.
struct Members {
    /// What endpoints declare.
    attributes: Vec<AttributeName>,
    /// The numbers that filters compare.
    compared: Vec<AttributeName>,
}

enum Way {
    Rows(Pointers),
    /// The subscription's, and whether it gets quarantined events.
    Queue(Queue, bool),
}

impl ReplayRoute {
    /// How many events are sent at once.
    pub(super) const AT_ONCE: usize = 10;

    /// To one subscription, or to all.
    pub(super) fn to(
        stack: &Stack,
        subscription: Option<&str>,
        replay_id: &str,
        force: bool,
    ) -> Result<Self> {
        let way = match subscription {
            None => Way::Rows(stack.pointers()),
            Some(name) => {
                let subscription = stack.subscription(name)?;
                let queue = stack.queue(&subscription.queue_url);
                Way::Queue(queue, subscription.quarantined)
            }
        };
        Ok(Self {
            way,
            members: Members {
                attributes: stack.description.attributes.clone(),
                compared: stack.description.compared.clone(),
            },
            replay_id: replay_id.to_owned(),
            force,
        })
    }

    /// Sends the events of these pointers, in this order.
    pub(super) async fn send(&self, pointers: &[Image], now: Timestamp) -> Result<()> {
        match &self.way {
            // One after the other: events of one key keep their order.
            Way::Queue(queue, quarantined) if queue.is_fifo() => {
                for pointer in pointers {
                    let mut image = replayed(pointer, &self.replay_id, self.force);
                    if !quarantined {
                        release(&mut image);
                    }
                    let event = event(&image, &self.members, &self.replay_id)?;
                    let body = text(&event)?;
                    let once = format!("{}\n{}", event.reference, self.replay_id);
                    let order = InOrder {
                        group: event.partitionkey.into_owned(),
                        deduplication_id: Digest::of(once).to_string(),
                    };
                    queue.send_in_order(&body, &order).await?;
                }
                Ok(())
            }
            Way::Queue(queue, quarantined) => {
                let body = |pointer| {
                    let mut image = replayed(pointer, &self.replay_id, self.force);
                    if !quarantined {
                        release(&mut image);
                    }
                    message(&image, &self.members, &self.replay_id)
                };
                let bodies = pointers.iter().map(body).collect::<Result<Vec<_>>>()?;
                try_join_all(bodies.iter().map(|body| queue.send(body))).await?;
                Ok(())
            }
            Way::Rows(table) => {
                let replay = Replay {
                    id: &self.replay_id,
                    to: "*",
                    force: self.force,
                    expires_at: now.saturating_add(Replay::KEEP).context("clock")?,
                };
                // One after the other: events of one key keep their order.
                for pointer in pointers {
                    table.replay(pointer, &replay).await?;
                }
                Ok(())
            }
        }
    }
}

/// The message that the topic, or `fan`, would put into a subscription's queue.
fn message(image: &Image, members: &Members, replay_id: &str) -> Result<String> {
    text(&event(image, members, replay_id)?)
}

/// Someone who sends a quarantined event to a subscription by its name has looked at it. The
/// subscription's own filter would drop it, so it is marked as only flagged; the pointer stays as
/// it is.
fn release(image: &mut Image) {
    if let Some(check) = image.get_mut(&SCHEMA_CHECK.stored())
        && SchemaCheck::Quarantined.value() == Some(check)
        && let Some(flagged) = SchemaCheck::Failed.value()
    {
        flagged.clone_into(check);
    }
}

/// A pointer from before there were replays says nothing of them.
fn replayed(pointer: &Image, replay_id: &str, force: bool) -> Image {
    let mut image = pointer.clone();
    image.insert("replayid".to_owned(), replay_id.to_owned());
    image.insert("replayforce".to_owned(), force.to_string());
    image
}

fn text(event: &CloudEvent<'_>) -> Result<String> {
    serde_json::to_string(event).context("an event has no JSON form")
}

fn event<'a>(image: &'a Image, members: &'a Members, replay_id: &'a str) -> Result<CloudEvent<'a>> {
    CloudEvent::of_image(image, &members.attributes, replay_id)
        .map(|event| event.with_order(image, &members.compared))
        .map_err(|name| Problem::Refused(format!("a pointer has no attribute {name}")))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_message_says_that_it_is_a_replay() {
        let names = [
            "id",
            "endpoint",
            "type",
            "subject",
            "occurred_at",
            "content_type",
            "dataref",
            "sha256",
            "size",
            "ref",
            "received_at",
            "traceparent",
            "group",
        ];
        let mut pointer: Image = names.map(|name| (name.to_owned(), name.to_owned())).into();
        pointer.insert("replayid".to_owned(), String::new());
        pointer.insert("replayforce".to_owned(), "false".to_owned());
        pointer.insert("x_customer".to_owned(), "50%25".to_owned());
        pointer.insert("n_amount".to_owned(), "0101".to_owned());
        let members = Members {
            attributes: vec![AttributeName::own("customer"), AttributeName::own("plan")],
            compared: vec![AttributeName::own("amount")],
        };
        for force in [true, false] {
            let image = replayed(&pointer, "r-1", force);
            let message = message(&image, &members, "r-1").unwrap();
            let event: Value = serde_json::from_str(&message).unwrap();
            assert_eq!(
                (&event["customer"], &event["plan"]),
                (&"50%25".into(), &"".into())
            );
            assert_eq!(event["0amount"], "0101");
            assert_eq!(event["replayid"], "r-1");
            assert_eq!(event["replayforce"], force.to_string());
            assert_eq!(event["ref"], "ref");
        }
        pointer.remove("size");
        assert!(message(&pointer, &members, "r-1").is_err());
    }

    #[test]
    fn what_is_quarantined_is_sent_as_flagged() {
        for (check, sent) in [
            ("quarantined", "failed"),
            ("failed", "failed"),
            ("passed", "passed"),
        ] {
            let mut image: Image = [("x_schemacheck".to_owned(), check.to_owned())].into();
            release(&mut image);
            assert_eq!(image["x_schemacheck"], sent);
        }
        let mut none = Image::default();
        release(&mut none);
        assert!(none.is_empty());
    }
}
