use domain::{Headers, IdentityProblem};
use signature::FactProblem;

/// A delivery that no retry can make acceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// The stable code for responses, logs and metrics.
    pub code: &'static str,
    /// For the provider. Shows nothing of the body.
    pub message: String,
}

impl Malformed {
    /// With this code and this text.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl From<IdentityProblem> for Malformed {
    fn from(problem: IdentityProblem) -> Self {
        Self::new(problem.code(), problem.to_string())
    }
}

impl From<FactProblem> for Malformed {
    fn from(problem: FactProblem) -> Self {
        Self::new(problem.code(), problem.to_string())
    }
}

/// The body's type as received. It becomes a header of the S3 request, so it must be a valid one.
///
/// # Errors
/// [`Malformed`] if it is repeated, longer than 256 bytes or not printable ASCII.
pub fn content_type(headers: &Headers) -> Result<String, Malformed> {
    const MAX_BYTES: usize = 256;
    let problem = |what: &str| {
        Malformed::new(
            "content_type_invalid",
            format!("the Content-Type is {what}"),
        )
    };
    match headers
        .one("content-type")
        .map_err(|_| problem("repeated"))?
    {
        None | Some("") => Ok("application/octet-stream".to_owned()),
        Some(text) if text.len() > MAX_BYTES => Err(problem("longer than 256 bytes")),
        Some(text) if text.bytes().all(|b| (0x20..0x7f).contains(&b)) => Ok(text.to_owned()),
        Some(_) => Err(problem("not printable ASCII")),
    }
}

#[cfg(test)]
mod tests {
    use domain::Field;

    use super::*;

    fn of(values: &[&str]) -> Result<String, Malformed> {
        let pairs = values.iter().map(|value| ("Content-Type", *value));
        content_type(&Headers::from_pairs(pairs))
    }

    #[test]
    fn it_is_kept_as_it_came() {
        let longest = "a".repeat(256);
        for value in ["application/json; charset=utf-8", " ", "~", &longest] {
            assert_eq!(of(&[value]).as_deref(), Ok(value));
        }
    }

    #[test]
    fn none_means_bytes() {
        for values in [&[][..], &[""]] {
            assert_eq!(of(values).as_deref(), Ok("application/octet-stream"));
        }
    }

    #[test]
    fn what_cannot_be_a_header_of_a_request_is_malformed() {
        let too_long = "a".repeat(257);
        for (values, what) in [
            (&["text/plain", "text/plain"][..], "repeated"),
            (&[&too_long], "longer than 256 bytes"),
            (&["text/\tplain"], "not printable ASCII"),
            (&["text/\u{7f}"], "not printable ASCII"),
            (&["text/plän"], "not printable ASCII"),
        ] {
            let problem = of(values).unwrap_err();
            assert_eq!(problem.code, "content_type_invalid");
            assert_eq!(problem.message, format!("the Content-Type is {what}"));
        }
    }

    #[test]
    fn a_problem_keeps_its_code_and_its_text() {
        let of_fact = Malformed::from(FactProblem::NotScalar);
        let text = "the event's id or type is an object or an array";
        assert_eq!(of_fact, Malformed::new(FactProblem::NotScalar.code(), text));
        let of_name = Malformed::from(IdentityProblem::Missing(Field::Type));
        let expected = Malformed::new("type_missing", "the event's type is missing");
        assert_eq!(of_name, expected);
    }
}
