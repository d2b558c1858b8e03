//! What happens to a batch of a stream: in which order its records are tried, retried, halved and given up. Pure.
//!
//! A batch is a queue of segments, tried in order; the shard waits until all are settled.
//! * Everything delivered: the segment is done.
//! * The target names failed records (`batchItemFailures`): as for Lambda's event source mappings, all from the
//!   first failed one on is tried again, in order.
//! * A batch API accepted some records and refused others: only the refused ones are tried again.
//! * Everything failed: with `AUTOMATIC_BISECT` a segment of more than one record is halved, which costs no retry;
//!   otherwise it is tried again up to `MaximumRetryAttempts` times, then given up as a whole.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use crate::targets::BatchOutcome;

/// The pipe's parameters about failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Retries after the first try; `None` for no limit.
    pub(crate) retries: Option<u32>,
    /// Age above which a record is given up without another try.
    pub(crate) max_age: Option<Duration>,
    /// `OnPartialBatchItemFailure: AUTOMATIC_BISECT`.
    pub(crate) bisect: bool,
}

/// Records that are tried together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment<R> {
    pub(crate) records: Vec<R>,
    /// Tries of this segment that failed.
    pub(crate) failures: u32,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step<R> {
    /// Take the next segment.
    Next,
    /// Wait, then take the next segment.
    Wait(Duration),
    /// Send these to the dead-letter queue, then take the next segment.
    GiveUp(Vec<R>),
}

/// A batch under way.
#[derive(Debug)]
pub(crate) struct Plan<R> {
    policy: Policy,
    queue: VecDeque<Segment<R>>,
}

impl<R> Plan<R> {
    pub(crate) fn new(policy: Policy, records: Vec<R>) -> Self {
        let mut plan = Self {
            policy,
            queue: VecDeque::new(),
        };
        plan.push_front(records, 0);
        plan
    }

    /// The first record that is not settled: the shard's checkpoint may go up to just before it.
    pub(crate) fn first_open(&self) -> Option<&R> {
        self.queue
            .front()
            .and_then(|segment| segment.records.first())
    }

    pub(crate) fn next_segment(&mut self) -> Option<Segment<R>> {
        self.queue.pop_front()
    }

    /// Puts back a segment that was not tried after all.
    pub(crate) fn put_back(&mut self, segment: Segment<R>) {
        self.push_front(segment.records, segment.failures);
    }

    /// Handles the answer to a segment that `take` returned.
    pub(crate) fn settle(&mut self, segment: Segment<R>, answer: BatchOutcome) -> Step<R> {
        let Segment { records, failures } = segment;
        match answer {
            BatchOutcome::Delivered => Step::Next,
            BatchOutcome::FailedFrom(index) if index > 0 && index < records.len() => {
                // Its first record has failed once; earlier tries no longer count.
                let rest = records.into_iter().skip(index).collect();
                self.again(rest, 1)
            }
            BatchOutcome::Failed(failed) if !failed.is_empty() && failed.len() < records.len() => {
                let keep = |(index, record)| failed.contains(&index).then_some(record);
                let rest = records.into_iter().enumerate().filter_map(keep).collect();
                self.again(rest, failures.saturating_add(1))
            }
            BatchOutcome::Failed(failed) if failed.is_empty() => Step::Next,
            BatchOutcome::FailedFrom(_) | BatchOutcome::Failed(_) | BatchOutcome::NotDelivered => {
                if self.policy.bisect && records.len() > 1 {
                    self.halve(records);
                    return Step::Wait(backoff(1));
                }
                self.again(records, failures.saturating_add(1))
            }
        }
    }

    fn again(&mut self, records: Vec<R>, failures: u32) -> Step<R> {
        if self.policy.retries.is_some_and(|limit| failures > limit) {
            if self.policy.bisect && records.len() > 1 {
                self.halve(records);
                return Step::Wait(backoff(1));
            }
            return Step::GiveUp(records);
        }
        self.push_front(records, failures);
        Step::Wait(backoff(failures))
    }

    fn halve(&mut self, mut records: Vec<R>) {
        let second = records.split_off(records.len() / 2);
        self.push_front(second, 0);
        self.push_front(records, 0);
    }

    fn push_front(&mut self, records: Vec<R>, failures: u32) {
        if !records.is_empty() {
            self.queue.push_front(Segment { records, failures });
        }
    }
}

/// The wait before a retry: AWS publishes none. It doubles from a quarter of a second to five
/// seconds.
pub(crate) fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(5);
    Duration::from_millis(250 << doublings).min(Duration::from_secs(5))
}

/// Whether a record of this age is given up. A record without a time of arrival never is.
pub(crate) fn expired(policy: &Policy, arrived: Option<Timestamp>, now: Timestamp) -> bool {
    let age = arrived.and_then(|arrived| Duration::try_from(now.duration_since(arrived)).ok());
    matches!((policy.max_age, age), (Some(limit), Some(age)) if age > limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(retries: Option<u32>, bisect: bool) -> Policy {
        Policy {
            retries,
            max_age: None,
            bisect,
        }
    }

    /// Runs a plan against a target; returns the batches tried and the records given up.
    fn run(
        policy: Policy,
        count: u32,
        mut target: impl FnMut(&[u32]) -> BatchOutcome,
    ) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
        let mut plan = Plan::new(policy, (0..count).collect());
        let (mut tried, mut lost) = (Vec::new(), Vec::new());
        while let Some(segment) = plan.next_segment() {
            assert!(tried.len() < 1000, "does not end");
            tried.push(segment.records.clone());
            let answer = target(&segment.records);
            if let Step::GiveUp(records) = plan.settle(segment, answer) {
                lost.push(records);
            }
        }
        (tried, lost)
    }

    fn poison(bad: u32) -> impl FnMut(&[u32]) -> BatchOutcome {
        move |records| {
            if records.contains(&bad) {
                BatchOutcome::NotDelivered
            } else {
                BatchOutcome::Delivered
            }
        }
    }

    #[test]
    fn a_poison_record_takes_its_whole_batch_along_without_bisect() {
        let (tried, lost) = run(policy(Some(2), false), 4, poison(2));
        assert_eq!(tried.len(), 3, "the first try and two retries");
        assert_eq!(lost, [[0, 1, 2, 3]]);
    }

    #[test]
    fn bisect_gives_up_the_poison_record_alone() {
        let mut delivered = Vec::new();
        let (tried, lost) = run(policy(Some(2), true), 7, |records| {
            let answer = poison(3)(records);
            if answer == BatchOutcome::Delivered {
                delivered.extend_from_slice(records);
            }
            answer
        });
        assert_eq!(lost, [[3]]);
        assert_eq!(tried[1], [0, 1, 2], "halved at the first failure");
        assert_eq!(delivered, [0, 1, 2, 4, 5, 6], "in order");
        assert_eq!(
            tried.iter().filter(|records| **records == [3]).count(),
            3,
            "the first try and two retries"
        );
    }

    #[test]
    fn no_limit_tries_until_it_works() {
        let mut tries = 0;
        let (_, lost) = run(policy(None, false), 2, |_| {
            tries += 1;
            if tries < 50 {
                BatchOutcome::NotDelivered
            } else {
                BatchOutcome::Delivered
            }
        });
        assert_eq!(lost.len(), 0);
    }

    #[test]
    fn zero_retries_is_one_try() {
        let (tried, lost) = run(policy(Some(0), false), 1, poison(0));
        assert_eq!((tried.len(), lost.len()), (1, 1));
    }

    #[test]
    fn everything_from_the_first_named_failure_on_is_tried_again() {
        let mut first = true;
        let (tried, lost) = run(policy(Some(3), true), 4, |_| {
            if std::mem::take(&mut first) {
                BatchOutcome::FailedFrom(2)
            } else {
                BatchOutcome::Delivered
            }
        });
        assert_eq!(tried, [vec![0, 1, 2, 3], vec![2, 3]]);
        assert_eq!(lost.len(), 0);
    }

    #[test]
    fn a_named_poison_record_is_retried_to_its_limit() {
        let named = |records: &[u32]| {
            records
                .iter()
                .position(|r| *r == 2)
                .map_or(BatchOutcome::Delivered, BatchOutcome::FailedFrom)
        };
        let (tried, lost) = run(policy(Some(2), true), 4, named);
        assert_eq!(lost, [[2]]);
        assert!(
            tried.contains(&vec![3]),
            "what follows it goes on alone: {tried:?}"
        );
        let (tried, lost) = run(policy(Some(2), false), 4, named);
        assert_eq!(
            tried,
            [vec![0, 1, 2, 3], vec![2, 3], vec![2, 3]],
            "three tries of record 2"
        );
        assert_eq!(
            lost,
            [[2, 3]],
            "without bisect the rest of the batch goes with it"
        );
    }

    #[test]
    fn a_batch_api_gets_only_the_refused_records_again() {
        let refused = |records: &[u32]| {
            let bad: Vec<usize> = records
                .iter()
                .enumerate()
                .filter(|(_, r)| **r % 2 == 1)
                .map(|(i, _)| i)
                .collect();
            if bad.is_empty() {
                BatchOutcome::Delivered
            } else {
                BatchOutcome::Failed(bad)
            }
        };
        let (tried, lost) = run(policy(Some(1), false), 5, refused);
        assert_eq!(tried, [vec![0, 1, 2, 3, 4], vec![1, 3]]);
        assert_eq!(lost, [[1, 3]]);
    }

    #[test]
    fn the_checkpoint_stays_before_the_first_open_record() {
        let mut plan = Plan::new(policy(Some(9), true), vec![0, 1, 2, 3]);
        let segment = plan.next_segment().unwrap();
        plan.settle(segment, BatchOutcome::NotDelivered);
        assert_eq!(plan.first_open(), Some(&0));
        let segment = plan.next_segment().unwrap();
        plan.settle(segment, BatchOutcome::Delivered);
        assert_eq!(plan.first_open(), Some(&2));
        let segment = plan.next_segment().unwrap();
        plan.put_back(segment);
        assert_eq!(plan.first_open(), Some(&2));
    }

    #[test]
    fn waits_grow_to_five_seconds() {
        let millis: Vec<u128> = (0..8).map(|n| backoff(n).as_millis()).collect();
        assert_eq!(millis, [250, 250, 500, 1000, 2000, 4000, 5000, 5000]);
    }

    #[test]
    fn age_is_measured_from_arrival() {
        let old = Policy {
            max_age: Some(Duration::from_secs(60)),
            ..policy(None, false)
        };
        let now: Timestamp = "2026-11-21T00:02:00Z".parse().unwrap();
        let at = |text: &str| Some(text.parse().unwrap());
        assert!(expired(&old, at("2026-11-21T00:00:59Z"), now));
        assert!(!expired(&old, at("2026-11-21T00:01:00Z"), now));
        assert!(
            !expired(&old, at("2026-11-21T00:03:00Z"), now),
            "a clock ahead of ours"
        );
        assert!(!expired(&old, None, now));
        assert!(!expired(
            &policy(None, false),
            at("2020-01-01T00:00:00Z"),
            now
        ));
    }
}
