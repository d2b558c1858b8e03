//! Event patterns: which records a pipe passes.

mod alternatives;

use alternatives::alternatives;
use quamina::Quamina;
use serde_json::Value;

use crate::event::{Form, SourceEvent};

/// The most patterns of a pipe.
pub(crate) const COUNT: usize = 5;
/// The most characters of a pattern.
pub(crate) const LIMIT: usize = 4096;

/// Fields that AWS documents as unusable in patterns of Pipes. There a pattern with one silently
/// matches nothing. `eventName` is on that list too and still works, in many published pipes.
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
    /// What each requires of a message's body, if anything.
    forms: Vec<Option<Form>>,
}

impl Filter {
    /// Reads and checks patterns.
    ///
    /// # Errors
    /// The index of the first bad pattern, and what is wrong with it: only another pattern helps.
    pub(crate) fn parse<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, (usize, String)> {
        let mut matcher = Quamina::<usize>::new();
        let mut forms = Vec::new();
        for (index, text) in patterns.into_iter().enumerate() {
            let (pattern, form) = check(text).map_err(|error| (index, error))?;
            forms.push(form);
            for pattern in alternatives(&pattern) {
                matcher
                    .add_pattern(index, &pattern.to_string())
                    .map_err(|error| (index, error.to_string()))?;
            }
        }
        let patterns = (!matcher.is_empty()).then_some(matcher);
        Ok(Self { patterns, forms })
    }

    /// Whether the record goes to the target. A message whose body does not have the form that a
    /// pattern requires does not match it, not even by a field that must be absent.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html>
    ///
    /// # Errors
    /// The record could not be evaluated; the text says why and contains nothing of the record.
    pub(crate) fn passes(&self, event: &SourceEvent) -> Result<bool, String> {
        let Some(patterns) = &self.patterns else {
            return Ok(true);
        };
        let text = event.view().to_string();
        let matches = patterns
            .matches_for_event(text.as_bytes())
            .map_err(|_| "the record could not be evaluated".to_owned())?;
        Ok(matches.into_iter().any(|index| self.fits(index, event)))
    }

    fn fits(&self, index: usize, event: &SourceEvent) -> bool {
        let asked = self.forms.get(index).copied().flatten();
        let pair = asked.zip(event.body_form());
        pair.is_none_or(|(asked, has)| asked == has)
    }
}

/// Returns the pattern, and the form that it requires of a message's body.
fn check(text: &str) -> Result<(Value, Option<Form>), String> {
    let not_json = || "the pattern is not a JSON object".to_owned();
    let pattern: Value = serde_json::from_str(text).map_err(|_| not_json())?;
    let fields = pattern.as_object().ok_or_else(not_json)?;
    if fields.is_empty() {
        return Err("the pattern is empty".to_owned());
    }
    if let Some(name) = fields
        .keys()
        .find(|name| UNFILTERABLE.contains(&name.as_str()))
    {
        return Err(format!(
            "{name}: EventBridge Pipes cannot filter on this field"
        ));
    }
    fields
        .iter()
        .try_for_each(|(name, value)| check_field(name, name, value))?;
    let form = fields.get("body").map(|body| match body {
        Value::Object(_) => Form::Json,
        _ => Form::Text,
    });
    Ok((pattern, form))
}

fn check_field(name: &str, path: &str, value: &Value) -> Result<(), String> {
    if name.starts_with('$') {
        return Err(unconfirmed(path, name));
    }
    match value {
        Value::Object(fields) if !fields.is_empty() => fields
            .iter()
            .try_for_each(|(name, value)| check_field(name, &format!("{path}.{name}"), value)),
        Value::Array(choices) if !choices.is_empty() => choices
            .iter()
            .try_for_each(|choice| check_choice(path, choice)),
        _ => Err(format!(
            "{path}: must be an object of fields or a list of at least one value"
        )),
    }
}

fn check_choice(path: &str, choice: &Value) -> Result<(), String> {
    let operator = match choice {
        Value::Object(operator) => operator,
        Value::Array(_) => return Err(format!("{path}: a list must not contain a list")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Ok(()),
    };
    let mut entries = operator.iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        return Err(format!("{path}: a matcher has exactly one operator"));
    };
    let nested = value.as_object().and_then(|inner| inner.keys().next());
    match (name.as_str(), nested) {
        ("prefix" | "suffix", Some(inner)) => {
            Err(format!("{path}: {name} with {inner} is not emulated here"))
        }
        ("anything-but", Some(inner)) => Err(format!(
            "{path}: EventBridge Pipes does not support anything-but with {inner}"
        )),
        ("prefix" | "suffix" | "equals-ignore-case" | "anything-but" | "numeric" | "exists", _) => {
            Ok(())
        }
        // EventBridge buses have these; quamina has more that no AWS service supports.
        ("wildcard" | "cidr", _) => Err(unconfirmed(path, name)),
        _ => Err(format!(
            "{path}: {name} is not an operator of event patterns"
        )),
    }
}

/// For an operator that no document confirms for Pipes: a pipe that passed here could fail on AWS.
fn unconfirmed(path: &str, operator: &str) -> String {
    format!("{path}: {operator} is not confirmed for EventBridge Pipes, so it is refused here")
}

#[cfg(test)]
mod tests;
