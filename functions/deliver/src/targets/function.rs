use aws::{Invoked, Invoking, Sdk};

use super::calling::{input, read, refused, retry};
use crate::destination::{Destination, Outcome, Outgoing};

/// A Lambda function, called and waited for with one event at a time.
pub(crate) struct Function {
    invoking: Invoking,
    arn: String,
    subscription: String,
}

impl Function {
    pub(crate) fn new(sdk: &Sdk, arn: String, subscription: String) -> Self {
        Self {
            invoking: Invoking::new(sdk),
            arn,
            subscription,
        }
    }
}

impl Destination for Function {
    async fn deliver(&self, outgoing: Outgoing<'_>) -> Outcome {
        let input = input(&outgoing, &self.subscription);
        if let Err(held) = outgoing.turn().await {
            return held;
        }
        let invoking = self.invoking.invoke(&self.arn, input.into_bytes());
        match tokio::time::timeout_at(outgoing.deadline, invoking).await {
            Err(_) => retry("timeout"),
            Ok(Err(problem)) => refused(&problem),
            Ok(Ok(Invoked::Failed)) => retry("function_error"),
            Ok(Ok(Invoked::Answered(answer))) => read(&answer),
        }
    }
}
