//! Services that speak JSON: at one address, where a header names the action, or at an address for each action.

use reqwest::Method;
use serde_json::Value;

use super::{Call, ControlPlane, refusal};
use crate::failure::Failure;

/// Where a call goes, and in which of the two protocols.
#[derive(Debug, Clone, Copy)]
pub enum Address {
    /// JSON 1.1: the value of `x-amz-target`, such as `Kinesis_20131202.PutRecords`.
    Action(&'static str),
    /// REST with JSON: the path of a POST.
    Path(&'static str),
}

impl ControlPlane {
    /// Calls a service that speaks JSON. `call` names the service, as the request is signed for it, and the action:
    /// `kinesis:PutRecords`.
    ///
    /// # Errors
    /// The cloud cannot be reached, refuses, or answers with something that is not JSON.
    pub async fn json(
        &self,
        call: &'static str,
        address: Address,
        body: &Value,
    ) -> Result<Value, Failure> {
        let (target, action, kind) = match address {
            Address::Action(action) => ("/", Some(action), "application/x-amz-json-1.1"),
            Address::Path(path) => (path, None, "application/json"),
        };
        let (status, answer) = self
            .send(Call {
                name: call,
                method: Method::POST,
                target,
                content_type: Some(kind),
                action,
                body: body.to_string(),
            })
            .await?;
        let answer = serde_json::from_str::<Value>(&answer);
        match answer {
            Ok(answer) if status.is_success() => Ok(answer),
            answer => Err(refusal::of_json(call, status, &answer.unwrap_or_default())),
        }
    }
}
