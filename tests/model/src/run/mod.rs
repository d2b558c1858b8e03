//! Runs a script: one thing after another, then quiet, with the checks after each.

mod begin;

use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use admit::{Admit, Admitted, Undone};
use domain::SignedDuration;
use ingest::{Days, Ingest};
use serde_json::Value;
use sweep::Options;

use crate::{
    bugs::Bug,
    invariants::Violation,
    judge,
    script::{Action, Fate, Script, Wait},
    world::{MessageState, World},
};

const DAYS: Days = Days {
    pointers: 90,
    payloads: 30,
};

/// At most so many invocations at once.
const AT_ONCE: usize = 4;

type Ingests<'w> = Ingest<&'w World, &'w World, &'w World>;
type Admits<'w> = Admit<&'w World, &'w World, &'w World, &'w World>;

/// The invocations over a world.
pub(crate) struct Runner<'w> {
    world: &'w World,
    tasks: Vec<Task<'w>>,
    /// Environments that are free: they remember keys and endpoints.
    ingests: Vec<Rc<Ingests<'w>>>,
    admits: Vec<Rc<Admits<'w>>>,
    begun: usize,
}

struct Task<'w> {
    id: usize,
    of: Of,
    /// Whether a call of it failed.
    faulted: bool,
    future: Pin<Box<dyn Future<Output = Ended<'w>> + 'w>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Delivery(usize),
    Message(usize),
    Sweep,
}

enum Ended<'w> {
    Answered(Value, Rc<Ingests<'w>>),
    Admitted(Result<Admitted, Undone>, Rc<Admits<'w>>),
    Told,
    Swept,
}

/// Runs a script to its end and through the quiet after it. The calls that were made, or the promise that was broken.
pub(crate) fn run(script: &Script, bug: Option<Bug>) -> Result<u64, Violation> {
    let world = World::new(script.way, script.config, bug, script.quick);
    let mut runner = Runner::new(&world);
    for action in &script.actions {
        runner.apply(*action)?;
    }
    runner.rest()?;
    Ok(world.turn.calls())
}

impl<'w> Runner<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        Self {
            world,
            tasks: Vec::new(),
            ingests: Vec::new(),
            admits: Vec::new(),
            begun: 0,
        }
    }

    pub(crate) fn running(&self) -> usize {
        self.tasks.len()
    }

    /// Names the invocation at a place.
    pub(crate) fn task(&self, place: usize) -> Option<usize> {
        self.tasks.get(place).map(|task| task.id)
    }

    /// Where an invocation is, if it still runs.
    pub(crate) fn place(&self, id: usize) -> Option<usize> {
        self.tasks.iter().position(|task| task.id == id)
    }

    /// Whether this would do anything now.
    pub(crate) fn can(&self, action: Action) -> bool {
        match action {
            Action::Admit(number) => self.message(number).is_some(),
            Action::Step(..) => !self.tasks.is_empty(),
            _ => true,
        }
    }

    pub(crate) fn apply(&mut self, action: Action) -> Result<(), Violation> {
        match action {
            Action::Step(number, fate) if !self.tasks.is_empty() => {
                self.step(usize::from(number) % self.tasks.len(), Some(fate))?;
            }
            Action::Deliver(..) | Action::Admit(_) | Action::Sweep
                if self.tasks.len() >= AT_ONCE => {}
            Action::Deliver(event, sent) => self.deliver(event % 2, sent)?,
            Action::Admit(number) => {
                if let Some(message) = self.message(number) {
                    self.admit(message)?;
                }
            }
            Action::Sweep => self.sweep()?,
            Action::Rotate => {
                let mut state = self.world.state();
                // No delivery arrives at the very moment of a rotation.
                state.now += SignedDuration::from_secs(1);
                state.rotations += 1;
                state.rotated_at = state.now;
            }
            Action::Configure => self.world.state().config += 1,
            Action::Wait(wait) => self.wait(wait),
            Action::Step(..) => {}
        }
        self.world.check()
    }

    /// A message that no invocation has at the moment. SQS may deliver one again that is done.
    fn message(&self, number: u8) -> Option<usize> {
        let state = self.world.state();
        let message = usize::from(number) % state.messages.len().max(1);
        let known = state.messages.get(message)?;
        (known.state != MessageState::AtWork).then_some(message)
    }

    /// Lambda ends what takes too long.
    fn wait(&mut self, wait: Wait) {
        let (seconds, ends_all) = match wait {
            Wait::Minute => (61, false),
            Wait::AgeFloor => (Options::OLDER_THAN.as_secs() + 1, true),
        };
        self.world.state().now += SignedDuration::from_secs(seconds);
        let (kept, ended) = std::mem::take(&mut self.tasks)
            .into_iter()
            .partition(|task| task.of == Of::Sweep && !ends_all);
        self.tasks = kept;
        for task in ended {
            self.ended_without_answer(&task);
        }
    }

    fn ended_without_answer(&self, task: &Task<'w>) {
        let mut state = self.world.state();
        state.at_work.remove(&task.id);
        if let Of::Message(number) = task.of
            && let Some(message) = state.messages.get_mut(number)
        {
            message.state = MessageState::Waits;
        }
    }

    fn begin(
        &mut self,
        of: Of,
        future: impl Future<Output = Ended<'w>> + 'w,
    ) -> Result<(), Violation> {
        self.begun += 1;
        self.tasks.push(Task {
            id: self.begun,
            of,
            faulted: false,
            future: Box::pin(future),
        });
        if let Of::Delivery(_) = of {
            self.world.state().at_work.insert(self.begun);
        }
        // Up to its first call.
        self.step(self.tasks.len() - 1, None)
    }

    /// One invocation makes one call, and goes on up to the next.
    fn step(&mut self, at: usize, fate: Option<Fate>) -> Result<(), Violation> {
        let task = &mut self.tasks[at];
        task.faulted |= fate.is_some_and(|fate| fate != Fate::Done);
        {
            let mut state = self.world.state();
            state.current = task.id;
            state.sweeps = task.of == Of::Sweep;
        }
        self.world.turn.grant(fate);
        let polled = task
            .future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        self.world.check()?;
        if self.world.turn.died() {
            let task = self.tasks.remove(at);
            self.ended_without_answer(&task);
            return Ok(());
        }
        let Poll::Ready(ended) = polled else {
            return Ok(());
        };
        let task = self.tasks.remove(at);
        self.world.state().at_work.remove(&task.id);
        match (ended, task.of) {
            (Ended::Answered(answer, environment), Of::Delivery(number)) => {
                self.ingests.push(environment);
                judge::answer(self.world, number, &answer, task.faulted)
            }
            (Ended::Admitted(outcome, environment), Of::Message(number)) => {
                self.admits.push(environment);
                judge::admitted(self.world, number, outcome)
            }
            _ => Ok(()),
        }
    }

    /// Lets every invocation end well.
    fn finish(&mut self) -> Result<(), Violation> {
        while !self.tasks.is_empty() {
            self.step(0, Some(Fate::Done))?;
        }
        Ok(())
    }

    /// The quiet after a script: messages come again, the sweep runs, until nothing changes any more.
    pub(crate) fn rest(&mut self) -> Result<(), Violation> {
        /// A message that waits for a claim to end, one that the sweep must send, and one round more.
        const ROUNDS: usize = 6;
        self.finish()?;
        for _ in 0..ROUNDS {
            let before = self.world.state().summary();
            let messages = self.world.state().messages.len();
            for number in 0..messages {
                if self.world.state().messages[number].state == MessageState::Waits {
                    // Keys are read again only every thirty seconds.
                    self.wait(Wait::Minute);
                    self.admit(number)?;
                    self.finish()?;
                }
            }
            self.wait(Wait::AgeFloor);
            self.sweep()?;
            self.finish()?;
            let after = self.world.state().summary();
            if after == before && after.waiting == 0 {
                return judge::at_rest(self.world);
            }
        }
        Err(judge::restless(self.world))
    }
}
