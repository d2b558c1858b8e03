use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64_simd::STANDARD;
use domain::{Digest, Headers, KeyUse};

use super::kind::Kind;
use crate::{
    Key, KeyProblem, Read, Rejection, SchemeDescription, SchemeError, SignError, SignInput,
    TokenScheme,
    algorithm::{Prover, first, usable},
    claim::{Coverage, Evidence, HeaderClaim},
    compile,
    content::single,
    signing::Pairs,
};

/// The secret itself in a header. It proves who speaks, not what was said: the
/// bytes are as safe as the TLS connection they came by.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    header: String,
    prefix: String,
    is_basic: bool,
}

impl Token {
    pub(super) fn compile(scheme: &TokenScheme) -> Result<Self, SchemeError> {
        compile::check_token(scheme)?;
        Ok(Self {
            header: scheme.header.clone(),
            prefix: scheme.prefix.clone().unwrap_or_default(),
            is_basic: false,
        })
    }

    /// HTTP Basic credentials (RFC 7617), decoded to `user:password`.
    pub(crate) fn basic() -> Self {
        Self {
            header: "authorization".to_owned(),
            prefix: "Basic ".to_owned(),
            is_basic: true,
        }
    }

    /// What the header shows.
    pub(crate) fn read(&self, headers: &Headers) -> Result<Vec<u8>, Rejection> {
        let value = single(headers, &self.header)?.ok_or(Rejection::SignatureMissing)?;
        // The name of an authentication scheme has no case (RFC 9110, 11.1).
        let shown = match (self.is_basic, value.split_at_checked(self.prefix.len())) {
            (true, Some((start, shown))) if start.eq_ignore_ascii_case(&self.prefix) => Some(shown),
            (true, _) => None,
            (false, _) => value.strip_prefix(&self.prefix),
        };
        let shown = shown
            .filter(|shown| shown.is_ascii() && !shown.is_empty())
            .ok_or(Rejection::SignatureMalformed)?;
        if !self.is_basic {
            return Ok(shown.as_bytes().to_vec());
        }
        STANDARD
            .decode_to_vec(shown)
            .ok()
            .filter(|pair| pair.contains(&b':'))
            .ok_or(Rejection::SignatureMalformed)
    }

    /// The id of the key that was shown.
    pub(crate) fn matching(shown: &[u8], keys: &[Key]) -> Result<String, Rejection> {
        let keys = usable(keys, not_empty)?;
        first(keys, |key| is_same(shown, &key)).ok_or(Rejection::SignatureMismatch)
    }

    /// Whether one of the keys for this use was shown.
    pub(crate) fn shows(shown: &[u8], keys: &[Key], purpose: KeyUse) -> Result<(), Rejection> {
        let mut keys = keys.iter().filter(|key| key.is_for(purpose)).peekable();
        if keys.peek().is_none() {
            return Err(match purpose {
                KeyUse::Challenge => Rejection::ChallengeKeyMissing,
                KeyUse::Signature | KeyUse::Basic => Rejection::KeyMissing,
            });
        }
        let good = keys.fold(false, |good, key| is_same(shown, key.raw()) | good);
        good.then_some(()).ok_or(Rejection::SignatureMismatch)
    }
}

impl Kind for Token {
    fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        Ok(HeaderClaim {
            evidence: Evidence::Presented(self.read(headers)?),
            moment: None,
            coverage: Coverage::Sender,
        })
    }

    /// A secret that was shown need not be among the headers any more.
    fn proven_claim(&self, _: &Headers) -> Result<HeaderClaim, Rejection> {
        Ok(HeaderClaim {
            evidence: Evidence::Presented(Vec::new()),
            moment: None,
            coverage: Coverage::Sender,
        })
    }

    fn prover(&self) -> Option<&Prover> {
        None
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![Coverage::Sender]
    }

    fn evidence(&self, _: &Headers) -> Vec<String> {
        Vec::new()
    }

    fn secret_header(&self) -> Option<&str> {
        Some(&self.header)
    }

    fn is_header_only(&self) -> bool {
        true
    }

    fn sign(&self, key: &Key, _: &SignInput<'_>, all: &mut Pairs) -> Result<(), SignError> {
        let secret = if self.is_basic {
            STANDARD.encode_to_string(key.raw())
        } else {
            String::from_utf8_lossy(key.raw()).into_owned()
        };
        all.push((self.header.clone(), format!("{}{secret}", self.prefix)));
        Ok(())
    }

    fn describe(&self) -> SchemeDescription {
        let after = match self.prefix.as_str() {
            "" => String::new(),
            prefix => format!(" after `{prefix}`"),
        };
        let (kind, proof) = if self.is_basic {
            ("basic", "HTTP Basic credentials".to_owned())
        } else {
            let proof = format!("the secret itself in `{}`{after}", self.header);
            ("token", proof)
        };
        SchemeDescription {
            kind,
            proof,
            signed: "nothing".to_owned(),
            clock: "nowhere".to_owned(),
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, _: &Headers) -> Vec<Read> {
        vec![Read::one(&self.header, true)]
    }
}

/// Compares digests, so that neither bytes nor lengths show in the time taken.
fn is_same(shown: &[u8], key: &[u8]) -> bool {
    !key.is_empty() && verify_slices_are_equal(&Digest::of(shown).0, &Digest::of(key).0).is_ok()
}

fn not_empty(key: &Key) -> Result<Vec<u8>, KeyProblem> {
    if key.raw().is_empty() {
        Err(KeyProblem::Empty)
    } else {
        Ok(key.raw().to_vec())
    }
}
