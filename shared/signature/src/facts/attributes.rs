//! What an endpoint keeps of its events besides the facts.

use std::collections::BTreeMap;

use domain::{
    AttributeName, AttributePlace, AttributeRule, Attributes, Headers, LeftOut, Repeated, Unkept,
};
use scan::{JsonPointer, Scalar};

use crate::{
    SchemeError,
    compile::{check_header, check_pointer},
};

/// Where the values of an endpoint's attributes are, ready to be looked up.
#[derive(Debug, Clone, Default)]
pub struct AttributePlaces {
    rules: BTreeMap<AttributeName, AttributeRule>,
    /// Of those in the body, in the order of their names.
    pointers: Vec<JsonPointer>,
}

impl AttributePlaces {
    /// Makes rules ready.
    ///
    /// # Errors
    /// [`SchemeError::Rule`].
    pub fn new(rules: &BTreeMap<AttributeName, AttributeRule>) -> Result<Self, SchemeError> {
        const FIELD: &str = "attributes";
        let mut pointers = Vec::new();
        for rule in rules.values() {
            match &rule.place {
                AttributePlace::Header(name) => check_header(FIELD, name)?,
                AttributePlace::Json(pointer) => {
                    check_pointer(FIELD, pointer)?;
                    pointers.extend(JsonPointer::parse(pointer));
                }
            }
        }
        Ok(Self {
            rules: rules.clone(),
            pointers,
        })
    }

    /// Those that the body has.
    pub(super) fn pointers(&self) -> &[JsonPointer] {
        &self.pointers
    }

    /// The headers that have some.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.rules.values().filter_map(|rule| match &rule.place {
            AttributePlace::Header(name) => Some(name.as_str()),
            AttributePlace::Json(_) => None,
        })
    }

    /// What is kept, and how much is left out. `scalars`: what was found at the pointers, in their order; `None` if the body
    /// is no sound JSON.
    pub(super) fn keep(
        &self,
        headers: &Headers,
        scalars: Option<Vec<Option<Scalar>>>,
    ) -> (Attributes, LeftOut) {
        let mut scalars = scalars.map(Vec::into_iter);
        Attributes::keep(&self.rules, |rule| match &rule.place {
            AttributePlace::Header(name) => header(headers, name),
            AttributePlace::Json(_) => match &mut scalars {
                Some(scalars) => text(scalars.next().flatten()),
                None => Err(Unkept::Unreadable),
            },
        })
    }

    /// The same for a payload whose facts are known.
    #[must_use]
    pub fn read(&self, headers: &Headers, body: &[u8]) -> (Attributes, LeftOut) {
        let scalars = match &self.pointers[..] {
            [] => Some(Vec::new()),
            pointers => scan::scan(body, pointers).ok(),
        };
        self.keep(headers, scalars)
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &BTreeMap<AttributeName, AttributeRule> {
        &self.rules
    }
}

fn text(scalar: Option<Scalar>) -> Result<String, Unkept> {
    match scalar {
        None | Some(Scalar::Null) => Err(Unkept::Missing),
        Some(Scalar::String(text) | Scalar::Number(text)) => Ok(text),
        Some(Scalar::Bool(value)) => Ok(value.to_string()),
        Some(Scalar::Composite) => Err(Unkept::NotScalar),
        Some(Scalar::Unusable(scan::ScanError::ValueTooLong { .. })) => Err(Unkept::TooLong),
        Some(Scalar::Unusable(_)) => Err(Unkept::Unreadable),
    }
}

fn header(headers: &Headers, name: &str) -> Result<String, Unkept> {
    match headers.one(name) {
        Ok(None) => Err(Unkept::Missing),
        Ok(Some(value)) if value.is_ascii() => Ok(value.trim().to_owned()),
        Ok(Some(_)) | Err(Repeated) => Err(Unkept::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(json: &str) -> AttributePlaces {
        AttributePlaces::new(&serde_json::from_str(json).unwrap()).unwrap()
    }

    fn read(rules: &str, headers: &[(&str, &str)], body: &str) -> (Vec<String>, String) {
        let headers = Headers::from_pairs(headers.iter().copied());
        let (kept, left_out) = places(rules).read(&headers, body.as_bytes());
        let pairs = kept.iter().map(|(name, value)| format!("{name}={value}"));
        (pairs.collect(), left_out.to_string())
    }

    const RULES: &str = r#"{
        "amount": {"json": "/data/amount", "as": "number"},
        "customer": {"json": "/data/customer"},
        "first": {"json": "/items/0/id"},
        "live": {"json": "/live"},
        "plan": {"header": "x-plan"}
    }"#;

    #[test]
    fn scalars_of_the_body_and_headers_are_kept() {
        let body =
            r#"{"live":true,"data":{"customer":"cus_1","amount":1.50e2},"items":[{"id":7}]}"#;
        let (kept, left_out) = read(RULES, &[("X-Plan", " pro ")], body);
        assert_eq!(
            kept,
            [
                "amount=150",
                "customer=cus_1",
                "first=7",
                "live=true",
                "plan=pro"
            ]
        );
        assert_eq!(left_out, "");
    }

    #[test]
    fn what_cannot_be_kept_is_counted_by_reason() {
        let long = format!(r#"{{"live":"{}"}}"#, "l".repeat(5_000));
        for (body, expected) in [
            ("{}", "missing 5"),
            ("not json", "missing 1, unreadable 4"),
            ("", "missing 1, unreadable 4"),
            (r#"{"live":null,"data":[],"items":{}}"#, "missing 5"),
            (
                r#"{"live":{},"data":{"amount":[1]}}"#,
                "missing 3, not_scalar 2",
            ),
            (r#"{"live":1,"live":2}"#, "missing 4, unreadable 1"),
            (r#"{"live":"\ud800"}"#, "missing 4, unreadable 1"),
            (r#"{"live":"a\u0007"}"#, "missing 4, characters 1"),
            (r#"{"data":{"amount":"ten"}}"#, "missing 4, not_number 1"),
            (&long, "missing 4, too_long 1"),
        ] {
            let (kept, left_out) = read(RULES, &[], body);
            assert_eq!((kept.len(), left_out.as_str()), (0, expected), "{body}");
        }
        let twice = [("x-plan", "a"), ("x-plan", "a")];
        assert_eq!(read(RULES, &twice, "{}").1, "missing 4, unreadable 1");
        assert_eq!(
            read(RULES, &[("x-plan", "\u{e9}")], "{}").1,
            "missing 4, unreadable 1"
        );
    }

    #[test]
    fn a_text_that_is_a_number_is_one() {
        let (kept, _) = read(RULES, &[], r#"{"data":{"amount":"100.50"},"live":1.0}"#);
        assert_eq!(kept, ["amount=100.5", "live=1.0"]);
    }

    #[test]
    fn a_place_that_is_none_is_refused() {
        for (rules, field) in [
            (r#"{"a":{"json":"a"}}"#, "JSON pointer"),
            (r#"{"a":{"json":""}}"#, "JSON pointer"),
            (r#"{"a":{"header":"X-Plan"}}"#, "lower-case"),
        ] {
            let problem = AttributePlaces::new(&serde_json::from_str(rules).unwrap());
            let problem = problem.unwrap_err().to_string();
            assert!(problem.contains(field), "{problem}");
        }
    }
}
