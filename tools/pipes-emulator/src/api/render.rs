//! Answers of the API, and the paging of its list.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::InvalidField;
use super::shapes::RequestedState;
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
    let more = json!({
        "DesiredState": if deleting { json!("DELETED") } else { json!(definition.desired) },
        "Description": definition.description,
        "StateReason": pipe.reason,
        "Source": definition.source,
        "SourceParameters": definition.source_parameters,
        "Target": definition.target,
        "TargetParameters": definition.target_parameters,
        "RoleArn": definition.role_arn,
        "Tags": definition.tags,
        "LogConfiguration": definition.log_configuration,
        "KmsKeyIdentifier": definition.kms_key_identifier,
    });
    merged(summary(pipe), more)
}

/// Which pipes `ListPipes` should return.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    name_prefix: String,
    source_prefix: String,
    target_prefix: String,
    desired: Option<String>,
    current: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

impl Listing {
    /// Reads the query.
    pub(crate) fn parse(query: Vec<(String, String)>) -> Result<Self, InvalidField> {
        let mut listing = Self::default();
        for (name, value) in query {
            match name.as_str() {
                "NamePrefix" => listing.name_prefix = value,
                "SourcePrefix" => listing.source_prefix = value,
                "TargetPrefix" => listing.target_prefix = value,
                "DesiredState" => listing.desired = Some(value),
                "CurrentState" => listing.current = Some(value),
                "NextToken" => listing.after = Some(value),
                "Limit" => match value.parse() {
                    Ok(limit @ 1..=100) => listing.limit = Some(limit),
                    _ => return Err(InvalidField::new("Limit", "must be between 1 and 100")),
                },
                _ => return Err(InvalidField::new(name, "unknown query parameter")),
            }
        }
        Ok(listing)
    }
}

/// The answer of `ListPipes`: pages in order of names; the token is the last name.
pub(crate) fn listed(listing: &Listing, pipes: &[Pipe]) -> Value {
    let wanted = |pipe: &&Pipe| {
        let definition = &pipe.definition;
        let desired = match definition.desired {
            RequestedState::Running => "RUNNING",
            RequestedState::Stopped => "STOPPED",
        };
        definition.name.starts_with(&listing.name_prefix)
            && definition.source.starts_with(&listing.source_prefix)
            && definition.target.starts_with(&listing.target_prefix)
            && listing
                .desired
                .as_ref()
                .is_none_or(|state| state == desired)
            && listing
                .current
                .as_ref()
                .is_none_or(|state| state == pipe.state.spelled())
            && listing
                .after
                .as_ref()
                .is_none_or(|after| definition.name > *after)
    };
    let limit = listing.limit.unwrap_or(100);
    let mut found: Vec<&Pipe> = pipes
        .iter()
        .filter(wanted)
        .take(limit.saturating_add(1))
        .collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let entries: Vec<Value> = found.iter().map(|pipe| entry(pipe)).collect();
    let mut answer = json!({"Pipes": entries});
    if let (true, Some(last), Some(fields)) = (more, found.last(), answer.as_object_mut()) {
        fields.insert("NextToken".to_owned(), json!(last.definition.name));
    }
    answer
}

fn entry(pipe: &Pipe) -> Value {
    let more = json!({
        "Source": pipe.definition.source,
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
