use aws::operator::MetricQuery;
use domain::Timestamp;

use super::{Chart, ChartSpan, MetricsSource, asked, chart::Steps};
use crate::{Result, Stack, subscriptions::Pipe};

/// What waited for a subscription, or for the router, in the last hour or day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// How far back.
    pub span: ChartSpan,
    /// When it was read.
    pub read_at: Timestamp,
    /// Where it comes from; `Nothing` on a local cloud, with empty charts.
    pub source: MetricsSource,
    /// The most messages of each queue that it has: waiting, dead letters, in its DLQ.
    pub messages: Chart,
    /// How long the oldest one waited in the queue, in seconds; without a series if it has none.
    pub oldest_s: Chart,
}

const DEPTH: &str = "ApproximateNumberOfMessagesVisible";

/// The backlog of a subscription, or of the router. An error says which permission is missing.
pub async fn backlog(stack: &Stack, name: &str, span: ChartSpan) -> Result<Backlog> {
    let pipe = Pipe::named(&stack.description, name)?;
    let read_at = (stack.now)();
    let steps = Steps::until(read_at, span);
    let mut backlog = Backlog {
        span,
        read_at,
        source: MetricsSource::Nothing,
        messages: Chart::default(),
        oldest_s: Chart::default(),
    };
    if stack.is_local() {
        return Ok(backlog);
    }
    let shown = shown(&pipe);
    let queries: Vec<MetricQuery> = shown.iter().map(|one| one.query.clone()).collect();
    let answer = stack.metric_data().get(&queries, steps.times()).await?;
    let of = |wants_age: bool| {
        let some = shown.iter().filter(|one| one.is_age == wants_age);
        let all =
            some.map(|one| asked::series(asked::find(&answer, &one.query.id), one.name, steps));
        steps.chart(all.collect())
    };
    backlog.messages = of(false);
    backlog.oldest_s = of(true);
    backlog.source = asked::source(&answer);
    Ok(backlog)
}

pub(super) struct Shown {
    pub(super) name: &'static str,
    pub(super) is_age: bool,
    pub(super) query: MetricQuery,
}

/// The metrics of the pipe's queues.
pub(super) fn shown(pipe: &Pipe<'_>) -> Vec<Shown> {
    let one = |id: &str, name, metric, url| Shown {
        name,
        is_age: metric != DEPTH,
        query: asked::of_queue(id, metric, url),
    };
    let mut all = Vec::new();
    if let Some(url) = pipe.queue_url {
        all.push(one("waiting", "waiting", DEPTH, url));
        let age = "ApproximateAgeOfOldestMessage";
        all.push(one("oldest", "oldest", age, url));
    }
    if let Some(url) = pipe.dead_letters_url {
        all.push(one("letters", "dead letters", DEPTH, url));
    }
    all.push(one("dlq", "in its DLQ", DEPTH, pipe.dlq_url));
    all
}
