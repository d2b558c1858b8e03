use aws::Wanted;
use domain::{EndpointName, FindIndex, FindKey, SignedDuration, Timestamp};

use super::{
    Condition,
    having::{Compared, Having, Lookup},
};
use crate::{Result, Stack, problem::refuse};

/// Selects events, and their order.
#[derive(Debug, Clone)]
pub struct Query {
    /// Of this endpoint; none means all.
    pub endpoint: Option<EndpointName>,
    /// Of these types, exact or `prefix.*`; empty means all.
    pub kinds: Vec<String>,
    /// Received at this time or later.
    pub from: Timestamp,
    /// Received before this time.
    pub until: Timestamp,
    /// Else the oldest first.
    pub newest_first: bool,
    /// Whose ref, id, event key or ordering key begins with this.
    pub(crate) named: Option<String>,
    /// What their attributes must be.
    pub(crate) having: Having,
    /// Rows to read from a shard at once.
    pub(crate) page: u32,
}

/// Refuses a type with `*` anywhere but at the end.
pub fn check_kind(kind: &str) -> Result<()> {
    if kind.strip_suffix('*').unwrap_or(kind).contains('*') {
        refuse!("`*` may only stand at the end");
    }
    Ok(())
}

/// Refuses an empty span.
pub fn check_span(from: Timestamp, until: Timestamp) -> Result<()> {
    if from >= until {
        refuse!("the time span is empty");
    }
    Ok(())
}

impl Query {
    /// Rows to read from each shard at once, if all are wanted.
    pub(crate) const WHOLE: u32 = 200;

    /// Rows to look at in each shard at once, if few of them are wanted and requests are counted.
    const SIFTED: u32 = 1_000;

    /// Rows whose pointers are compared: as many as one request reads.
    const COMPARED: u32 = 100;

    /// All events of the span, the oldest first.
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
        // Hours whose pointers TTL has removed need not be read.
        let kept = SignedDuration::from_hours(24 * i64::from(stack.description.days.pointers + 2));
        let horizon = (stack.now)().saturating_sub(kept).unwrap_or(from);
        Ok(Self {
            endpoint,
            kinds,
            from: from.max(horizon),
            until,
            newest_first: false,
            named: None,
            having: Having::default(),
            page: Self::WHOLE,
        })
    }

    /// Only events whose attributes have all of these values: to be said before how many are read. An index finds them if the stack has one for one of these
    /// attributes and `lookup` allows it; see [`found_by`](Self::found_by). Else the pointers of all events of the span
    /// are read.
    pub fn having(
        mut self,
        stack: &Stack,
        conditions: &[Condition],
        lookup: Lookup,
    ) -> Result<Self> {
        let endpoint = self.endpoint.as_ref();
        self.having = Having::new(&stack.description, endpoint, conditions, lookup)?;
        if self.compares() {
            self.page = Self::COMPARED;
        }
        Ok(self)
    }

    /// How many requests a page of a partition takes: its query, and one for the pointers to compare.
    pub(crate) fn requests_per_page(&self) -> u32 {
        if self.compares() { 2 } else { 1 }
    }

    /// The condition that an index looks up; none: the events are read by their time.
    pub fn found_by(&self) -> Option<&Condition> {
        self.having.found_by()
    }

    /// Whether the pointers of events are read and compared, beside the index.
    pub fn compares(&self) -> bool {
        !self.having.compared().is_empty()
    }

    pub(crate) fn places(&self) -> &[(FindIndex, FindKey)] {
        self.having.places()
    }

    pub(crate) fn compared(&self) -> &Compared {
        self.having.compared()
    }

    /// Whether a page of an index holds nothing but events of the query.
    fn takes_all(&self) -> bool {
        // An endpoint is a part of the key of an attribute's value.
        let has_endpoint = self.endpoint.is_none() || !self.places().is_empty();
        has_endpoint && self.kinds.is_empty() && self.named.is_none() && !self.compares()
    }

    /// The newest first, `limit` of them. `picked`: the caller drops some of the events found.
    pub fn newest(mut self, limit: usize, picked: bool) -> Self {
        self.newest_first = true;
        if self.takes_all() && !picked {
            // One more shows whether there are more; no shard needs to return more than that.
            let enough = u32::try_from(limit.saturating_add(1)).unwrap_or(u32::MAX);
            self.page = self.page.min(enough);
        }
        self
    }

    /// Reads a page of so many events. `picked`: the caller drops some of the events found.
    pub(crate) fn page_of(mut self, limit: usize, picked: bool) -> Self {
        self.page = if self.compares() {
            Self::COMPARED
        } else if self.takes_all() && !picked {
            u32::try_from(limit.saturating_add(1)).unwrap_or(Self::WHOLE)
        } else {
            Self::SIFTED
        };
        self
    }

    pub(crate) fn wanted(&self) -> Wanted<'_> {
        Wanted {
            endpoint: self.endpoint.as_ref().filter(|_| self.places().is_empty()),
            kinds: &self.kinds,
            named: self.named.as_deref(),
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
