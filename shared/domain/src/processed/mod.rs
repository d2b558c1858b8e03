//! What a processor keeps of an event in the `processed` table (hash key `ref`, range key
//! `processor`), for every client that writes it: which events it works on, has done, or failed at.

use crate::{Digest, ItemValue, Ref, Timestamp, format_time};

const IN_PROGRESS: &str = "in_progress";
const COMPLETED: &str = "completed";
const FAILED: &str = "failed";

/// An event that no attempt holds, and that is not done.
const FREE: &str = "attribute_not_exists(#ref) OR #state = :failed \
                    OR (#state = :state AND #lease_until < :now)";

/// An event that is not done.
const NOT_DONE: &str = "attribute_not_exists(#ref) OR #state <> :state";

/// What a forced replay may claim besides: an event that is done, but not by this replay.
const DONE_BEFORE_IT: &str = "(#state = :completed \
                              AND (attribute_not_exists(#replayid) OR #replayid <> :replayid))";

/// The same for a mark without a claim.
const NOT_BY_IT: &str = "attribute_not_exists(#replayid) OR #replayid <> :replayid";

/// Who may end an attempt.
const HELD: &str = "#owner = :owner";

/// One attempt of one processor at one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The event.
    pub reference: Ref,
    /// Its type.
    pub kind: String,
    /// Identifies this attempt.
    pub owner: String,
    /// When it begins.
    pub at: Timestamp,
    /// Until then no one else may try. After that the attempt counts as dead.
    pub lease_until: Timestamp,
    /// From then on DynamoDB may remove the record.
    pub expires_at: Timestamp,
    /// The id of a forced replay: it begins although the event is done, unless it
    /// was this same replay that did it.
    pub forced_replay: Option<String>,
}

/// Whether an attempt may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It may: no one else works on the event until the lease ends.
    Ours {
        /// How many attempts there have been, this one included.
        attempts: u32,
    },
    /// Another attempt holds the lease.
    InProgress,
    /// The event is done, with this result.
    Completed {
        /// As its receipt says.
        summary: String,
    },
}

/// What a processor that claims nothing stores once it is done with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    /// The event.
    pub reference: Ref,
    /// Its type.
    pub kind: String,
    /// Identifies this attempt.
    pub owner: String,
    /// The result.
    pub receipt: Receipt,
    /// From then on DynamoDB may remove the record.
    pub expires_at: Timestamp,
    /// The id of a forced replay: it marks the event although it is done, unless it was this same
    /// replay that did it.
    pub forced_replay: Option<String>,
}

/// What a processor stores when it is done with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The payload's digest, as its pointer says.
    pub sha256: Digest,
    /// The payload's length in bytes.
    pub size: u64,
    /// The processor's result, for people.
    pub summary: String,
    /// When it was done.
    pub at: Timestamp,
    /// How long after the delivery was received, in milliseconds.
    pub age_ms: u64,
}

/// One conditional write of a record: an `UpdateItem`. All four may arrive twice. The second time
/// the condition does not hold, or the write changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordWrite {
    /// The update expression.
    pub update: String,
    /// The condition expression.
    pub condition: String,
    /// Names of attributes, which are in the expressions as `#name`: several are reserved words.
    pub names: Vec<&'static str>,
    /// Values, which are in the expressions as `:name`.
    pub values: Vec<(&'static str, ItemValue)>,
}

impl RecordWrite {
    /// Claims the lease, if the event is neither done nor held by another attempt.
    #[must_use]
    pub fn claim(attempt: &Attempt) -> Self {
        let facts = vec![
            ("state", text(IN_PROGRESS)),
            ("owner", text(&attempt.owner)),
            ("lease_until", number(attempt.lease_until.as_millisecond())),
            ("type", text(&attempt.kind)),
            ("at", text(&format_time(attempt.at))),
            ("expires_at", number(attempt.expires_at.as_second())),
        ];
        let more = [
            ("one", number(1)),
            ("failed", text(FAILED)),
            ("now", number(attempt.at.as_millisecond())),
        ];
        let write = Self::set(facts, attempt.forced_replay.as_deref());
        let write = write.and(" ADD #attempts :one", &["ref", "attempts"], more);
        match attempt.forced_replay {
            None => write.only_if(FREE.to_owned()),
            Some(_) => write.only_if(format!("{FREE} OR {DONE_BEFORE_IT}")).and(
                "",
                &[],
                [("completed", text(COMPLETED))],
            ),
        }
    }

    /// Marks the event as done, for who holds the lease.
    #[must_use]
    pub fn complete(owner: &str, receipt: &Receipt) -> Self {
        let mut facts = vec![("state", text(COMPLETED))];
        facts.extend(result(receipt));
        let names = &["lease_until", "failure", "reason"];
        Self::set(facts, None)
            .and(" REMOVE #lease_until, #failure, #reason", names, [])
            .held_by(owner)
    }

    /// Marks the attempt as failed and ends its lease, for who holds it, so that the next one does
    /// not wait. `failure` is one word; `reason` must show nothing of the payload.
    #[must_use]
    pub fn fail(owner: &str, at: Timestamp, failure: &str, reason: &str) -> Self {
        let facts = vec![
            ("state", text(FAILED)),
            ("at", text(&format_time(at))),
            ("failure", text(failure)),
            ("reason", text(reason)),
        ];
        Self::set(facts, None)
            .and(" REMOVE #lease_until", &["lease_until"], [])
            .held_by(owner)
    }

    /// Marks an event as done that no one has claimed: the only write for it.
    #[must_use]
    pub fn mark(marking: &Marking) -> Self {
        let mut facts = vec![
            ("state", text(COMPLETED)),
            ("owner", text(&marking.owner)),
            ("type", text(&marking.kind)),
        ];
        facts.extend(result(&marking.receipt));
        facts.push(("expires_at", number(marking.expires_at.as_second())));
        let and = " REMOVE #lease_until, #failure, #reason ADD #attempts :one";
        let names = &["ref", "attempts", "lease_until", "failure", "reason"];
        let condition = match marking.forced_replay {
            None => NOT_DONE.to_owned(),
            Some(_) => format!("{NOT_DONE} OR {NOT_BY_IT}"),
        };
        Self::set(facts, marking.forced_replay.as_deref())
            .and(and, names, [("one", number(1))])
            .only_if(condition)
    }

    /// Sets these attributes, each to the value of its name.
    fn set(mut facts: Vec<(&'static str, ItemValue)>, replay: Option<&str>) -> Self {
        facts.extend(replay.map(|id| ("replayid", text(id))));
        let assignments: Vec<String> = facts
            .iter()
            .map(|(name, _)| format!("#{name} = :{name}"))
            .collect();
        Self {
            update: format!("SET {}", assignments.join(", ")),
            condition: String::new(),
            names: facts.iter().map(|(name, _)| *name).collect(),
            values: facts,
        }
    }

    fn and<const N: usize>(
        mut self,
        update: &str,
        names: &[&'static str],
        values: [(&'static str, ItemValue); N],
    ) -> Self {
        self.update.push_str(update);
        self.names.extend(names);
        self.values.extend(values);
        self
    }

    fn only_if(self, condition: String) -> Self {
        Self { condition, ..self }
    }

    fn held_by(self, owner: &str) -> Self {
        self.and("", &["owner"], [("owner", text(owner))])
            .only_if(HELD.to_owned())
    }
}

impl Claimed {
    /// The lease is ours. `of` reads an attribute of the record, a text or a number's digits.
    #[must_use]
    pub fn ours<'i>(of: impl Fn(&str) -> Option<&'i str>) -> Self {
        let attempts = of("attempts").and_then(|digits| digits.parse().ok());
        Self::Ours {
            attempts: attempts.unwrap_or_default(),
        }
    }

    /// This record was in the way of the owner's claim.
    #[must_use]
    pub fn in_the_way_of<'i>(owner: &str, of: impl Fn(&str) -> Option<&'i str>) -> Self {
        if of("state") == Some(COMPLETED) {
            return Self::Completed {
                summary: of("summary").unwrap_or_default().to_owned(),
            };
        }
        // The first answer was lost, and the client asked again.
        if of("owner") == Some(owner) {
            return Self::ours(of);
        }
        Self::InProgress
    }
}

impl Marking {
    /// Whether the record that was in the way of this mark is its own: the first answer was lost,
    /// and the client asked again.
    #[must_use]
    pub fn is_own<'i>(&self, of: impl Fn(&str) -> Option<&'i str>) -> bool {
        of("owner") == Some(&self.owner)
    }
}

/// The attributes of a result.
fn result(receipt: &Receipt) -> [(&'static str, ItemValue); 5] {
    [
        ("sha256", text(&receipt.sha256.to_string())),
        ("size", number(receipt.size)),
        ("summary", text(&receipt.summary)),
        ("at", text(&format_time(receipt.at))),
        ("age_ms", number(receipt.age_ms)),
    ]
}

fn text(value: &str) -> ItemValue {
    ItemValue::Text(value.to_owned())
}

fn number(value: impl ToString + Copy) -> ItemValue {
    ItemValue::Number(value.to_string())
}

#[cfg(test)]
mod tests;
