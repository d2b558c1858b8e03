use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair,
    },
};
use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use domain::Headers;

use crate::{
    Algorithm, Key, KeyProblem, Rejection, Scheme, SchemeError, Site, TimestampFrom, TimestampUnit,
    Verifier,
    algorithm::Prover,
    clock,
    content::Frame,
    grammar::Parsed,
    hash::sha256,
    kinds::{self, Kind, Signed},
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
    /// What is configured of the endpoint.
    pub site: Site<'a>,
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
    /// The signature of this kind stands inside the body, which is the caller's.
    #[error("this provider's signature stands inside the body: sign the body before")]
    InsideBody,
}

type Pairs = Vec<(String, String)>;

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
    let mut all: Pairs = input
        .headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    match &verifier.kind {
        Kind::Signed(signed) => around(signed, key, input, &mut all)?,
        Kind::Token(token) => {
            let secret = if token.is_basic {
                STANDARD.encode_to_string(key.raw())
            } else {
                String::from_utf8_lossy(key.raw()).into_owned()
            };
            all.push((token.header.clone(), format!("{}{secret}", token.prefix)));
        }
        Kind::Message(message) => {
            let digest = sha256(&[input.body]);
            let digest = kinds::digest_header(&digest.0).ok_or(SignError::Time)?;
            all.push(("content-digest".to_owned(), digest));
            let given = Headers::from_pairs(all.iter().cloned());
            let (base, write) = kinds::signature_headers(message, &given, input.now, key.id())
                .map_err(SignError::Headers)?;
            let signature = make(&message.prover, key, &[base.as_bytes()])?;
            all.extend(write(&signature).into_iter().flatten());
        }
        Kind::Plaid(prover) => {
            let digest = sha256(&[input.body]).to_string();
            let token = kinds::plaid_token(&digest, input.now, key.id());
            let signature = make(prover, key, &[token.as_bytes()])?;
            let signature = URL_SAFE_NO_PAD.encode_to_string(signature);
            all.push((
                "plaid-verification".to_owned(),
                format!("{token}.{signature}"),
            ));
        }
        Kind::Contentful(contentful) => contentful_headers(contentful, key, input, &mut all)?,
        Kind::Twilio(twilio) => {
            let is_json = all.iter().any(|(name, value)| {
                name == "content-type" && value.starts_with("application/json")
            });
            let message = if is_json {
                twilio.json(input.body)
            } else {
                twilio.form(input.body)
            };
            let signature = make(&twilio.prover, key, &[&message])?;
            let signature = STANDARD.encode_to_string(signature);
            all.push(("x-twilio-signature".to_owned(), signature));
        }
        Kind::Mailgun(_) | Kind::Adyen(_) => return Err(SignError::InsideBody),
    }
    Ok(all)
}

fn around(
    signed: &Signed,
    key: &Key,
    input: &SignInput<'_>,
    all: &mut Pairs,
) -> Result<(), SignError> {
    let mut params: Vec<(&str, &str)> = input.params.to_vec();
    let stamp;
    if let Some(spec) = &signed.timestamp {
        stamp = clock::format(input.now, spec.unit).ok_or(SignError::Time)?;
        match &spec.from {
            TimestampFrom::Header(names) if !all.iter().any(|(have, _)| have == names.at(0)) => {
                all.push((names.at(0).to_owned(), stamp));
            }
            TimestampFrom::Param(name) if !params.iter().any(|(have, _)| have == name) => {
                params.push((name, &stamp));
            }
            _ => {}
        }
    }
    let given = Headers::from_pairs(all.iter().cloned());
    let frame = signed
        .template
        .frame(&given, 0, &Parsed::of(params.clone()))
        .map_err(SignError::Headers)?;
    let signature = make_around(&signed.prover, key, &frame, input.body)?;
    let value = signed.syntax.write(&params, &signature);
    all.push((signed.headers.first().cloned().unwrap_or_default(), value));
    Ok(())
}

fn contentful_headers(
    contentful: &kinds::Contentful,
    key: &Key,
    input: &SignInput<'_>,
    all: &mut Pairs,
) -> Result<(), SignError> {
    let [list, timestamp, signature] = kinds::CONTENTFUL_HEADERS;
    let ms = clock::format(input.now, TimestampUnit::Ms).ok_or(SignError::Time)?;
    all.push((timestamp.to_owned(), ms));
    let mut names: Vec<String> = all.iter().map(|(name, _)| name.clone()).collect();
    names.push(list.to_owned());
    names.sort();
    all.push((list.to_owned(), names.join(",")));
    let given = Headers::from_pairs(all.iter().cloned());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let frame = contentful
        .frame(&given, &names)
        .map_err(SignError::Headers)?;
    let mac = make_around(&contentful.prover, key, &frame, input.body)?;
    all.push((signature.to_owned(), hex::encode(mac)));
    Ok(())
}

fn make_around(
    prover: &Prover,
    key: &Key,
    frame: &Frame,
    body: &[u8],
) -> Result<Vec<u8>, SignError> {
    make(prover, key, &[&frame.around(body)])
}

/// A signature over a message in pieces.
fn make(prover: &Prover, key: &Key, pieces: &[&[u8]]) -> Result<Vec<u8>, SignError> {
    let refused = |_| SignError::Key(KeyProblem::NotPrivateKey);
    match prover.algorithm {
        Algorithm::Ed25519 => {
            let seed = key.decode(&prover.key).map_err(SignError::Key)?;
            // Some providers show the seed with the public key behind it.
            let seed = seed.get(..32).unwrap_or(&seed);
            let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(refused)?;
            Ok(pair.sign(&pieces.concat()).as_ref().to_vec())
        }
        Algorithm::EcdsaP256 | Algorithm::EcdsaP256Fixed => {
            let algorithm = if prover.algorithm == Algorithm::EcdsaP256 {
                &ECDSA_P256_SHA256_ASN1_SIGNING
            } else {
                &ECDSA_P256_SHA256_FIXED_SIGNING
            };
            let document = STANDARD
                .decode_to_vec(key.raw())
                .map_err(|_| SignError::Key(KeyProblem::NotPrivateKey))?;
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, &document).map_err(refused)?;
            let signature = pair
                .sign(&SystemRandom::new(), &pieces.concat())
                .map_err(|_| SignError::Key(KeyProblem::NotPrivateKey))?;
            Ok(signature.as_ref().to_vec())
        }
        Algorithm::HmacSha1 | Algorithm::HmacSha256 | Algorithm::HmacSha512 => {
            let mut mac = prover.mac(key).map_err(SignError::Key)?;
            pieces.iter().for_each(|piece| mac.update(piece));
            Ok(mac.sign().as_ref().to_vec())
        }
    }
}
