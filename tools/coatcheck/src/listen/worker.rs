//! Reads events and delivers them, one after the other.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use domain::{EndpointName, StoreError};
use operator::{
    Problem,
    events::{ListedEvent, Query, Search},
    listen::{Depth, EventMark, Look},
};
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    journal::{Event, Journal},
    send::Sender,
    shown::Totals,
    terminal::Keys,
};
use crate::{interrupt::Stop, output::Exit, stack::Stack, terminal::Terminal};

/// The most events that wait to be sent again. With more, nothing new is read.
const KEPT: usize = 1_000;

/// Between two tries to reach AWS.
pub(super) const AWS: Duration = Duration::from_secs(5);

pub(super) struct Options {
    /// None: all.
    pub(super) endpoints: Vec<EndpointName>,
    pub(super) kinds: Vec<String>,
    pub(super) retry: u32,
    pub(super) once: bool,
}

pub(super) struct Worker<'a> {
    pub(super) stack: &'a Stack,
    pub(super) terminal: &'a Terminal,
    pub(super) options: Options,
    pub(super) sender: Sender,
    pub(super) journal: Journal,
    pub(super) keys: Keys,
    pub(super) stop: Stop,
    pub(super) totals: Totals,
    /// Failed attempts of this run, and when the next is due.
    pub(super) tries: BTreeMap<EventMark, (u32, Option<Instant>)>,
    /// What was said last of something that does not answer.
    pub(super) trouble: Option<String>,
}

/// How to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    /// Ctrl-C.
    Stopped,
    /// With `--once`: it makes no sense to go on now.
    Given,
}

impl Worker<'_> {
    /// Until Ctrl-C, or with `--once` until nothing is left.
    pub(super) async fn run(mut self) -> Result<Exit> {
        let ended = self.work().await;
        self.journal.close()?;
        let kept = self.journal.kept().len();
        self.terminal.note(self.totals.summary(kept));
        Ok(match ended? {
            Flow::Stopped => Exit::Good,
            Flow::On if kept == 0 => Exit::Good,
            Flow::On | Flow::Given => Exit::Bad,
        })
    }

    async fn work(&mut self) -> Result<Flow> {
        let now = Instant::now();
        if self.options.retry > 0 {
            let kept = self.journal.kept().keys();
            self.tries = kept.map(|mark| (*mark, (0, Some(now)))).collect();
        }
        let mut due = [Depth::Deep, Depth::Wide, Depth::Near].map(|depth| (depth, now));
        // With --once there is one look, and then what failed is sent again.
        let mut is_over = false;
        loop {
            let mut looks = due.iter().filter(|_| !is_over);
            let next = looks.find(|(_, at)| *at <= Instant::now());
            if let Some((depth, _)) = next.copied() {
                is_over = self.options.once;
                let look = self.journal.place().look(depth, (self.stack.now)());
                // A look is one of each smaller depth too.
                for (other, at) in due.iter_mut().filter(|(other, _)| *other <= depth) {
                    *at = Instant::now() + every(*other);
                }
                match self.deliver_all(&look).await? {
                    Flow::On => self.journal.complete(&look)?,
                    flow => return Ok(flow),
                }
            }
            match self.retry_due().await? {
                Flow::On => {}
                flow => return Ok(flow),
            }
            let retry = self.tries.values().filter_map(|(_, at)| *at).min();
            let looks = due.iter().filter(|_| !is_over).map(|(_, at)| *at);
            let Some(next) = looks.chain(retry).min() else {
                return Ok(Flow::On);
            };
            match self.wait(next).await? {
                Flow::On => {}
                flow => return Ok(flow),
            }
        }
    }

    /// Waits until a time, and sends all again that is kept if `r` is pressed.
    async fn wait(&mut self, until: Instant) -> Result<Flow> {
        tokio::select! {
            biased;
            () = self.stop.wait() => Ok(Flow::Stopped),
            () = self.keys.pressed() => self.resend_all().await,
            () = sleep_until(until) => Ok(Flow::On),
        }
    }

    /// Delivers what is new in a look.
    async fn deliver_all(&mut self, look: &Look) -> Result<Flow> {
        let stack = self.stack;
        let endpoint = match self.options.endpoints.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        let kinds = self.options.kinds.clone();
        let query = Query::new(stack, endpoint, kinds, look.from, look.until)?;
        let mut search = Search::new(stack, &query, None);
        let stop = self.stop.clone();
        loop {
            let next = tokio::select! {
                biased;
                () = stop.wait() => return Ok(Flow::Stopped),
                next = search.next() => next,
            };
            let next = match next {
                Err(problem) if self.is_passing(&problem) => {
                    // The whole look again: what was delivered of it is settled.
                    self.say_once(problem.to_string());
                    if self.pause(AWS).await == Flow::Stopped {
                        return Ok(Flow::Stopped);
                    }
                    search = Search::new(stack, &query, None);
                    continue;
                }
                next => next?,
            };
            let Some(found) = next else {
                return Ok(Flow::On);
            };
            let Some(event) = self.wanted(found) else {
                continue;
            };
            let flow = self.take(&event).await?;
            if flow != Flow::On {
                return Ok(flow);
            }
        }
    }

    fn wanted(&self, found: ListedEvent) -> Option<Event> {
        let event = Event {
            reference: found.reference,
            kind: found.kind,
            received_at: found.received_at,
            bytes: found.size,
        };
        let names = &self.options.endpoints;
        let is_wanted = names.is_empty() || names.contains(&event.reference.endpoint);
        let place = self.journal.place();
        (is_wanted && !place.is_settled(event.mark())).then_some(event)
    }

    /// Delivers a new event, and before and after it what is to be sent again.
    async fn take(&mut self, event: &Event) -> Result<Flow> {
        match self.make_room().await? {
            Flow::On => {}
            flow => return Ok(flow),
        }
        match self.deliver(event).await? {
            Flow::On => self.retry_due().await,
            flow => Ok(flow),
        }
    }

    /// Reads nothing new while too much waits to be sent again.
    async fn make_room(&mut self) -> Result<Flow> {
        if self.keys.were_pressed() && self.resend_all().await? == Flow::Stopped {
            return Ok(Flow::Stopped);
        }
        while self.journal.kept().len() >= KEPT {
            if self.options.once {
                return Ok(Flow::Given);
            }
            self.say_once(format!(
                "{KEPT} events have failed: nothing new is read until some of them are delivered. \
                 One is tried every 30 s"
            ));
            let next = Instant::now() + Duration::from_secs(30);
            if self.wait(next).await? == Flow::Stopped {
                return Ok(Flow::Stopped);
            }
            let oldest = self.journal.kept().values().next().cloned();
            if let Some(event) = oldest
                && self.deliver(&event).await? == Flow::Stopped
            {
                return Ok(Flow::Stopped);
            }
        }
        Ok(Flow::On)
    }

    async fn resend_all(&mut self) -> Result<Flow> {
        let kept: Vec<Event> = self.journal.kept().values().cloned().collect();
        for event in &kept {
            match self.deliver(event).await? {
                Flow::On => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::On)
    }

    /// Sends again what is due.
    async fn retry_due(&mut self) -> Result<Flow> {
        let now = Instant::now();
        let is_due = |at: &Option<Instant>| at.is_some_and(|at| at <= now);
        let due = self.tries.iter().filter(|(_, (_, at))| is_due(at));
        let due: Vec<EventMark> = due.map(|(mark, _)| *mark).collect();
        for mark in due {
            let Some(event) = self.journal.kept().get(&mark).cloned() else {
                self.tries.remove(&mark);
                continue;
            };
            match self.deliver(&event).await? {
                Flow::On => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::On)
    }

    /// Whether to wait until AWS can be reached. A laptop that wakes up has no network at first.
    pub(super) fn is_passing(&self, problem: &Problem) -> bool {
        !self.options.once && matches!(problem, Problem::Aws(StoreError::Transient { .. }))
    }

    pub(super) fn say_once(&mut self, text: String) {
        if self.trouble.as_ref() != Some(&text) {
            self.terminal.note(&text);
            self.trouble = Some(text);
        }
    }

    pub(super) async fn pause(&self, length: Duration) -> Flow {
        tokio::select! {
            biased;
            () = self.stop.wait() => Flow::Stopped,
            () = sleep(length) => Flow::On,
        }
    }
}

fn every(depth: Depth) -> Duration {
    Duration::try_from(depth.every()).unwrap_or_default()
}
