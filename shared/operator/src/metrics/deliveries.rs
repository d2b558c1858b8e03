use super::{
    asked,
    chart::{ChartSpan, Steps},
    charts::Charts,
    counted,
};
use crate::{Result, Stack};

/// The deliveries of the last hour or day. An error says which permission is missing.
pub async fn deliveries(stack: &Stack, span: ChartSpan) -> Result<Charts> {
    let read_at = (stack.now)();
    let steps = Steps::until(read_at, span);
    if stack.is_local() {
        let index = stack.by_time();
        let counted = counted::count(steps, |bucket, after| {
            let index = index.clone();
            async move { counted::page(&index, &bucket, steps, after).await }
        });
        return Ok(counted.await?.charts(span, read_at));
    }
    let queries = asked::queries(&stack.description, span);
    let answer = stack.metric_data().get(&queries, steps.times()).await?;
    Ok(asked::charts(&answer, &stack.description, span, read_at))
}
