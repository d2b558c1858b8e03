use std::collections::HashMap;

use aws_sdk_dynamodb::{error::SdkError, operation::put_item::PutItemError, types::AttributeValue};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::StoreError;

use crate::failure::classify;

pub(crate) const PUT: &str = "dynamodb:PutItem";

/// An item of a table, as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn number(value: impl ToString + Copy) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The condition of a write did not hold: the item that is there, if the call asked for it.
pub(crate) fn unmet(
    error: &SdkError<PutItemError, HttpResponse>,
) -> Result<Option<Item>, StoreError> {
    match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(failed)) => Ok(failed.item.clone()),
        _ => Err(classify(PUT, error)),
    }
}
