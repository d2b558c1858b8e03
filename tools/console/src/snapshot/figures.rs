use std::{sync::Arc, time::Duration};

use operator::{
    Stack,
    metrics::{ChartSpan, Charts, deliveries},
};
use tokio::{sync::Mutex, time::Instant};

/// How long they are shown before they are read again: they cost money.
const KEPT: Duration = Duration::from_secs(60);

type Answer = Result<Arc<Charts>, Arc<str>>;

/// Deliveries over time. A failure is kept for a minute too, or each live part would ask again.
#[derive(Default)]
pub(super) struct Figures {
    hour: Mutex<Option<(Instant, Answer)>>,
    day: Mutex<Option<(Instant, Answer)>>,
}

impl Figures {
    pub(super) async fn deliveries(&self, stack: &Stack, span: ChartSpan) -> Answer {
        let place = match span {
            ChartSpan::Hour => &self.hour,
            ChartSpan::Day => &self.day,
        };
        let mut kept = place.lock().await;
        if let Some((at, answer)) = &*kept
            && at.elapsed() < KEPT
        {
            return answer.clone();
        }
        let answer = match deliveries(stack, span).await {
            Ok(charts) => Ok(Arc::new(charts)),
            Err(problem) => Err(problem.with_causes().into()),
        };
        *kept = Some((Instant::now(), answer.clone()));
        answer
    }
}
