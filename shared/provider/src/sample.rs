use crate::span::scalar;

/// Headers, names in lower case.
pub type Pairs = Vec<(String, String)>;

/// A delivery that was given or made up, without its signature.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// What goes with every delivery of its kind.
    pub headers: Pairs,
    /// Headers that a person has set: they are never changed.
    pub fixed: Pairs,
    /// The body.
    pub body: Vec<u8>,
    /// A text in the body that may be other hex digits.
    pub vary: Option<String>,
}

impl Sample {
    /// Whether there is such a header, from any source.
    #[must_use]
    pub fn has_header(&self, name: &str) -> bool {
        self.is_fixed(name) || self.headers.iter().any(|(have, _)| have == name)
    }

    /// Whether a person has said what this header is.
    #[must_use]
    pub fn is_fixed(&self, name: &str) -> bool {
        self.fixed.iter().any(|(have, _)| have == name)
    }

    /// Gives a header this value and no other.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(have, _)| have != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Puts a text in place of the scalar at a JSON pointer; false if there is none.
    pub fn replace(&mut self, pointer: &str, value: &str) -> bool {
        let range = str::from_utf8(&self.body)
            .ok()
            .and_then(|text| scalar(text, pointer));
        let is_there = range.is_some();
        if let Some(range) = range {
            let value = serde_json::Value::from(value).to_string();
            self.body.splice(range, value.into_bytes());
        }
        is_there
    }
}
