use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex as Lock, PoisonError},
};

use domain::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::{Backlog, ChartSpan, Charts, backlog, deliveries};
use crate::{Result, Stack, subscriptions::Pipe};

/// How long a chart is shown before it is read again.
const KEPT: SignedDuration = SignedDuration::from_secs(60);

/// Charts as they were read less than a minute ago. However many pages show a chart, it is read
/// once a minute. What failed is not kept.
#[derive(Debug, Default)]
pub struct ChartCache {
    deliveries: Kept<ChartSpan, Charts>,
    backlogs: Kept<(String, ChartSpan), Backlog>,
}

impl ChartCache {
    /// See [`deliveries()`].
    pub async fn deliveries(&self, stack: &Stack, span: ChartSpan) -> Result<Arc<Charts>> {
        let read = || deliveries(stack, span);
        self.deliveries.get(span, (stack.now)(), read).await
    }

    /// See [`backlog()`].
    pub async fn backlog(
        &self,
        stack: &Stack,
        name: &str,
        span: ChartSpan,
    ) -> Result<Arc<Backlog>> {
        // A made-up name must not fill the memory.
        Pipe::named(&stack.description, name)?;
        let read = || backlog(stack, name, span);
        let key = (name.to_owned(), span);
        self.backlogs.get(key, (stack.now)(), read).await
    }
}

/// The value of a key, and when it was read. Who asks meanwhile waits for the same answer.
type Place<T> = Arc<Mutex<Option<(Timestamp, Arc<T>)>>>;

#[derive(Debug)]
pub(super) struct Kept<K, T>(Lock<BTreeMap<K, Place<T>>>);

impl<K, T> Default for Kept<K, T> {
    fn default() -> Self {
        Self(Lock::default())
    }
}

impl<K: Ord, T> Kept<K, T> {
    pub(super) async fn get<F: Future<Output = Result<T>>>(
        &self,
        key: K,
        now: Timestamp,
        read: impl FnOnce() -> F,
    ) -> Result<Arc<T>> {
        let place = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(key).or_default())
        };
        let mut kept = place.lock().await;
        if let Some((at, value)) = &*kept
            && now.duration_since(*at) < KEPT
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(read().await?);
        *kept = Some((now, Arc::clone(&value)));
        Ok(value)
    }
}
