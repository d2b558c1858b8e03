use domain::Location;

use crate::{holder::Holder, span::scalar};

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

    /// Writes a text where the endpoint looks for it: in a header that no person has set, or in
    /// place of a scalar of a JSON body. False if it does not fit.
    pub fn put(&mut self, place: &Location, value: &str) -> bool {
        Holder::put(self, place, value)
    }
}

impl Holder for Sample {
    fn hold(&mut self, place: &Location, value: &str) -> bool {
        match place {
            Location::Header(name) if !self.is_fixed(name) => {
                self.set_header(name, value);
                true
            }
            Location::Json(pointer) => {
                let text = str::from_utf8(&self.body).ok();
                let Some(range) = text.and_then(|text| scalar(text, pointer)) else {
                    return false;
                };
                let value = serde_json::Value::from(value).to_string();
                self.body.splice(range, value.into_bytes());
                true
            }
            _ => false,
        }
    }
}
