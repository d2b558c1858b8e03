//! Many deliveries: as fast as connections allow, or each at its own time.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use domain::Timestamp;
use provider::{DeliveryTemplate, Nonces, Poster, Provider};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use super::figures::{Delivered, Figures, Pace};
use crate::{interrupt::Stop, terminal::Progress};

/// The longest pause before a delivery is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Deliveries to be sent.
pub(super) struct Job {
    pub(super) provider: Provider,
    pub(super) template: DeliveryTemplate,
    pub(super) poster: Poster,
    pub(super) nonces: Nonces,
    pub(super) now: fn() -> Timestamp,
    /// Whether each is a different event.
    pub(super) is_fresh: bool,
    pub(super) retries: u32,
}

impl Job {
    /// Sends one delivery, signed again for each try. `due` is when it was to be sent: counting
    /// from later would hide that it waited.
    pub(super) async fn deliver(&self, number: u64, due: Instant) -> Result<Delivered> {
        let nonce = self.is_fresh.then(|| self.nonces.of(number));
        let mut retries = 0;
        loop {
            let now = (self.now)();
            let (headers, body) = self.template.make(nonce, now);
            let headers = self.provider.sign(&headers, &body, now)?;
            let bytes = body.len();
            let end = self.poster.post(&headers, body).await;
            let may_pass = match &end {
                Ok(reply) => reply.may_pass_later(),
                Err(_) => true,
            };
            if !may_pass || retries >= self.retries {
                return Ok(Delivered {
                    end,
                    bytes,
                    retries,
                    took: due.elapsed(),
                });
            }
            let asked = end.ok().and_then(|reply| reply.retry_after);
            sleep(pause(retries, asked)).await;
            retries += 1;
        }
    }
}

/// How long to wait before a try after so many.
fn pause(retries: u32, asked: Option<Duration>) -> Duration {
    let ours =
        Duration::from_millis(500).saturating_mul(1_u32.checked_shl(retries).unwrap_or(u32::MAX));
    asked.unwrap_or(ours).min(LONGEST_PAUSE)
}

/// Sends them all; `true` if it was interrupted.
pub(super) async fn send(
    job: Job,
    pace: Pace,
    progress: Progress,
    interrupt: &Stop,
) -> Result<(Figures, bool)> {
    let started = Instant::now();
    let shared = Arc::new(Shared {
        job,
        pace,
        started,
        next: AtomicU64::new(0),
        figures: Mutex::new(Figures::new()?),
        progress,
    });
    let mut workers = JoinSet::new();
    let wanted = usize::try_from(pace.count).unwrap_or(usize::MAX);
    for _ in 0..pace.concurrency.min(wanted) {
        let shared = Arc::clone(&shared);
        workers.spawn(async move { shared.work().await });
    }
    let mut failure = None;
    let finished = async {
        while let Some(outcome) = workers.join_next().await {
            if let Err(problem) = outcome.context("a worker failed").flatten() {
                failure.get_or_insert(problem);
            }
        }
    };
    let is_interrupted = tokio::select! {
        () = finished => false,
        () = interrupt.wait() => true,
    };
    // Deliveries under way are dropped, so that none ends after the figures were taken.
    workers.shutdown().await;
    if let Some(problem) = failure {
        return Err(problem);
    }
    let mut figures = shared
        .figures
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    figures.end(pace, started.elapsed());
    Ok((figures, is_interrupted))
}

struct Shared {
    job: Job,
    pace: Pace,
    started: Instant,
    next: AtomicU64,
    figures: Mutex<Figures>,
    progress: Progress,
}

impl Shared {
    async fn work(&self) -> Result<()> {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.pace.count {
                return Ok(());
            }
            let due = match self.pace.rate {
                None => Instant::now(),
                Some(rate) => {
                    let due = self.started + due(number, rate);
                    sleep_until(due).await;
                    due
                }
            };
            let waited = due.elapsed();
            let delivered = self.job.deliver(number, due).await?;
            self.figures
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .add(&delivered, waited);
            self.progress.add(1);
        }
    }
}

/// When a delivery is due, from the start.
fn due(number: u64, rate: f64) -> Duration {
    Duration::try_from_secs_f64(number as f64 / rate).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_due_at_its_own_time() {
        assert_eq!(due(0, 50.0), Duration::ZERO);
        assert_eq!(due(125, 50.0), Duration::from_millis(2_500));
    }

    #[test]
    fn pauses_grow_to_a_limit_and_retry_after_counts() {
        let seconds = |retries| pause(retries, None).as_secs_f64();
        assert_eq!([0, 1, 2, 40].map(seconds), [0.5, 1.0, 2.0, 30.0]);
        let asked = Some(Duration::from_secs(5));
        assert_eq!(pause(0, asked), Duration::from_secs(5));
        assert_eq!(pause(0, Some(Duration::from_secs(3_600))), LONGEST_PAUSE);
    }
}
