use aws_sdk_dynamodb::types::ReturnValue;
use domain::{Ref, StoreError, Timestamp};

use super::{DELETE, Deliveries, UPDATE, moment, whole};
use crate::{
    failure::classify,
    item::{number, text},
};

/// An attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed<'a> {
    /// When.
    pub at: Timestamp,
    /// Why, in a word of ours.
    pub reason: &'a str,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// From then on DynamoDB may forget the tries.
    pub expires_at: Timestamp,
}

/// How often an event failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// The attempts that failed.
    pub count: u32,
    /// When the first of them did.
    pub first_failed_at: Timestamp,
}

impl Deliveries {
    /// Counts an attempt that failed, and tells how many there have been.
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been counted anyway.
    pub async fn failed(
        &self,
        reference: &Ref,
        replay_id: &str,
        failed: Failed<'_>,
    ) -> Result<Tries, StoreError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(&self.tries_key(reference, replay_id)))
            .expression_attribute_values(":at", number(failed.at.as_millisecond()))
            .expression_attribute_values(":reason", text(failed.reason))
            .expression_attribute_values(":expires_at", number(failed.expires_at.as_second()))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew);
        let set = "SET first_failed_at = if_not_exists(first_failed_at, :at), last_failed_at = :at, \
                   last_reason = :reason, expires_at = :expires_at";
        let call = match failed.status {
            Some(status) => call
                .update_expression(format!("{set}, last_status = :status ADD tries :one"))
                .expression_attribute_values(":status", number(status)),
            None => call.update_expression(format!("{set} REMOVE last_status ADD tries :one")),
        };
        let answer = call.send().await;
        let answer = answer.map_err(|error| classify(UPDATE, &error))?;
        let item = answer.attributes.unwrap_or_default();
        Ok(Tries {
            count: whole(&item, "tries").unwrap_or(1),
            first_failed_at: moment(&item, "first_failed_at").unwrap_or(failed.at),
        })
    }

    /// Forgets the tries of an event that was delivered or given up: if it is redriven, it has all
    /// of them again.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn forget(&self, reference: &Ref, replay_id: &str) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key("pk", text(&self.tries_key(reference, replay_id)))
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(DELETE, &error))
    }

    fn tries_key(&self, reference: &Ref, replay_id: &str) -> String {
        format!("{}#{reference}#{replay_id}", self.key("tries"))
    }
}
