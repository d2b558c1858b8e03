//! The step before the target: a function or an Express workflow gets the events of a batch as one array, and what it
//! answers takes their place.
//!
//! * An array is the new batch, shorter or longer; anything else is one event.
//! * An empty answer (`""`, `{}`, `[]`; `null` and nothing at all count as one here) ends the batch well, without the
//!   target. `[{}]` is one empty event.
//! * There is no partial failure: if the enrichment fails or answers more than 6 MB, the whole batch has failed.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/pipes-enrichment.html>

use emulator::Failure;
use serde_json::Value;

use super::invoke;
use super::prepared::Prepared;
use crate::arn::EnrichmentKind;
use crate::event::SourceEvent;
use crate::role::{AssumedRole, Right};

/// The largest answer: 6 MB.
const LIMIT: usize = 6 * 1024 * 1024;

/// The enrichment of a pipe, ready to be called.
pub(crate) struct Enricher {
    role: AssumedRole,
    right: Right,
    client: Client,
}

enum Client {
    Lambda(aws_sdk_lambda::Client),
    StateMachine(aws_sdk_sfn::Client),
}

impl Enricher {
    pub(crate) fn new(role: &AssumedRole, kind: EnrichmentKind, arn: &str) -> Self {
        let config = role.config();
        Self {
            role: role.clone(),
            right: Right::plain(kind.action(), arn),
            client: match kind {
                EnrichmentKind::Lambda => Client::Lambda(aws_sdk_lambda::Client::new(config)),
                EnrichmentKind::StateMachine => {
                    Client::StateMachine(aws_sdk_sfn::Client::new(config))
                }
            },
        }
    }

    /// The events that take the place of the batch; none if the target is not to be called.
    pub(crate) async fn enrich(&self, batch: &[Prepared<'_>]) -> Result<Vec<SourceEvent>, Failure> {
        self.role.confirm_right(&self.right).await?;
        let arn = &self.right.resource;
        let answer = match &self.client {
            Client::Lambda(client) => invoke::lambda(client, arn, true, batch).await?,
            Client::StateMachine(client) => invoke::state_machine_sync(client, arn, batch).await?,
        };
        events(&answer)
    }
}

fn events(answer: &[u8]) -> Result<Vec<SourceEvent>, Failure> {
    const CALL: &str = "enrichment";
    if answer.len() > LIMIT {
        return Err(Failure::new(CALL, "the answer is larger than 6 MB"));
    }
    if answer.is_empty() {
        return Ok(Vec::new());
    }
    let answer: Value =
        serde_json::from_slice(answer).map_err(|_| Failure::new(CALL, "the answer is not JSON"))?;
    let items = match answer {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::Object(fields) if fields.is_empty() => Vec::new(),
        one => vec![one],
    };
    let events = items.into_iter().map(SourceEvent::from_enrichment);
    Ok(events.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(answer: &str) -> Option<Vec<Value>> {
        let events = events(answer.as_bytes()).ok()?;
        Some(events.into_iter().map(|event| event.record).collect())
    }

    #[test]
    fn an_array_is_the_new_batch_and_anything_else_one_event() {
        assert_eq!(of(r#"[{"a":1},2]"#), Some(vec![json!({"a": 1}), json!(2)]));
        assert_eq!(of(r#"{"a":1}"#), Some(vec![json!({"a": 1})]));
        assert_eq!(of(r#""text""#), Some(vec![json!("text")]));
        assert_eq!(of("[{}]"), Some(vec![json!({})]));
    }

    #[test]
    fn an_empty_answer_is_no_event() {
        for empty in ["", "null", "\"\"", "{}", "[]"] {
            assert_eq!(of(empty), Some(vec![]), "{empty}");
        }
    }

    #[test]
    fn what_is_too_large_or_not_json_fails() {
        assert_eq!(of("{"), None);
        assert_eq!(
            of(&format!("\"{}\"", "x".repeat(LIMIT - 2))).map(|events| events.len()),
            Some(1)
        );
        assert_eq!(of(&format!("\"{}\"", "x".repeat(LIMIT - 1))), None);
    }
}
