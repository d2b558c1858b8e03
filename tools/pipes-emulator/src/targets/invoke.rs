//! Functions and workflows: one call with a JSON array, even for one record.

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use aws_sdk_sfn::types::SyncExecutionStatus;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use emulator::Failure;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::batch_response;
use super::outcome::BatchOutcome;
use super::prepared::Prepared;

/// Calls a function; the answer is empty if it is not waited for.
pub(super) async fn lambda(
    client: &aws_sdk_lambda::Client,
    arn: &str,
    wait: bool,
    batch: &[Prepared<'_>],
) -> Result<Vec<u8>, Failure> {
    const CALL: &str = "lambda:Invoke";
    let kind = if wait {
        InvocationType::RequestResponse
    } else {
        InvocationType::Event
    };
    let request = client
        .invoke()
        .function_name(arn)
        .invocation_type(kind)
        .payload(Blob::new(array(batch)));
    let answer = request
        .send()
        .await
        .map_err(|error| Failure::of(CALL, &error))?;
    if let Some(kind) = answer.function_error {
        // The payload has more detail, and may contain the caller's data.
        return Err(Failure::new(CALL, format!("the function failed ({kind})")));
    }
    Ok(answer.payload.map(Blob::into_inner).unwrap_or_default())
}

/// Runs an Express workflow, and returns its output.
pub(super) async fn state_machine_sync(
    client: &aws_sdk_sfn::Client,
    arn: &str,
    batch: &[Prepared<'_>],
) -> Result<Vec<u8>, Failure> {
    const CALL: &str = "states:StartSyncExecution";
    let request = client
        .start_sync_execution()
        .state_machine_arn(arn)
        .input(array(batch));
    let answer = request
        .customize()
        .interceptor(SameHost)
        .send()
        .await
        .map_err(|error| Failure::of(CALL, &error))?;
    if answer.status != SyncExecutionStatus::Succeeded {
        let error = answer.error.unwrap_or_default();
        return Err(Failure::new(
            CALL,
            format!("the execution ended {} {error}", answer.status),
        ));
    }
    Ok(answer.output.unwrap_or_default().into_bytes())
}

/// Removes the `sync-` that the SDK puts before the host for this call: AWS has such hosts, a local
/// cloud does not.
#[derive(Debug)]
struct SameHost;

impl Intercept for SameHost {
    fn name(&self) -> &'static str {
        "SameHost"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let uri = request.uri().replacen("://sync-", "://", 1);
        request.set_uri(uri).map_err(Into::into)
    }
}

pub(super) async fn state_machine(
    client: &aws_sdk_sfn::Client,
    arn: &str,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    let request = client
        .start_execution()
        .state_machine_arn(arn)
        .input(array(batch));
    request
        .send()
        .await
        .map_err(|error| Failure::of("states:StartExecution", &error))?;
    Ok(BatchOutcome::Delivered)
}

/// What the answer says about the source's records, of these ids.
pub(super) fn outcome(
    call: &'static str,
    answer: &[u8],
    ids: &[&str],
) -> Result<BatchOutcome, Failure> {
    batch_response::outcome(answer, ids).ok_or_else(|| {
        Failure::new(
            call,
            "batchItemFailures is malformed or names an unknown record",
        )
    })
}

/// A JSON array of the records. Text that is not JSON becomes a JSON string, so that the call can be made at all.
fn array(batch: &[Prepared<'_>]) -> String {
    let mut array = String::from("[");
    for (index, prepared) in batch.iter().enumerate() {
        if index > 0 {
            array.push(',');
        }
        match serde_json::from_str::<IgnoredAny>(&prepared.text) {
            Ok(_) => array.push_str(&prepared.text),
            Err(_) => array.push_str(&Value::String(prepared.text.clone()).to_string()),
        }
    }
    array.push(']');
    array
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SourceEvent;
    use serde_json::json;

    #[test]
    fn one_record_is_an_array_too_and_text_becomes_a_string() {
        let event = SourceEvent::from_queue(json!({"messageId": "m", "body": ""}), String::new());
        let prepared = |text: &str| Prepared {
            event: &event,
            text: text.to_owned(),
        };
        assert_eq!(array(&[prepared(r#"{"a":1}"#)]), r#"[{"a":1}]"#);
        assert_eq!(
            array(&[prepared("1"), prepared("say \"hi\"")]),
            r#"[1,"say \"hi\""]"#
        );
    }
}
