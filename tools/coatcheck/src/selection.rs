//! Events by endpoint, type and time, as arguments give them.

use anyhow::{Context, Result};
use domain::EndpointName;
use operator::{
    Stack,
    events::{Query, check_kind, check_span},
};

use crate::when;

const HEADING: &str = "Which events";

/// Events by endpoint and type.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Which {
    /// Only events of this endpoint.
    #[arg(help_heading = HEADING, long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Only events of this type, or with this prefix: `invoice.*`. Repeat it for more types.
    #[arg(help_heading = HEADING, long = "type", value_name = "TYPE")]
    kinds: Vec<String>,
}

/// Events by endpoint, type and time.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Selection {
    #[command(flatten)]
    which: Which,
    /// Only events received since this time: 90m, 24h or 7d ago, a date, or a time such as
    /// 2026-11-21T20:00:00Z. The default is 24h.
    #[arg(help_heading = HEADING, long, value_name = "TIME")]
    since: Option<String>,
    /// Only events received before this time. The default is now.
    #[arg(help_heading = HEADING, long, value_name = "TIME")]
    until: Option<String>,
}

impl Selection {
    /// Whether any of it was given.
    pub(crate) fn is_given(&self) -> bool {
        let Which { endpoint, kinds } = &self.which;
        let times = self.since.is_some() || self.until.is_some();
        times || endpoint.is_some() || !kinds.is_empty()
    }

    /// The query for these arguments.
    pub(crate) fn query(&self, stack: &Stack) -> Result<Query> {
        let (since, until) = (self.since.as_deref(), self.until.as_deref());
        self.which.query(stack, since, until)
    }
}

impl Which {
    /// The query for these events of a time span.
    pub(crate) fn query(
        &self,
        stack: &Stack,
        since: Option<&str>,
        until: Option<&str>,
    ) -> Result<Query> {
        let now = (stack.now)();
        let until = until.map_or(Ok(now), |text| when::moment(text, now))?;
        let from = match since {
            Some(text) => when::moment(text, now)?,
            None => when::moment("24h", until)?,
        };
        check_span(from, until)
            .with_context(|| format!("--since {from} is not before --until {until}"))?;
        let endpoint = self.endpoint.clone().map(EndpointName::try_from);
        for kind in &self.kinds {
            check_kind(kind).with_context(|| format!("--type {kind:?}"))?;
        }
        let kinds = self.kinds.clone();
        Ok(Query::new(
            stack,
            endpoint.transpose()?,
            kinds,
            from,
            until,
        )?)
    }
}
