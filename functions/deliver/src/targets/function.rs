use aws::{Invoked, Invoking, Sdk};
use serde::Deserialize;

use super::call::{input, refused, retry};
use crate::destination::{Destination, Outcome, Outgoing};

/// A Lambda function, called and waited for with one event at a time.
pub(crate) struct Function {
    invoking: Invoking,
    arn: String,
    subscription: String,
}

/// How a function or workflow names events that failed: the form that pipes read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    batch_item_failures: Option<Vec<serde::de::IgnoredAny>>,
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

/// An answer that names the one event says that it failed. As a pipe reads it: without the field,
/// or if it is no JSON object, it may say anything; a field of another form is a failure.
pub(super) fn read(answer: &[u8]) -> Outcome {
    let is_object = answer.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let failed = match serde_json::from_slice::<Answer>(answer) {
        Ok(Answer {
            batch_item_failures: failures,
        }) => failures.is_some_and(|failures| !failures.is_empty()),
        Err(problem) => is_object && problem.is_data(),
    };
    if failed {
        retry("named_as_failed")
    } else {
        Outcome::Delivered { status: None }
    }
}
