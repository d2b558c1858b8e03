//! Queues and topics: each record its own message, sent through the batch API even if there is only
//! one.

use aws_sdk_sns::types::PublishBatchRequestEntry;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;

use super::prepared::Prepared;
use emulator::Failure;

use super::outcome::BatchOutcome;
use crate::blueprint::{Blueprint, Parameter};
use crate::event::SourceEvent;
use crate::template::plain;

pub(super) async fn queue(
    client: &aws_sdk_sqs::Client,
    url: &str,
    blueprint: &Blueprint,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    const CALL: &str = "sqs:SendMessageBatch";
    let mut request = client.send_message_batch().queue_url(url);
    let mut failed = Vec::new();
    let mut sent = 0;
    for (index, prepared) in batch.iter().enumerate() {
        let group = resolve(blueprint.group.as_ref(), prepared.event);
        let deduplication = resolve(blueprint.deduplication.as_ref(), prepared.event);
        let (Ok(group), Ok(deduplication)) = (group, deduplication) else {
            failed.push(index);
            continue;
        };
        // AWS refuses the entry, and the cloud behind this emulator may not.
        if ![&group, &deduplication]
            .into_iter()
            .flatten()
            .all(|id| is_id(id))
        {
            failed.push(index);
            continue;
        }
        let entry = SendMessageBatchRequestEntry::builder()
            .id(index.to_string())
            .message_body(&prepared.text)
            .set_message_group_id(group)
            .set_message_deduplication_id(deduplication)
            .build()
            .map_err(|_| Failure::new(CALL, "the message is invalid"))?;
        request = request.entries(entry);
        sent += 1;
    }
    if sent == 0 {
        return Err(Failure::new(
            CALL,
            "no record has a group and a deduplication id that SQS accepts",
        ));
    }
    let answer = request
        .send()
        .await
        .map_err(|error| Failure::of(CALL, &error))?;
    failed.extend(
        answer
            .failed
            .iter()
            .filter_map(|entry| entry.id.parse::<usize>().ok()),
    );
    Ok(BatchOutcome::of_failed(failed))
}

pub(super) async fn topic(
    client: &aws_sdk_sns::Client,
    arn: &str,
    batch: &[Prepared<'_>],
) -> Result<BatchOutcome, Failure> {
    const CALL: &str = "sns:PublishBatch";
    let mut request = client.publish_batch().topic_arn(arn);
    for (index, prepared) in batch.iter().enumerate() {
        let entry = PublishBatchRequestEntry::builder()
            .id(index.to_string())
            .message(&prepared.text)
            .build()
            .map_err(|_| Failure::new(CALL, "the message is invalid"))?;
        request = request.publish_batch_request_entries(entry);
    }
    let answer = request
        .send()
        .await
        .map_err(|error| Failure::of(CALL, &error))?;
    Ok(BatchOutcome::of_failed(
        answer
            .failed()
            .iter()
            .filter_map(|entry| entry.id.parse().ok())
            .collect(),
    ))
}

/// A parameter's value for one record, from the record before its template.
pub(super) fn resolve(
    parameter: Option<&Parameter>,
    event: &SourceEvent,
) -> Result<Option<String>, ()> {
    match parameter {
        None => Ok(None),
        Some(Parameter::Text(text)) => Ok(Some(text.clone())),
        Some(Parameter::Path(path)) => {
            let value = path.find(event.view()).ok_or(())?;
            Ok(Some(plain(&value).into_owned()))
        }
    }
}

/// What SQS accepts as a message group and as a deduplication id: up to 128 letters, digits and
/// punctuation marks of ASCII.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Path;
    use serde_json::json;

    #[test]
    fn a_group_is_what_sqs_takes() {
        let most = "g".repeat(128);
        for good in ["g", "stripe/evt_1!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", &most] {
            assert!(is_id(good), "{good}");
        }
        let long = "g".repeat(129);
        for bad in ["", "a b", "a\n", "\u{5ba2}", &long] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn parameters_come_from_the_record_before_its_template() {
        let event = SourceEvent::from_queue(
            json!({"messageId": "m", "body": r#"{"key":"k","n":7}"#}),
            String::new(),
        );
        let path = |text: &str| Parameter::Path(Path::parse(text).unwrap());
        assert_eq!(resolve(None, &event), Ok(None));
        assert_eq!(
            resolve(Some(&Parameter::Text("g".to_owned())), &event),
            Ok(Some("g".to_owned()))
        );
        assert_eq!(
            resolve(Some(&path("$.body.key")), &event),
            Ok(Some("k".to_owned()))
        );
        assert_eq!(
            resolve(Some(&path("$.body.n")), &event),
            Ok(Some("7".to_owned()))
        );
        assert_eq!(resolve(Some(&path("$.body.gone")), &event), Err(()));
    }
}
