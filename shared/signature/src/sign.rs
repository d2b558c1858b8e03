use crate::{Key, Scheme, SignError, SignInput, Verifier, signing::Pairs};

/// The headers that a provider of this scheme would send with the body: those of
/// `input`, the timestamp's and the signature's. Where a scheme has several names
/// for a header, the first is used. A timestamp inside the body is the caller's.
///
/// For a kind with a public key, `key` is the private one: an Ed25519 seed in the
/// scheme's encoding, or a PKCS#8 document in base64.
///
/// # Errors
/// [`SignError`].
pub fn sign(scheme: &Scheme, key: &Key, input: &SignInput<'_>) -> Result<Pairs, SignError> {
    let verifier = Verifier::compile(scheme, &input.site).map_err(SignError::Scheme)?;
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut all: Pairs = input.headers.iter().map(owned).collect();
    verifier.kind.sign(key, input, &mut all)?;
    Ok(all)
}
