//! Events by endpoint, type and time, as arguments give them.

use anyhow::{Context, Result};
use domain::EndpointName;
use operator::{
    Stack,
    events::{Query, check_kind, check_span},
};

use crate::when;

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
    /// Whether anything was asked for.
    pub(crate) fn is_given(&self) -> bool {
        self.endpoint.is_some()
            || !self.kinds.is_empty()
            || self.since.is_some()
            || self.until.is_some()
    }

    /// Reads it. The span ends now, unless it ends before.
    pub(crate) fn query(&self, stack: &Stack) -> Result<Query> {
        let now = (stack.now)();
        let moment = |text: &Option<String>| {
            let read = text.as_deref().map(|text| when::moment(text, now));
            read.transpose()
        };
        let until = moment(&self.until)?.unwrap_or(now);
        let from = match moment(&self.since)? {
            Some(from) => from,
            None => when::moment("24h", until)?,
        };
        check_span(from, until)
            .with_context(|| format!("--since {from} is not before --until {until}"))?;
        let endpoint = match &self.endpoint {
            None => None,
            Some(name) => Some(EndpointName::try_from(name.clone())?),
        };
        for kind in &self.kinds {
            check_kind(kind).with_context(|| format!("--type {kind:?}"))?;
        }
        let kinds = self.kinds.clone();
        Ok(Query::new(stack, endpoint, kinds, from, until)?)
    }
}
