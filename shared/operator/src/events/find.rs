use std::collections::HashSet;

use aws::{Listed, operator::BATCH};
use domain::{EndpointName, EventKey, Ref, Timestamp};

use super::{Budget, Index, ListedEvent, Query, Timeline};
use crate::{Result, Stack, endpoints, problem::refuse};

/// Longer than a ref can be: each of its keys has at most 1,024 bytes, percent-encoded.
const TEXT_MAX_BYTES: usize = 8_192;

/// What DynamoDB takes as keys of an item.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
const PARTITION_KEY_MAX_BYTES: usize = 2_048;
const SORT_KEY_MAX_BYTES: usize = 1_024;

/// The events that a text may mean.
#[derive(Debug)]
pub struct FoundEvents {
    /// The events, the newest first.
    pub events: Vec<ListedEvent>,
    /// Whether the text is the whole ref or id of each. Else it is the beginning of one.
    pub exact: bool,
    /// Events from this time on were looked at; none if all were, or none needed to be.
    pub looked_back_to: Option<Timestamp>,
}

/// Finds events by a text: a ref, an id, or the beginning of one.
///
/// A ref or an id finds an event of any age, with one request for the endpoints and one for each
/// hundred of them. If there is none, or `before` is given, the events before that time are looked
/// through for those whose ref, id, event key or ordering key begins with the text, as far as the
/// budget reaches.
pub async fn find_text(
    stack: &Stack,
    text: &str,
    before: Option<Timestamp>,
    limit: usize,
    budget: &Budget,
) -> Result<FoundEvents> {
    let text = text.trim();
    if text.is_empty() || text.len() > TEXT_MAX_BYTES {
        refuse!("look for a ref, an id, or the beginning of one");
    }
    if before.is_none() {
        let events = exact(stack, text).await?;
        if !events.is_empty() {
            return Ok(FoundEvents {
                events,
                exact: true,
                looked_back_to: None,
            });
        }
    }
    let until = before.unwrap_or_else(|| (stack.now)());
    let mut query = Query::new(stack, None, Vec::new(), Timestamp::UNIX_EPOCH, until)?;
    query.named = Some(text.to_owned());
    query.newest_first = true;
    let query = query.page_of(limit, true);
    let mut timeline = Timeline::within(Index::of(stack), &query, budget);
    let mut events: Vec<ListedEvent> = Vec::new();
    while let Some(row) = timeline.next().await? {
        if let Some(last) = events.last()
            && events.len() >= limit
            // All events of one time, so that what is older can be asked for by the time.
            && last.received_at != row.received_at
        {
            let looked_back_to = Some(last.received_at);
            return Ok(FoundEvents {
                events,
                exact: false,
                looked_back_to,
            });
        }
        events.push(row.into());
    }
    Ok(FoundEvents {
        events,
        exact: false,
        looked_back_to: timeline.stopped_at(),
    })
}

/// The events whose ref or event key is this text.
async fn exact(stack: &Stack, text: &str) -> Result<Vec<ListedEvent>> {
    let endpoints = endpoints::names(stack).await?;
    let refs = candidates(text, endpoints.into_iter());
    let table = stack.pointers();
    let mut found: Vec<Listed> = Vec::new();
    for batch in refs.chunks(BATCH) {
        let (some, left) = table.listed(batch).await?;
        found.extend(some);
        if !left.is_empty() {
            let (rest, left) = table.listed(&left).await?;
            found.extend(rest);
            if !left.is_empty() {
                refuse!("DynamoDB is busy: try again later");
            }
        }
    }
    found.sort_by_key(|row| std::cmp::Reverse(row.received_at));
    Ok(found.into_iter().map(ListedEvent::from).collect())
}

/// The refs that a text may mean: itself, or an event key at any endpoint.
fn candidates(text: &str, endpoints: impl Iterator<Item = EndpointName>) -> Vec<Ref> {
    let at = |endpoint| Ref {
        endpoint,
        ordering_key: None,
        event_key: EventKey::from_stored(text.to_owned()),
    };
    let itself = text.parse().ok();
    let all = itself.into_iter().chain(endpoints.map(at));
    let mut seen = HashSet::new();
    all.filter(|one| {
        one.partition_key().to_string().len() <= PARTITION_KEY_MAX_BYTES
            && one.event_key.as_str().len() <= SORT_KEY_MAX_BYTES
    })
    .filter(|one| seen.insert(one.clone()))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_be_a_ref_or_an_id_at_any_endpoint() {
        let endpoints = || ["stripe", "billing"].map(|one| one.to_owned().try_into().unwrap());
        let of = |text: &str| -> Vec<String> {
            let all = candidates(text, endpoints().into_iter());
            all.iter().map(ToString::to_string).collect()
        };
        assert_eq!(of("evt_1"), ["stripe/evt_1", "billing/evt_1"]);
        assert_eq!(of("stripe/evt_1")[0], "stripe/evt_1");
        assert_eq!(of("a b/<script>").len(), 2);
        // DynamoDB would refuse the whole request for one key that is too long.
        assert!(of(&"x".repeat(1_025)).is_empty());
        assert_eq!(of(&"x".repeat(1_024)).len(), 2);
    }
}
