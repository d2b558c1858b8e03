//! A limit on the rate of an operation, so that it does not flood its receiver.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Lets a number of items pass each second, and does not catch up after a slow call.
pub(crate) struct RateLimit {
    each: Option<Duration>,
    next: Instant,
}

impl RateLimit {
    /// At most `rate` items a second; no limit without a rate.
    pub(crate) fn new(rate: Option<u32>) -> Self {
        Self {
            each: rate.map(|rate| Duration::from_secs(1) / rate.max(1)),
            next: Instant::now(),
        }
    }

    /// Waits until `count` more items may pass.
    pub(crate) async fn wait(&mut self, count: usize) {
        let Some(each) = self.each else {
            return;
        };
        sleep_until(self.next).await;
        let cost = each * u32::try_from(count).unwrap_or(u32::MAX);
        self.next = self.next.max(Instant::now()) + cost;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_kept_and_lost_time_is_not_made_up_for() {
        let start = Instant::now();
        let mut pace = RateLimit::new(Some(100));
        for _ in 0..10 {
            pace.wait(10).await;
        }
        assert_eq!(start.elapsed().as_millis() / 100, 9);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let late = Instant::now();
        pace.wait(10).await;
        pace.wait(10).await;
        assert!(late.elapsed() >= Duration::from_millis(100));
        let free = Instant::now();
        RateLimit::new(None).wait(1_000_000).await;
        assert!(free.elapsed().is_zero());
    }
}
