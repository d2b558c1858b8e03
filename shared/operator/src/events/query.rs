use aws::Wanted;
use domain::{EndpointName, SignedDuration, Timestamp};

use crate::{Result, Stack, problem::refuse};

/// Which events, in which order.
#[derive(Debug, Clone)]
pub struct Query {
    /// None means all.
    pub endpoint: Option<EndpointName>,
    /// Exact, or `prefix.*`; empty means all.
    pub kinds: Vec<String>,
    /// The first moment.
    pub from: Timestamp,
    /// Exclusive.
    pub until: Timestamp,
    /// Else the oldest.
    pub newest_first: bool,
    /// Rows asked of a shard at once.
    pub(crate) page: u32,
}

/// A type, or the beginning of one and `*`.
pub fn check_kind(kind: &str) -> Result<()> {
    if kind.strip_suffix('*').unwrap_or(kind).contains('*') {
        refuse!("a * may stand at the end only");
    }
    Ok(())
}

/// Whether anything can have come between the two.
pub fn check_span(from: Timestamp, until: Timestamp) -> Result<()> {
    if from >= until {
        refuse!("nothing can have come between");
    }
    Ok(())
}

impl Query {
    /// Rows that are asked of each shard at once where all will be read.
    pub(crate) const WHOLE: u32 = 200;

    /// All of them, the oldest first.
    pub fn new(
        stack: &Stack,
        endpoint: Option<EndpointName>,
        kinds: Vec<String>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Self> {
        check_span(from, until)?;
        for kind in &kinds {
            check_kind(kind)?;
        }
        // What TTL has removed is not there to be read, hour by hour.
        let kept = SignedDuration::from_hours(24 * i64::from(stack.description.days.pointers + 2));
        let horizon = (stack.now)().saturating_sub(kept).unwrap_or(from);
        Ok(Self {
            endpoint,
            kinds,
            from: from.max(horizon),
            until,
            newest_first: false,
            page: Self::WHOLE,
        })
    }

    /// The newest first, of which so many are wanted. `picked`: not all that are found are.
    pub fn newest(mut self, limit: usize, picked: bool) -> Self {
        self.newest_first = true;
        if self.endpoint.is_none() && self.kinds.is_empty() && !picked {
            // One more tells whether there are more; a shard need not give more than all.
            let enough = u32::try_from(limit.saturating_add(1)).unwrap_or(u32::MAX);
            self.page = self.page.min(enough);
        }
        self
    }

    pub(crate) fn wanted(&self) -> Wanted<'_> {
        Wanted {
            endpoint: self.endpoint.as_ref(),
            kinds: &self.kinds,
            from: self.from,
            until: self.until,
            newest_first: self.newest_first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_ends_a_type_and_a_span_is_more_than_nothing() {
        for good in ["invoice.paid", "invoice.*", "*", ""] {
            assert!(check_kind(good).is_ok(), "{good}");
        }
        for bad in ["*.paid", "a*b", "**"] {
            assert!(check_kind(bad).is_err(), "{bad}");
        }
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(check_span(at(1), at(2)).is_ok());
        assert!(check_span(at(2), at(2)).is_err() && check_span(at(3), at(2)).is_err());
    }
}
