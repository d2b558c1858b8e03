use std::time::Duration;

use domain::Endpoint;
use operator::{
    Result, Stack, endpoints,
    stack::StackDescription,
    subscriptions::{BreakerRecord, Depths, Pipe, PipeState, Status, TargetState, depths, status},
};
use tokio::time::Instant;

/// How often the console reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// Queues.
    pub(crate) queues: Duration,
    /// Pipes, targets and endpoints, which change seldom.
    pub(crate) pipes: Duration,
}

impl Pace {
    /// `shortest`: of a small stack. A large one is read less often: a live overview makes at
    /// most five requests a second.
    pub(crate) fn of(stack: &StackDescription, shortest: Duration) -> Self {
        let pipes = u32::try_from(stack.subscriptions.len()).unwrap_or(u32::MAX);
        let each = shortest / 25;
        // Queue, dead letters or both, and DLQ of each; of the router, two.
        let queues = each.saturating_mul(pipes.saturating_mul(3).saturating_add(2));
        Self {
            queues: queues.max(shortest),
            pipes: queues.max(shortest).saturating_mul(6),
        }
    }
}

/// The endpoints, the pipes and their queues, as they were.
pub(crate) struct Flow {
    /// All endpoints, by name; the error of one that this version cannot read.
    pub(crate) endpoints: Vec<Endpoint>,
    pipes: Vec<Looked>,
    read: Instant,
    measured: Instant,
}

/// A pipe as it was.
#[derive(Clone)]
struct Looked {
    owner: String,
    state: PipeState,
    breaker: Option<BreakerRecord>,
    target: Option<TargetState>,
    depths: Depths,
}

impl Flow {
    pub(super) async fn read(stack: &Stack) -> Result<Self> {
        let pipes = status(stack, Pipe::all(&stack.description));
        let (pipes, endpoints) = futures_util::try_join!(pipes, endpoints::configured(stack))?;
        let looked = pipes.into_iter().map(|one| Looked {
            owner: one.pipe.owner.to_owned(),
            depths: one.depths(),
            state: one.status,
            breaker: one.breaker,
            target: one.target.map(|(_, target)| target),
        });
        let now = Instant::now();
        Ok(Self {
            endpoints,
            pipes: looked.collect(),
            read: now,
            measured: now,
        })
    }

    /// The same with the queues as they are now.
    pub(super) async fn with_depths(&self, stack: &Stack) -> Result<Self> {
        let pipes = Pipe::all(&stack.description);
        let now = depths(stack, pipes).await?;
        let pipes = self.pipes.iter().map(|one| {
            let found = now.iter().find(|(pipe, _)| pipe.owner == one.owner);
            Looked {
                depths: found.map_or(one.depths, |(_, depths)| *depths),
                ..one.clone()
            }
        });
        Ok(Self {
            endpoints: self.endpoints.clone(),
            pipes: pipes.collect(),
            read: self.read,
            measured: Instant::now(),
        })
    }

    pub(super) fn needs_all(&self, pace: Pace) -> bool {
        self.read.elapsed() >= pace.pipes
    }

    pub(super) fn needs_depths(&self, pace: Pace) -> bool {
        self.measured.elapsed() >= pace.queues
    }

    /// The state of each pipe: the router's, then those of the subscriptions.
    pub(crate) fn statuses<'a>(&self, stack: &'a StackDescription) -> Vec<Status<'a>> {
        let all = Pipe::all(stack).into_iter();
        all.filter_map(|pipe| {
            let one = self.pipes.iter().find(|one| one.owner == pipe.owner)?;
            let subscription = stack.subscriptions.get(pipe.owner);
            Some(Status {
                pipe,
                status: one.state.clone(),
                breaker: one.breaker.clone(),
                target: subscription.zip(one.target.clone()),
                queue: one.depths.queue,
                dead_letters: one.depths.dead_letters,
                dlq: one.depths.dlq,
            })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_stack_is_read_less_often() {
        let mut stack = StackDescription::parse(testkit::STACK).unwrap();
        let shortest = Duration::from_secs(5);
        let small = Pace::of(&stack, shortest);
        assert_eq!((small.queues.as_secs(), small.pipes.as_secs()), (5, 30));
        let one = stack.subscriptions["invoices"].clone();
        for number in 0..98 {
            stack
                .subscriptions
                .insert(format!("more-{number}"), one.clone());
        }
        let large = Pace::of(&stack, shortest);
        // 302 requests for the queues of 100 subscriptions.
        assert_eq!((large.queues.as_secs(), large.pipes.as_secs()), (60, 362));
    }
}
