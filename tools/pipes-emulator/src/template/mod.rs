//! Input templates: text with placeholders (`<$.path>`) in it, rendered for each record on its own.
//!
//! A template that is JSON once its placeholders are filled in stays JSON for every record: a placeholder
//! outside quotes becomes a JSON value, one inside quotes becomes escaped text. Any other template, and one that is
//! a single placeholder, is plain text.
//!
//! Where AWS says nothing (a path that leads nowhere), a value becomes `""` and text becomes
//! nothing. For a value the pipe logs a warning: what a template names should always be present. A path inside quotes
//! is how a template says that it may be missing.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::event::SourceEvent;
use crate::path::Path;

/// The most characters that the API accepts.
pub(crate) const LIMIT: usize = 8192;

/// A checked template.
#[derive(Debug, Clone)]
pub(crate) struct InputTemplate {
    parts: Vec<Part>,
    json: bool,
}

#[derive(Debug, Clone)]
enum Part {
    Literal(String),
    Placeholder { path: Path, quoted: bool },
}

/// A record after its template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// What goes to the target.
    pub(crate) text: String,
    /// The paths outside quotes that led nowhere in this record.
    pub(crate) missing: Vec<String>,
}

impl InputTemplate {
    /// Reads and checks a template.
    ///
    /// # Errors
    /// What is wrong with it: only another template helps.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let parts = split(text)?;
        let mut probe = String::with_capacity(text.len());
        for part in &parts {
            match part {
                Part::Literal(literal) => probe.push_str(literal),
                Part::Placeholder { quoted: true, .. } => {}
                Part::Placeholder { quoted: false, .. } => probe.push_str("null"),
            }
        }
        let lone = matches!(parts.as_slice(), [Part::Placeholder { .. }]);
        let json = match serde_json::from_str::<IgnoredAny>(&probe) {
            Ok(_) => !lone,
            Err(error) if probe.trim_start().starts_with(['{', '[']) => {
                let (line, column) = (error.line(), error.column());
                return Err(format!(
                    "begins like JSON but is not valid JSON once its placeholders are filled in (line {line}, column {column})"
                ));
            }
            Err(_) => false,
        };
        Ok(Self { parts, json })
    }

    /// Whether what it gives is always JSON.
    #[cfg(fuzzing)]
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// The template, filled in from one record.
    pub(crate) fn render(&self, event: &SourceEvent) -> Rendered {
        let mut rendered = Rendered {
            text: String::new(),
            missing: Vec::new(),
        };
        for part in &self.parts {
            match part {
                Part::Literal(literal) => rendered.text.push_str(literal),
                Part::Placeholder { path, quoted } => {
                    let value = path.find(event.view());
                    if value.is_none() && !quoted {
                        rendered.missing.push(path.to_string());
                    }
                    rendered.text.push_str(&match (self.json, quoted) {
                        (true, false) => {
                            value.map_or_else(|| "\"\"".to_owned(), |value| value.to_string())
                        }
                        (true, true) => escape(&value.as_deref().map(plain).unwrap_or_default()),
                        (false, _) => value.as_deref().map(plain).unwrap_or_default().into_owned(),
                    });
                }
            }
        }
        rendered
    }
}

fn path_of(placeholder: &str) -> Result<Path, String> {
    match Path::parse(placeholder) {
        Some(path) => Ok(path),
        None if placeholder.starts_with('$') => Err(format!(
            "<{placeholder}> is not a JSON path: write <$.name.other[0]>"
        )),
        None => Err(format!(
            "<{placeholder}> is a reserved variable, and these are not emulated here"
        )),
    }
}

/// Cuts a template at its placeholders, noting which of them are inside a JSON string.
fn split(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let (mut quoted, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let opens = rest
            .strip_prefix('<')
            .filter(|after| after.starts_with('$') || after.starts_with("aws.pipes."));
        if let Some((inside, after)) = opens.and_then(|after| after.split_once('>')) {
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(Part::Placeholder {
                path: path_of(inside)?,
                quoted,
            });
            (rest, escaped) = (after, false);
            continue;
        }
        match next {
            '"' if !escaped => (quoted, escaped) = (!quoted, false),
            '\\' if quoted && !escaped => escaped = true,
            _ => escaped = false,
        }
        literal.push(next);
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

/// A value as text: a string without its quotes, anything else as JSON.
pub(crate) fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

fn escape(text: &str) -> String {
    let quoted = Value::String(text.to_owned()).to_string();
    quoted
        .get(1..quoted.len().saturating_sub(1))
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests;
