//! What the console knows about the stack: read when a page or a live part wants it, kept for
//! some seconds, and shared by all tabs. It holds no payloads.

mod examined;
mod figures;
mod flow;

use std::time::Duration;

use operator::{
    Result, Stack,
    metrics::{ChartCache, ChartSpan, Charts},
};
use tokio::{
    sync::{Mutex, watch},
    time::Instant,
};

use self::figures::Figures;
pub(crate) use self::{
    examined::Examined,
    flow::{Flow, Pace},
};
use std::sync::Arc;

/// How long the doctor's findings are kept.
const FINDINGS_KEPT: Duration = Duration::from_secs(300);

/// How long after a run the doctor can be sent again.
const AGAIN: Duration = Duration::from_secs(10);

/// What the console knows about the stack.
pub(crate) struct Snapshot {
    pace: Pace,
    flow: Mutex<Option<Arc<Flow>>>,
    examined: Mutex<Option<(Instant, Arc<Examined>)>>,
    /// How many runs of the doctor have ended.
    runs: watch::Sender<u64>,
    figures: Figures,
    /// Charts of single queues, for the pages about them.
    pub(crate) charts: ChartCache,
}

impl Snapshot {
    pub(crate) fn new(pace: Pace) -> Self {
        Self {
            pace,
            flow: Mutex::default(),
            examined: Mutex::default(),
            runs: watch::Sender::new(0),
            figures: Figures::default(),
            charts: ChartCache::default(),
        }
    }

    /// How often it reads.
    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    /// The endpoints, pipes and queues, as old as [`Pace`] says at most. Who asks meanwhile waits
    /// for the same answer.
    pub(crate) async fn flow(&self, stack: &Stack) -> Result<Arc<Flow>> {
        let mut kept = self.flow.lock().await;
        let next = match &*kept {
            None => Flow::read(stack).await?,
            Some(flow) if flow.needs_all(self.pace) => Flow::read(stack).await?,
            Some(flow) if flow.needs_depths(self.pace) => flow.with_depths(stack).await?,
            Some(flow) => return Ok(Arc::clone(flow)),
        };
        let next = Arc::new(next);
        *kept = Some(Arc::clone(&next));
        Ok(next)
    }

    /// Forgets what a change may have made wrong.
    pub(crate) async fn forget(&self) {
        *self.flow.lock().await = None;
    }

    /// What the doctor found, five minutes old at most. `again`: look now.
    pub(crate) async fn examined(&self, stack: &Stack, again: bool) -> Arc<Examined> {
        let mut kept = self.examined.lock().await;
        let long_enough = if again { AGAIN } else { FINDINGS_KEPT };
        if let Some((at, examined)) = &*kept
            && at.elapsed() < long_enough
        {
            return Arc::clone(examined);
        }
        let examined = Arc::new(Examined::now(stack).await);
        *kept = Some((Instant::now(), Arc::clone(&examined)));
        self.runs.send_modify(|runs| *runs += 1);
        examined
    }

    /// Changes when a run of the doctor ends.
    pub(crate) fn runs(&self) -> watch::Receiver<u64> {
        self.runs.subscribe()
    }

    /// Deliveries over time, at most once a minute; if they cannot be read, why.
    pub(crate) async fn deliveries(
        &self,
        stack: &Stack,
        span: ChartSpan,
    ) -> Result<Arc<Charts>, Arc<str>> {
        self.figures.deliveries(stack, span).await
    }
}
