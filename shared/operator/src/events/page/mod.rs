use domain::Timestamp;

use super::{
    Budget, Cursor, Direction, EventState, Index, ListedEvent, Query, StateFilter, Timeline,
    states::{StateSource, States},
    timeline::Pages,
};
use crate::{Result, Stack};

/// The most events that are looked at before their states are read, if a state is wanted.
const CHUNK: usize = 100;

/// Some events, the newest first, and the way on in both directions.
#[derive(Debug)]
pub struct EventPage {
    /// The events and their states.
    pub rows: Vec<(ListedEvent, EventState)>,
    /// What is newer; none if the page ends at the end of the span.
    pub newer: Option<Cursor>,
    /// What is older; none if the page ends at the beginning of the span.
    pub older: Option<Cursor>,
    /// The budget was spent before the page was full: everything between the place where it
    /// began and this time was looked at.
    pub looked_to: Option<Timestamp>,
}

/// A page of the events of a query. `at`: the place it begins at; none means the newest end of the
/// span. With `state`, only events in that state: their states are read first, so that this uses
/// the budget too.
///
/// It makes as many requests as the budget has, and then those for the states of the events that
/// it read last: one for each hundred pairs of an event and a processor.
pub async fn page(
    stack: &Stack,
    query: &Query,
    state: Option<StateFilter>,
    at: Option<&Cursor>,
    limit: usize,
    budget: &Budget,
) -> Result<EventPage> {
    let states = StateSource::new(stack);
    read(Index::of(stack), &states, query, state, at, limit, budget).await
}

/// How many events of a query are newer than this place, up to a number. It makes no more requests
/// than the budget has. `true`: there may be more.
pub async fn count_newer(
    stack: &Stack,
    query: &Query,
    after: &Cursor,
    at_most: usize,
    budget: &Budget,
) -> Result<(usize, bool)> {
    count(Index::of(stack), query, after, at_most, budget).await
}

async fn count<P: Pages>(
    pages: P,
    query: &Query,
    after: &Cursor,
    at_most: usize,
    budget: &Budget,
) -> Result<(usize, bool)> {
    let mut query = query.clone();
    after.narrow(&mut query);
    let mut timeline = Timeline::within(pages, &query, budget);
    let mut counted = 0;
    while let Some(row) = timeline.next().await? {
        if !after.covers(row.received_at, &row.reference) {
            continue;
        }
        if counted == at_most {
            return Ok((counted, true));
        }
        counted += 1;
    }
    Ok((counted, timeline.stopped_at().is_some()))
}

async fn read<P: Pages>(
    pages: P,
    states: &impl States,
    query: &Query,
    state: Option<StateFilter>,
    at: Option<&Cursor>,
    limit: usize,
    budget: &Budget,
) -> Result<EventPage> {
    let mut query = query.clone().page_of(limit, state.is_some());
    query.newest_first = true;
    if let Some(at) = at {
        at.narrow(&mut query);
    }
    let onward = at.map_or(Direction::Older, |at| at.direction);
    let mut timeline = Timeline::within(pages, &query, budget);
    let mut found = Found::new(limit, state);
    loop {
        let wanted = if state.is_some() {
            CHUNK
        } else {
            limit.saturating_add(1)
        };
        let mut chunk = Vec::new();
        while chunk.len() < wanted
            && let Some(row) = timeline.next().await?
        {
            if at.is_none_or(|at| at.covers(row.received_at, &row.reference)) {
                chunk.push(ListedEvent::from(row));
            }
        }
        let ends = chunk.len() < wanted;
        let last = chunk.last().map(|event| beyond(event, onward));
        let of = states.of(&chunk, budget).await?;
        found.add(chunk.into_iter().zip(of));
        if found.is_full || ends {
            break;
        }
        if budget.left() == 0 {
            found.stopped = last;
            break;
        }
    }
    let stopped = found.stopped.take();
    let stopped = stopped.or_else(|| Some(Cursor::time(timeline.stopped_at()?, onward)));
    Ok(found.into_page(at, onward, stopped))
}

/// What lies beyond an event.
fn beyond(event: &ListedEvent, direction: Direction) -> Cursor {
    Cursor::beyond(event.received_at, event.reference.clone(), direction)
}

/// The rows of a page, in the order in which they are read.
struct Found {
    rows: Vec<(ListedEvent, EventState)>,
    limit: usize,
    state: Option<StateFilter>,
    /// There is one more than fits.
    is_full: bool,
    /// Where the budget was spent.
    stopped: Option<Cursor>,
}

impl Found {
    fn new(limit: usize, state: Option<StateFilter>) -> Self {
        Self {
            rows: Vec::new(),
            limit,
            state,
            is_full: false,
            stopped: None,
        }
    }

    fn add(&mut self, rows: impl Iterator<Item = (ListedEvent, EventState)>) {
        for (event, state) in rows {
            if self.state.is_some_and(|wanted| !state.is(wanted)) {
                continue;
            }
            if self.rows.len() == self.limit {
                self.is_full = true;
                return;
            }
            self.rows.push((event, state));
        }
    }

    fn into_page(
        self,
        at: Option<&Cursor>,
        onward: Direction,
        stopped: Option<Cursor>,
    ) -> EventPage {
        let mut rows = self.rows;
        let first = rows.first().map(|(event, _)| event);
        let last = rows.last().map(|(event, _)| event);
        let (on, looked_to) = if self.is_full {
            (last.map(|event| beyond(event, onward)), None)
        } else {
            let looked_to = stopped.as_ref().map(|cursor| cursor.at);
            (stopped, looked_to)
        };
        let back =
            |at: &Cursor| first.map_or_else(|| at.back(), |event| beyond(event, onward.opposite()));
        let back = at.map(back);
        let (newer, older) = match onward {
            Direction::Older => (back, on),
            Direction::Newer => (on, back),
        };
        if onward == Direction::Newer {
            rows.reverse();
        }
        EventPage {
            rows,
            newer,
            older,
            looked_to,
        }
    }
}

#[cfg(test)]
mod tests;
