use domain::Headers;

use crate::{
    Key, KeyProblem, Rejection, Scheme, SchemeError, TimestampFrom, Verifier, clock,
    content::BodyForm, grammar::Parsed, verified::hash,
};

/// What a provider would put into a delivery.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignInput<'a> {
    /// The body.
    pub body: &'a [u8],
    /// The provider's clock, Unix seconds; writes the scheme's timestamp, unless
    /// `headers` or `params` hold one.
    pub now: i64,
    /// Headers that the scheme signs, for instance `webhook-id`, by lower-case name.
    pub headers: &'a [(&'a str, &'a str)],
    /// Parameters that the scheme signs.
    pub params: &'a [(&'a str, &'a str)],
}

/// A delivery cannot be signed: the caller has to give something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The scheme breaks a rule.
    #[error("the scheme cannot be used")]
    Scheme(#[source] SchemeError),
    /// The key cannot sign.
    #[error("the key cannot be used")]
    Key(#[source] KeyProblem),
    /// The clock has no text in the scheme's unit.
    #[error("the time cannot be written in the scheme's unit")]
    Time,
    /// A signed header or parameter is missing, not ASCII, or holds its delimiter.
    #[error("the signed headers cannot be used")]
    Headers(#[source] Rejection),
}

/// The headers that a provider of this scheme would send with the body: those of
/// `input`, the timestamp's and the signature's. Where a scheme has several names
/// for a header, the first is used. A timestamp inside the body is the caller's.
///
/// # Errors
/// [`SignError`].
pub fn sign(
    scheme: &Scheme,
    key: &Key,
    input: &SignInput<'_>,
) -> Result<Vec<(String, String)>, SignError> {
    let verifier = Verifier::compile(scheme).map_err(SignError::Scheme)?;
    let mut headers: Vec<(&str, &str)> = input.headers.to_vec();
    let mut params: Vec<(&str, &str)> = input.params.to_vec();
    let stamp;
    if let Some(spec) = &verifier.timestamp {
        let missing = |pairs: &[(&str, &str)], name| !pairs.iter().any(|(have, _)| *have == name);
        match &spec.from {
            TimestampFrom::Header(names) if missing(&headers, names.at(0)) => {
                stamp = clock::format(input.now, spec.unit).ok_or(SignError::Time)?;
                headers.push((names.at(0), &stamp));
            }
            TimestampFrom::Param(name) if missing(&params, name) => {
                stamp = clock::format(input.now, spec.unit).ok_or(SignError::Time)?;
                params.push((name, &stamp));
            }
            _ => {}
        }
    }
    let given = Headers::from_pairs(headers.iter().copied());
    let parsed = Parsed::of(params.clone());
    let frame = verifier
        .template
        .frame(&given, 0, &parsed)
        .map_err(SignError::Headers)?;
    let digest = match verifier.template.body {
        BodyForm::Raw => None,
        BodyForm::Sha256Hex => Some(hash(&[input.body]).to_string()),
    };
    let body = digest.as_ref().map_or(input.body, |hex| hex.as_bytes());
    let mac = verifier
        .mac
        .sign(key, &[&frame.before, body, &frame.after])
        .map_err(SignError::Key)?;
    let value = verifier.syntax.write(&params, mac.as_ref());
    let name = verifier.headers.first().cloned().unwrap_or_default();
    let mut all: Vec<_> = headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    all.push((name, value));
    Ok(all)
}
