//! The call of a service whose parameters may be paths into the record: ECS and Batch.

use serde_json::{Map, Value};

use crate::event::SourceEvent;
use crate::json::camel;
use crate::path::Path;
use crate::template::plain;

/// A request in which a text that is a path stands for what the path names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request(Value);

impl Request {
    /// Pipes' parameters in the spelling of the service. The names in `Parameters` are the caller's own and stay.
    ///
    /// # Errors
    /// The texts that begin with `$` and are not paths, each with where it is.
    pub(crate) fn parse(parameters: Value) -> Result<Self, Vec<(String, String)>> {
        let mut wrong = Vec::new();
        check("", &parameters, &mut wrong);
        if wrong.is_empty() {
            Ok(Self(spelled(parameters)))
        } else {
            Err(wrong)
        }
    }

    /// The request for one record; `None` if a path leads nowhere in it.
    pub(crate) fn resolve(&self, event: &SourceEvent) -> Option<Map<String, Value>> {
        match resolved(&self.0, event)? {
            Value::Object(fields) => Some(fields),
            _ => None,
        }
    }
}

fn check(at: &str, value: &Value, wrong: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if text.starts_with('$') && Path::parse(text).is_none() => {
            wrong.push((at.to_owned(), text.clone()));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check(&format!("{at}[{index}]"), item, wrong);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                check(&format!("{at}.{name}"), field, wrong);
            }
        }
        _ => {}
    }
}

fn spelled(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, field)| match name.as_str() {
                    "Parameters" => (camel(&name), field),
                    _ => (camel(&name), spelled(field)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(spelled).collect()),
        other => other,
    }
}

fn resolved(value: &Value, event: &SourceEvent) -> Option<Value> {
    Some(match value {
        Value::String(text) => match Path::parse(text) {
            Some(path) => Value::String(plain(path.find(event.view())?.as_ref()).into_owned()),
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| resolved(item, event))
                .collect::<Option<_>>()?,
        ),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, field)| Some((name.clone(), resolved(field, event)?)))
                .collect::<Option<_>>()?,
        ),
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message() -> SourceEvent {
        let body = r#"{"id":"e","n":7,"deep":{"a":[1]}}"#;
        SourceEvent::from_queue(json!({"messageId": "m", "body": body}), String::new())
    }

    #[test]
    fn a_path_is_a_whole_value_and_becomes_text() {
        let parameters = json!({"JobName": "$.body.id", "Parameters": {"Event": "$.body.deep", "N": "$.body.n"},
            "ContainerOverrides": {"Environment": [{"Name": "A", "Value": "x $.body.id"}], "Cpu": 2}});
        let request = Request::parse(parameters).unwrap();
        assert_eq!(
            request.resolve(&message()).map(Value::Object),
            Some(
                json!({"jobName": "e", "parameters": {"Event": r#"{"a":[1]}"#, "N": "7"},
                "containerOverrides": {"environment": [{"name": "A", "value": "x $.body.id"}], "cpu": 2}})
            )
        );
    }

    #[test]
    fn a_path_that_leads_nowhere_is_no_request() {
        let request = Request::parse(json!({"A": ["$.body.gone"]})).unwrap();
        assert_eq!(request.resolve(&message()), None);
    }

    #[test]
    fn what_only_looks_like_a_path_is_refused() {
        let wrong = Request::parse(json!({"A": [{"B": "$HOME"}], "C": "$"})).unwrap_err();
        assert_eq!(wrong, [(".A[0].B".to_owned(), "$HOME".to_owned())]);
    }
}
