//! Kinesis and Firehose, and what all batch calls have in common: an answer names what was refused by its place.
//!
//! A record's data is what the template gives, as it is. Firehose puts no delimiter between records unless its stream
//! has the processor `AppendDelimiterToRecord`, and Pipes adds none.
//! <https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html>

use base64_simd::STANDARD;
use emulator::{Address, ControlPlane, Failure};
use serde_json::{Value, json};

use super::batches::resolve;
use super::outcome::BatchOutcome;
use super::prepared::Prepared;
use crate::arn::Arn;
use crate::blueprint::Blueprint;

pub(super) async fn stream(
    calls: &ControlPlane,
    arn: &str,
    blueprint: &Blueprint,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    const CALL: &str = "kinesis:PutRecords";
    let records = batch.iter().map(|prepared| {
        let key = resolve(blueprint.partition_key.as_ref(), prepared.event).ok()??;
        // Kinesis takes 1 to 256 characters.
        (1..=256)
            .contains(&key.chars().count())
            .then(|| json!({"Data": data(prepared), "PartitionKey": key}))
    });
    let (records, sent) = Sent::split(CALL, records)?;
    let action = Address::Action("Kinesis_20131202.PutRecords");
    let body = json!({"StreamARN": arn, "Records": records});
    let answer = calls.json(CALL, action, &body).await?;
    sent.outcome(&answer, "Records")
}

pub(super) async fn delivery_stream(
    calls: &ControlPlane,
    arn: &str,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    const CALL: &str = "firehose:PutRecordBatch";
    let name = Arn::parse(arn).and_then(|arn| arn.resource.strip_prefix("deliverystream/"));
    let records = batch
        .iter()
        .map(|prepared| Some(json!({"Data": data(prepared)})));
    let (records, sent) = Sent::split(CALL, records)?;
    let action = Address::Action("Firehose_20150804.PutRecordBatch");
    let body = json!({"DeliveryStreamName": name, "Records": records});
    let answer = calls.json(CALL, action, &body).await?;
    sent.outcome(&answer, "RequestResponses")
}

fn data(prepared: &Prepared<'_>) -> String {
    STANDARD.encode_to_string(&prepared.text)
}

/// Which records of a batch went into a call, and which could not.
pub(super) struct Sent {
    call: &'static str,
    places: Vec<usize>,
    failed: Vec<usize>,
}

impl Sent {
    /// Divides what could be made from what could not.
    ///
    /// # Errors
    /// There is nothing to send.
    pub(super) fn split(
        call: &'static str,
        entries: impl Iterator<Item = Option<Value>>,
    ) -> Result<(Vec<Value>, Self), Failure> {
        let (mut made, mut places, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (place, entry) in entries.enumerate() {
            match entry {
                Some(entry) => {
                    places.push(place);
                    made.push(entry);
                }
                None => failed.push(place),
            }
        }
        if made.is_empty() {
            let reason = "no record has what the service and the parameters' paths require";
            return Err(Failure::new(call, reason));
        }
        let sent = Self {
            call,
            places,
            failed,
        };
        Ok((made, sent))
    }

    /// What could not be made, and what has an error code in the answer, failed. `items` is the member of the answer
    /// that has one item for each entry, in order.
    ///
    /// # Errors
    /// The answer does not have that.
    pub(super) fn outcome(self, answer: &Value, items: &str) -> Result<BatchOutcome, Failure> {
        let items = answer.get(items).and_then(Value::as_array);
        let items = items
            .filter(|items| items.len() == self.places.len())
            .ok_or_else(|| {
                Failure::new(
                    self.call,
                    "the answer does not say what became of each entry",
                )
            })?;
        let refused = items
            .iter()
            .zip(&self.places)
            .filter(|(item, _)| item.get("ErrorCode").is_some_and(|code| !code.is_null()));
        let mut failed = self.failed;
        failed.extend(refused.map(|(_, place)| *place));
        Ok(BatchOutcome::of_failed(failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entries: Vec<Option<Value>>, answer: &Value) -> Result<BatchOutcome, Failure> {
        let (_, sent) = Sent::split("kinesis:PutRecords", entries.into_iter())?;
        sent.outcome(answer, "Records")
    }

    #[test]
    fn what_was_refused_and_what_could_not_be_sent_failed() {
        let entries = || vec![Some(json!("a")), None, Some(json!("c")), Some(json!("d"))];
        let fine = json!({"SequenceNumber": "1"});
        let throttled = json!({"ErrorCode": "ProvisionedThroughputExceededException"});
        let answer =
            json!({"FailedRecordCount": 1, "Records": [fine, {"ErrorCode": null}, throttled]});
        assert_eq!(of(entries(), &answer), Ok(BatchOutcome::Failed(vec![1, 3])));
        let answer = json!({"FailedRecordCount": 0, "Records": [fine]});
        assert_eq!(
            of(vec![Some(json!("a"))], &answer),
            Ok(BatchOutcome::Delivered)
        );
        assert!(of(entries(), &answer).is_err(), "too few answers");
        assert!(of(vec![None], &answer).is_err(), "nothing to send");
    }
}
