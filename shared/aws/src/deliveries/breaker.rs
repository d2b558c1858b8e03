use domain::{StoreError, Timestamp};

use super::{Deliveries, moment, whole};
use crate::item::{Item, number, text, unmet};

/// Whether events go to a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BreakerState {
    /// They do.
    #[default]
    Closed,
    /// They wait for the next probe.
    Open,
    /// One event is on its way, to see whether the destination is well again.
    Probing,
    /// They wait for a person: the destination said that it is gone.
    Paused,
}

impl BreakerState {
    const ALL: [Self; 4] = [Self::Closed, Self::Open, Self::Probing, Self::Paused];

    /// Its word in the table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Probing => "probing",
            Self::Paused => "paused",
        }
    }

    /// Of a word in the table.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// The attempts of some time, from the first failure on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it began.
    pub since: Timestamp,
    /// Attempts since.
    pub attempts: u32,
    /// Those of them that failed.
    pub failures: u32,
}

/// A subscription's breaker, as the table has it. Who changes it writes all of it with the next
/// version, so that of two who change it at once one has to look again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BreakerRecord {
    /// Grows by one with each write; 0: never written.
    pub version: u64,
    /// Whether events go to the destination.
    pub state: BreakerState,
    /// Failures in a row.
    pub failures: u32,
    /// The last attempts, if one of them failed.
    pub window: Option<Window>,
    /// Since when it is not closed.
    pub opened_at: Option<Timestamp>,
    /// When the next probe may be made; while one is made, when it counts as dead.
    pub probe_at: Option<Timestamp>,
    /// The last pause, in seconds.
    pub pause_s: u32,
    /// Why it is not closed, in a word of ours.
    pub reason: Option<String>,
    /// The HTTP status that the destination answered last, if any.
    pub status: Option<u16>,
}

impl Deliveries {
    /// The subscription's breaker.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn breaker(&self) -> Result<BreakerRecord, StoreError> {
        let item = self.get("breaker").await?;
        Ok(item.as_ref().map(record).unwrap_or_default())
    }

    /// Writes it, if the version before it is the one that is there. `false`: another was faster,
    /// or this call had gone through already and its answer was lost.
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been written anyway.
    pub async fn put_breaker(&self, record: &BreakerRecord) -> Result<bool, StoreError> {
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&self.key("breaker"), record)));
        let call = match record.version {
            0 | 1 => call.condition_expression("attribute_not_exists(pk)"),
            version => call
                .condition_expression("#version = :before")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":before", number(version.saturating_sub(1))),
        };
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => unmet(&error).map(|_| false),
        }
    }
}

pub(super) fn item(key: &str, record: &BreakerRecord) -> Item {
    let time = |at: Option<Timestamp>| at.map(|at| number(at.as_millisecond()));
    let window = record.window;
    let all = [
        ("pk", Some(text(key))),
        ("version", Some(number(record.version))),
        ("state", Some(text(record.state.word()))),
        ("failures", Some(number(record.failures))),
        ("window_at", time(window.map(|window| window.since))),
        (
            "window_attempts",
            window.map(|window| number(window.attempts)),
        ),
        (
            "window_failures",
            window.map(|window| number(window.failures)),
        ),
        ("opened_at", time(record.opened_at)),
        ("probe_at", time(record.probe_at)),
        ("pause_s", Some(number(record.pause_s))),
        ("reason", record.reason.as_deref().map(text)),
        ("status", record.status.map(number)),
    ];
    let there = |(name, value): (&str, Option<_>)| Some((name.to_owned(), value?));
    all.into_iter().filter_map(there).collect()
}

fn record(item: &Item) -> BreakerRecord {
    let word = |name| Some(item.get(name)?.as_s().ok()?.as_str());
    let window = || {
        Some(Window {
            since: moment(item, "window_at")?,
            attempts: whole(item, "window_attempts")?,
            failures: whole(item, "window_failures")?,
        })
    };
    BreakerRecord {
        version: whole(item, "version").unwrap_or_default(),
        // What a newer version wrote would be a word that this one does not know: it lets events
        // through, and they are tried again if that is wrong.
        state: word("state").and_then(BreakerState::of).unwrap_or_default(),
        failures: whole(item, "failures").unwrap_or_default(),
        window: window(),
        opened_at: moment(item, "opened_at"),
        probe_at: moment(item, "probe_at"),
        pause_s: whole(item, "pause_s").unwrap_or_default(),
        reason: word("reason").map(str::to_owned),
        status: whole(item, "status"),
    }
}
