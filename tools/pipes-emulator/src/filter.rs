//! Event patterns: which records a pipe lets through.

use quamina::Quamina;
use serde_json::Value;
use thiserror::Error;

use crate::event::{Event, Form};

/// The most patterns of a pipe.
pub(crate) const COUNT: usize = 5;
/// The most characters of a pattern.
pub(crate) const LIMIT: usize = 4096;

/// Fields that AWS documents as unusable in patterns of Pipes. There a pattern with one silently matches nothing.
/// `eventName` is on that list too and works all the same, in many published pipes.
const UNFILTERABLE: &[&str] = &[
    "awsRegion",
    "eventID",
    "eventSource",
    "eventSourceARN",
    "eventSourceKey",
    "eventVersion",
    "invokeIdentityArn",
];

/// The patterns of a pipe. A record passes if any of them matches, or if there are none.
pub(crate) struct Filter {
    patterns: Option<Quamina<usize>>,
    /// What each asks of a message's body, if anything.
    forms: Vec<Option<Form>>,
}

/// Why a pattern is refused when the pipe is made. Say it to the caller: only a changed pattern helps.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum FilterError {
    /// Not a JSON object.
    #[error("the pattern is not a JSON object")]
    Json,
    /// An operator that AWS's documents say Pipes does not have.
    #[error("{field}: EventBridge Pipes does not support {operator}")]
    Unsupported {
        /// Path of the pattern's field.
        field: String,
        /// The operator as written.
        operator: String,
    },
    /// An operator that no document confirms for Pipes, so a pipe that passed here could fail on AWS.
    #[error("{field}: {operator} is not confirmed for EventBridge Pipes, so it is refused here")]
    Unconfirmed {
        /// Path of the pattern's field.
        field: String,
        /// The operator as written.
        operator: String,
    },
    /// An operator that Pipes has and this emulator has not.
    #[error("{field}: {operator} is not emulated here")]
    NotEmulated {
        /// Path of the pattern's field.
        field: String,
        /// The operator as written.
        operator: String,
    },
    /// A field that patterns cannot use.
    #[error("{0}: EventBridge Pipes cannot filter on this field")]
    Field(String),
    /// Anything else that is no pattern.
    #[error("{field}: {reason}")]
    Shape {
        /// Path of the pattern's field, empty for the pattern itself.
        field: String,
        /// What is wrong.
        reason: String,
    },
}

impl Filter {
    /// Reads and checks patterns.
    ///
    /// # Errors
    /// The index of the first bad pattern, and what is wrong with it.
    pub(crate) fn parse<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, (usize, FilterError)> {
        let mut matcher = Quamina::<usize>::new();
        let mut forms = Vec::new();
        for (index, text) in patterns.into_iter().enumerate() {
            forms.push(check(text).map_err(|error| (index, error))?);
            matcher.add_pattern(index, text).map_err(|error| {
                (
                    index,
                    FilterError::Shape {
                        field: String::new(),
                        reason: error.to_string(),
                    },
                )
            })?;
        }
        let patterns = (!matcher.is_empty()).then_some(matcher);
        Ok(Self { patterns, forms })
    }

    /// Whether the record goes on to the target. A message whose body is not of the form that a pattern asks for
    /// does not match it, not even by a field that must be absent.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html>
    ///
    /// # Errors
    /// The record could not be evaluated; the text says why and holds nothing of the record.
    pub(crate) fn passes(&self, event: &Event) -> Result<bool, String> {
        let Some(patterns) = &self.patterns else {
            return Ok(true);
        };
        let text = event.view().to_string();
        let matches = patterns
            .matches_for_event(text.as_bytes())
            .map_err(|_| "the record could not be evaluated".to_owned())?;
        Ok(matches.into_iter().any(|index| self.fits(index, event)))
    }

    fn fits(&self, index: usize, event: &Event) -> bool {
        let asked = self.forms.get(index).copied().flatten();
        let pair = asked.zip(event.body_form());
        pair.is_none_or(|(asked, has)| asked == has)
    }
}

/// Gives the form that it asks of a message's body.
fn check(text: &str) -> Result<Option<Form>, FilterError> {
    let pattern: Value = serde_json::from_str(text).map_err(|_| FilterError::Json)?;
    let fields = pattern.as_object().ok_or(FilterError::Json)?;
    if fields.is_empty() {
        return Err(FilterError::Shape {
            field: String::new(),
            reason: "the pattern is empty".to_owned(),
        });
    }
    if let Some(name) = fields
        .keys()
        .find(|name| UNFILTERABLE.contains(&name.as_str()))
    {
        return Err(FilterError::Field(name.clone()));
    }
    fields
        .iter()
        .try_for_each(|(name, value)| check_field(name, name, value))?;
    Ok(fields.get("body").map(|body| match body {
        Value::Object(_) => Form::Json,
        _ => Form::Text,
    }))
}

fn check_field(name: &str, path: &str, value: &Value) -> Result<(), FilterError> {
    let field = || path.to_owned();
    if name.starts_with('$') {
        return Err(FilterError::Unconfirmed {
            field: field(),
            operator: name.to_owned(),
        });
    }
    match value {
        Value::Object(fields) if !fields.is_empty() => fields
            .iter()
            .try_for_each(|(name, value)| check_field(name, &format!("{path}.{name}"), value)),
        Value::Array(choices) if !choices.is_empty() => choices
            .iter()
            .try_for_each(|choice| check_choice(path, choice)),
        _ => Err(FilterError::Shape {
            field: field(),
            reason: "must be an object of fields or a list of at least one value".to_owned(),
        }),
    }
}

fn check_choice(path: &str, choice: &Value) -> Result<(), FilterError> {
    let field = path.to_owned();
    let operator = match choice {
        Value::Object(operator) => operator,
        Value::Array(_) => {
            return Err(FilterError::Shape {
                field,
                reason: "a list inside a list is no pattern".to_owned(),
            });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Ok(()),
    };
    let mut entries = operator.iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        return Err(FilterError::Shape {
            field,
            reason: "a matcher has exactly one operator".to_owned(),
        });
    };
    let nested = value.as_object().and_then(|inner| inner.keys().next());
    match (name.as_str(), nested) {
        ("prefix" | "suffix", Some(inner)) => Err(FilterError::NotEmulated {
            field,
            operator: format!("{name} with {inner}"),
        }),
        ("anything-but", Some(inner)) => Err(FilterError::Unsupported {
            field,
            operator: format!("anything-but with {inner}"),
        }),
        ("prefix" | "suffix" | "equals-ignore-case" | "anything-but" | "numeric" | "exists", _) => {
            Ok(())
        }
        // EventBridge buses have these; quamina has more that no AWS service knows.
        ("wildcard" | "cidr", _) => Err(FilterError::Unconfirmed {
            field,
            operator: name.clone(),
        }),
        _ => Err(FilterError::Shape {
            field,
            reason: format!("{name} is not an operator of event patterns"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn passes(patterns: &[&str], event: &Event) -> bool {
        Filter::parse(patterns.iter().copied())
            .unwrap()
            .passes(event)
            .unwrap()
    }

    fn insert(kind: &str, size: &str) -> Event {
        let record = json!({"eventID": "e", "eventName": "INSERT", "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000,
            "NewImage": {"type": {"S": kind}, "endpoint": {"S": "stripe"}, "size": {"N": size}}}});
        Event::from_stream(record, "1".to_owned(), None)
    }

    fn message(body: &str) -> Event {
        Event::from_queue(json!({"messageId": "m", "body": body}), "r".to_owned())
    }

    #[test]
    fn no_pattern_lets_everything_through() {
        assert!(passes(&[], &message("x")));
    }

    #[test]
    fn fields_are_anded_and_patterns_ored() {
        let invoices = r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"type":{"S":[{"prefix":"invoice."},"push"]}}}}"#;
        let stripe =
            r#"{"dynamodb":{"NewImage":{"type":{"S":["x"]},"endpoint":{"S":["stripe"]}}}}"#;
        assert!(passes(&[invoices], &insert("invoice.paid", "1")));
        assert!(passes(&[invoices], &insert("push", "1")));
        assert!(!passes(&[invoices], &insert("customer", "1")));
        assert!(!passes(&[stripe], &insert("push", "1")));
        assert!(passes(&[stripe, invoices], &insert("push", "1")));
    }

    #[test]
    fn a_removal_has_no_new_image() {
        let removal = json!({"eventID": "e", "eventName": "REMOVE", "dynamodb": {"Keys": {}}});
        assert!(!passes(
            &[r#"{"eventName":["INSERT"]}"#],
            &Event::from_stream(removal, "1".to_owned(), None)
        ));
    }

    #[test]
    fn numbers_of_dynamodb_are_strings() {
        let numeric = r#"{"dynamodb":{"NewImage":{"size":{"N":[{"numeric":["=",42]}]}}}}"#;
        assert!(!passes(&[numeric], &insert("x", "42")));
        assert!(!passes(
            &[r#"{"dynamodb":{"NewImage":{"size":{"N":[42]}}}}"#],
            &insert("x", "42")
        ));
        assert!(passes(
            &[r#"{"dynamodb":{"NewImage":{"size":{"N":["42"]}}}}"#],
            &insert("x", "42")
        ));
        let date = r#"{"dynamodb":{"ApproximateCreationDateTime":[{"numeric":[">",1600000000]}]}}"#;
        assert!(passes(&[date], &insert("x", "42")));
    }

    #[test]
    fn the_type_descriptor_is_needed() {
        assert!(!passes(
            &[r#"{"dynamodb":{"NewImage":{"type":["push"]}}}"#],
            &insert("push", "1")
        ));
    }

    #[test]
    fn existence_is_asked_of_the_attribute() {
        let absent = r#"{"dynamodb":{"NewImage":{"gone":[{"exists":false}]}}}"#;
        assert!(passes(&[absent], &insert("x", "1")));
        let present = r#"{"dynamodb":{"NewImage":{"type":{"S":[{"exists":true}]}}}}"#;
        assert!(passes(&[present], &insert("x", "1")));
    }

    #[test]
    fn bodies_and_patterns_must_be_of_one_form() {
        let object = r#"{"body":{"type":["push"]}}"#;
        assert!(passes(&[object], &message(r#"{"type":"push"}"#)));
        assert!(!passes(&[object], &message("push")));
        assert!(!passes(&[object], &message(r#"{"type":"pull"}"#)));
        let text = r#"{"body":["push"]}"#;
        assert!(passes(&[text], &message("push")));
        assert!(!passes(&[text], &message(r#"{"type":"push"}"#)));
        assert!(!passes(&[text], &message(r#""push""#)));
        let absent = r#"{"body":{"type":[{"exists":false}]}}"#;
        assert!(passes(&[absent], &message(r#"{"kind":"push"}"#)));
        assert!(!passes(&[absent], &message(r#"{"type":"push"}"#)));
        assert!(!passes(&[absent], &message("push")));
        assert!(passes(&[absent, text], &message("push")));
        assert!(passes(&[r#"{"messageId":["m"]}"#], &message("push")));
        let with_line_break = r#"{"body":["a\"b\n"]}"#;
        assert!(passes(&[with_line_break], &message("a\"b\n")));
    }

    #[test]
    fn the_operators_of_pipes() {
        let paid = insert("Invoice.Paid", "1");
        let on = |choice: &str| {
            passes(
                &[&format!(
                    r#"{{"dynamodb":{{"NewImage":{{"type":{{"S":[{choice}]}}}}}}}}"#
                )],
                &paid,
            )
        };
        assert!(on(r#"{"equals-ignore-case":"invoice.paid"}"#));
        assert!(on(r#"{"suffix":".Paid"}"#));
        assert!(on(r#"{"anything-but":["a","b"]}"#));
        assert!(!on(r#"{"anything-but":"Invoice.Paid"}"#));
        assert!(!on(r#"{"prefix":"invoice"}"#));
        assert!(!on("null"));
    }

    #[test]
    fn what_pipes_has_not_is_refused_by_name() {
        let refused = |pattern: &str| Filter::parse([pattern]).err().unwrap().1.to_string();
        assert_eq!(
            refused(r#"{"a":{"b":[{"wildcard":"x*"}]}}"#),
            "a.b: wildcard is not confirmed for EventBridge Pipes, so it is refused here"
        );
        assert!(refused(r#"{"$or":[{"a":[1]}]}"#).contains("$or is not confirmed"));
        assert!(refused(r#"{"a":[{"cidr":"10.0.0.0/8"}]}"#).contains("cidr is not confirmed"));
        assert!(
            refused(r#"{"a":[{"anything-but":{"prefix":"x"}}]}"#)
                .contains("does not support anything-but with prefix")
        );
        assert!(refused(r#"{"a":[{"regexp":"x"}]}"#).contains("not an operator"));
        assert!(
            refused(r#"{"a":[{"prefix":{"equals-ignore-case":"x"}}]}"#).contains("not emulated")
        );
        assert!(refused(r#"{"a":"x"}"#).contains("a: must be"));
        assert!(refused(r#"{"a":[]}"#).contains("a: must be"));
        assert!(refused("[]").contains("not a JSON object"));
        assert!(refused("{}").contains("empty"));
        assert!(
            refused(r#"{"eventSource":["aws:sqs"]}"#)
                .contains("eventSource: EventBridge Pipes cannot")
        );
        assert_eq!(Filter::parse([r#"{"a":[1]}"#, "x"]).err().unwrap().0, 1);
    }
}
