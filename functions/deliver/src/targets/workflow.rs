use aws::{Executions, Sdk};

use super::calling::{input, read, refused, retry};
use crate::destination::{Destination, Outcome, Outgoing};

/// An EXPRESS workflow, run to its end with one event at a time.
pub(crate) struct Express {
    executions: Executions,
    arn: String,
    subscription: String,
}

/// A STANDARD workflow, which is started and not waited for.
pub(crate) struct Standard {
    executions: Executions,
    arn: String,
    subscription: String,
}

impl Express {
    pub(crate) fn new(sdk: &Sdk, arn: String, subscription: String) -> Self {
        Self {
            executions: Executions::new(sdk),
            arn,
            subscription,
        }
    }
}

impl Standard {
    pub(crate) fn new(sdk: &Sdk, arn: String, subscription: String) -> Self {
        Self {
            executions: Executions::new(sdk),
            arn,
            subscription,
        }
    }
}

impl Destination for Express {
    async fn deliver(&self, outgoing: Outgoing<'_>) -> Outcome {
        let input = input(&outgoing, &self.subscription);
        if let Err(held) = outgoing.turn().await {
            return held;
        }
        let running = self.executions.run(&self.arn, input);
        match tokio::time::timeout_at(outgoing.deadline, running).await {
            Err(_) => retry("timeout"),
            Ok(Err(problem)) => refused(&problem),
            Ok(Ok(None)) => retry("execution_failed"),
            Ok(Ok(Some(output))) => read(output.as_bytes()),
        }
    }
}

impl Destination for Standard {
    async fn deliver(&self, outgoing: Outgoing<'_>) -> Outcome {
        let input = input(&outgoing, &self.subscription);
        if let Err(held) = outgoing.turn().await {
            return held;
        }
        // The message's id: a repeat of the same delivery starts nothing.
        let name = outgoing.message_id;
        let starting = self.executions.start(&self.arn, name, input);
        match tokio::time::timeout_at(outgoing.deadline, starting).await {
            Err(_) => retry("timeout"),
            Ok(Err(problem)) => refused(&problem),
            Ok(Ok(())) => Outcome::Delivered { status: None },
        }
    }
}
