use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{SignedDuration, StoreError, Timestamp};

use super::{Deliveries, UPDATE, whole};
use crate::{
    failure::{classify, transient},
    item::{Item, number, text},
};

/// Writes of other instances that one reservation may come second to.
const ROUNDS: usize = 10;

/// No instance reserves so far ahead, since none lives so long: a clock was wrong.
const TOO_FAR: SignedDuration = SignedDuration::from_mins(20);

/// Whether a span of time was free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// It is reserved from then on.
    From(Timestamp),
    /// It would begin too late: nothing before this moment is free, and nothing is reserved.
    TooLate(Timestamp),
}

/// What became of one write.
enum Write {
    Reserved(Timestamp),
    /// What is there instead.
    Found(Option<i64>),
}

impl Deliveries {
    /// Reserves the next free span of this length in the subscription's time: from now on, or from
    /// the end of what is already reserved. Nothing is reserved if it would begin after `latest`.
    ///
    /// DynamoDB has no greatest of two numbers, so it takes two writes, of which each has a
    /// condition: one continues what is reserved, one begins again from now. As long as events wait,
    /// the first is enough. A write whose answer was lost reserves twice: too slow for a moment,
    /// never too fast.
    ///
    /// # Errors
    /// As [`StoreError`] says. The span may be reserved anyway, and then stays empty.
    pub async fn reserve(
        &self,
        span: SignedDuration,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<Reserved, StoreError> {
        // DynamoDB refuses BETWEEN with its bounds the wrong way round: it fails, and is not just untrue.
        if latest < now {
            return Ok(Reserved::TooLate(now));
        }
        for _ in 0..ROUNDS {
            let found = match self.continue_from(span, now, latest).await? {
                Write::Reserved(from) => return Ok(Reserved::From(from)),
                Write::Found(found) => found,
            };
            let far = now.saturating_add(TOO_FAR).unwrap_or(Timestamp::MAX);
            let found_at = found.and_then(|at| Timestamp::from_microsecond(at).ok());
            match found_at {
                Some(at) if at > latest && at < far => return Ok(Reserved::TooLate(at)),
                // Free again meanwhile, or never used.
                _ => {}
            }
            if let Write::Reserved(from) = self.begin(span, now, found).await? {
                return Ok(Reserved::From(from));
            }
        }
        Err(transient(UPDATE, "other instances reserved all the time"))
    }

    async fn continue_from(
        &self,
        span: SignedDuration,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<Write, StoreError> {
        let call = self
            .pace()
            .update_expression("SET next_us = next_us + :span")
            .condition_expression("next_us BETWEEN :now AND :latest")
            .expression_attribute_values(":span", number(micros(span)))
            .expression_attribute_values(":now", number(now.as_microsecond()))
            .expression_attribute_values(":latest", number(latest.as_microsecond()));
        write(call, span).await
    }

    /// `found`: what is there, so that another instance's write in between is not undone.
    async fn begin(
        &self,
        span: SignedDuration,
        now: Timestamp,
        found: Option<i64>,
    ) -> Result<Write, StoreError> {
        let next = now.as_microsecond().saturating_add(micros(span));
        let call = self
            .pace()
            .update_expression("SET next_us = :next")
            .expression_attribute_values(":next", number(next));
        let call = match found {
            None => call.condition_expression("attribute_not_exists(next_us)"),
            Some(found) => call
                .condition_expression("next_us = :found")
                .expression_attribute_values(":found", number(found)),
        };
        write(call, span).await
    }

    fn pace(&self) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(&self.key("pace")))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

async fn write(call: UpdateItemFluentBuilder, span: SignedDuration) -> Result<Write, StoreError> {
    let next = |item: &Item| whole::<i64>(item, "next_us");
    match call.send().await {
        Ok(answer) => {
            let end = answer.attributes().and_then(next);
            let from = end.and_then(|end| Timestamp::from_microsecond(end - micros(span)).ok());
            let from = from.ok_or_else(|| transient(UPDATE, "the answer has no time"))?;
            Ok(Write::Reserved(from))
        }
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(unmet)) => {
                Ok(Write::Found(unmet.item.as_ref().and_then(next)))
            }
            _ => Err(classify(UPDATE, &error)),
        },
    }
}

fn micros(span: SignedDuration) -> i64 {
    span.as_micros().try_into().unwrap_or(i64::MAX)
}
