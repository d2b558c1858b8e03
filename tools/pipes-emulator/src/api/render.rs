//! Answers of the API, and the paging of its list.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::InvalidField;
use crate::json::without_nulls;
use crate::pipes::Pipe;
use crate::state::State;

/// The answer of every operation that changes a pipe.
pub(crate) fn summary(pipe: &Pipe) -> Value {
    json!({
        "Arn": pipe.definition.arn,
        "Name": pipe.definition.name,
        "DesiredState": pipe.definition.desired,
        "CurrentState": pipe.state.spelled(),
        "CreationTime": seconds(pipe.created),
        "LastModifiedTime": seconds(pipe.modified),
    })
}

/// The answer of `DescribePipe`.
pub(crate) fn described(pipe: &Pipe) -> Value {
    let definition = &pipe.definition;
    let deleting = pipe.state == State::Deleting;
    let target_parameters = definition.target_parameters.as_ref();
    let enrichment_parameters = definition.enrichment_parameters.as_ref();
    let more = json!({
        "DesiredState": if deleting { json!("DELETED") } else { json!(definition.desired) },
        "Description": definition.description,
        "StateReason": pipe.reason,
        "Source": definition.source,
        "SourceParameters": definition.source_parameters,
        "Enrichment": definition.enrichment,
        "EnrichmentParameters": enrichment_parameters.map(|given| without_nulls(json!(given))),
        "Target": definition.target,
        "TargetParameters": target_parameters.map(|given| without_nulls(json!(given))),
        "RoleArn": definition.role_arn,
        "Tags": definition.tags,
        "LogConfiguration": definition.log_configuration,
        "KmsKeyIdentifier": definition.kms_key_identifier,
    });
    merged(summary(pipe), more)
}

/// A page of `ListPipes`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    after: Option<String>,
    limit: usize,
}

impl Page {
    /// Reads the query. Nothing of ours filters the list.
    pub(crate) fn parse(query: Vec<(String, String)>) -> Result<Self, InvalidField> {
        let mut page = Self {
            after: None,
            limit: 100,
        };
        for (name, value) in query {
            match (name.as_str(), value.parse()) {
                ("NextToken", _) => page.after = Some(value),
                ("Limit", Ok(limit @ 1..=100)) => page.limit = limit,
                ("Limit", _) => {
                    return Err(InvalidField::new("Limit", "must be between 1 and 100"));
                }
                _ => return Err(InvalidField::new(name, "is not emulated here")),
            }
        }
        Ok(page)
    }
}

/// The answer of `ListPipes`: pages in order of names; the token is the last name.
pub(crate) fn listed(page: &Page, pipes: &[Pipe]) -> Value {
    let is_after = |pipe: &&Pipe| page.after.as_ref() < Some(&pipe.definition.name);
    let mut found: Vec<&Pipe> = pipes.iter().filter(is_after).collect();
    let more = found.len() > page.limit;
    found.truncate(page.limit);
    let entries: Vec<Value> = found.iter().map(|pipe| entry(pipe)).collect();
    let last = found.last().filter(|_| more);
    merged(
        json!({"Pipes": entries}),
        json!({"NextToken": last.map(|pipe| &pipe.definition.name)}),
    )
}

fn entry(pipe: &Pipe) -> Value {
    let more = json!({
        "Source": pipe.definition.source,
        "Enrichment": pipe.definition.enrichment,
        "Target": pipe.definition.target,
        "StateReason": pipe.reason,
    });
    merged(summary(pipe), more)
}

/// Both objects in one, without members that are null.
fn merged(mut object: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (object.as_object_mut(), more) {
        fields.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    object
}

/// Seconds since the epoch, with milliseconds: the protocol's form of a time.
fn seconds(at: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact until the year 287396")]
    let millis = at.as_millisecond() as f64;
    millis / 1000.0
}
