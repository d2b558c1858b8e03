use anyhow::{Result, ensure};
use domain::{EndpointName, Timestamp};

use super::timeline::Query;
use crate::{stack::Stack, when};

const HEADING: &str = "Which events";

/// Events by endpoint, type and time.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Selection {
    /// Only those of this endpoint.
    #[arg(help_heading = HEADING, long, value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Only those of this type, or of types that begin so: `invoice.*`; may be repeated.
    #[arg(help_heading = HEADING, long = "type", value_name = "TYPE")]
    pub(crate) kinds: Vec<String>,
    /// Only those that came since: 90m, 24h, 7d ago, a day, or a moment such as
    /// 2026-11-21T20:00:00Z; without it the last 24 hours.
    #[arg(help_heading = HEADING, long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only those that came before.
    #[arg(help_heading = HEADING, long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

impl Selection {
    /// Rows that are asked of each shard at once where all will be read.
    pub(crate) const WHOLE: u32 = 200;

    /// Whether anything was asked for.
    pub(crate) fn is_given(&self) -> bool {
        self.endpoint.is_some()
            || !self.kinds.is_empty()
            || self.since.is_some()
            || self.until.is_some()
    }

    /// Reads it. The span ends now, unless it ends before.
    pub(crate) fn query(&self, stack: &Stack, now: Timestamp) -> Result<Query> {
        let moment = |text: &Option<String>| {
            let read = text.as_deref().map(|text| when::moment(text, now));
            read.transpose()
        };
        let until = moment(&self.until)?.unwrap_or(now);
        let from = match moment(&self.since)? {
            Some(from) => from,
            None => when::moment("24h", until)?,
        };
        ensure!(
            from < until,
            "--since {from} is not before --until {until}: nothing can have come between"
        );
        let endpoint = match &self.endpoint {
            None => None,
            Some(name) => Some(EndpointName::try_from(name.clone())?),
        };
        for kind in &self.kinds {
            let inner = kind.strip_suffix('*').unwrap_or(kind);
            ensure!(
                !inner.contains('*'),
                "--type {kind:?}: a * may stand at the end only"
            );
        }
        // What TTL has removed is not there to be read, hour by hour.
        let horizon = when::moment(&format!("{}d", stack.made_of.days.pointers + 2), now)?;
        Ok(Query {
            endpoint,
            kinds: self.kinds.clone(),
            from: from.max(horizon),
            until,
            newest_first: false,
            page: Self::WHOLE,
        })
    }
}
