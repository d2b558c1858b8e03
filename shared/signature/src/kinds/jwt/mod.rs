//! A JSON Web Token (RFC 7519) in a header: OAuth 2.0 client credentials, `OpenID` Connect.
//!
//! The endpoint says which algorithms count, and a key only serves the one it is for: nothing in a
//! token chooses (RFC 8725). Its `kid` names one of the endpoint's keys. Without a claim that holds
//! the body's digest the token proves who sends, not what: then it is a secret that is shown.

mod compact;
mod rules;
mod sending;
mod strict;
#[cfg(test)]
mod vectors;

use domain::{Headers, KeyUse};
use serde_json::{Map, Value};

use self::{
    compact::{Compact, Head},
    rules::Rules,
};
use super::kind::Kind;
use crate::{
    Encoding, JwtScheme, Key, KeyProblem, Read, Rejection, SchemeDescription, SchemeError,
    SignError, SignInput,
    algorithm::{Prover, first, usable},
    claim::{Coverage, Evidence, HeaderClaim},
    clock::Window,
    compile,
    content::single,
    hash::BodyDigest,
    jwk::PublicJwk,
    signing::Pairs,
};

/// A token in a header.
#[derive(Debug, Clone)]
pub(super) struct Jwt {
    scheme: JwtScheme,
    prefix: String,
    rules: Rules,
}

impl Jwt {
    pub(super) fn compile(scheme: &JwtScheme) -> Result<Self, SchemeError> {
        compile::check_jwt(scheme)?;
        let usual = if scheme.header == "authorization" {
            "Bearer "
        } else {
            ""
        };
        Ok(Self {
            prefix: scheme.prefix.clone().unwrap_or_else(|| usual.to_owned()),
            rules: Rules::new(scheme),
            scheme: scheme.clone(),
        })
    }

    /// Whether the token binds the body.
    fn is_bound(&self) -> bool {
        self.scheme.body_sha256.is_some()
    }

    fn covers(&self) -> Coverage {
        if self.is_bound() {
            Coverage::Body(Vec::new())
        } else {
            Coverage::Sender
        }
    }

    fn token<'h>(&'h self, headers: &'h Headers) -> Result<&'h str, Rejection> {
        let value = single(headers, &self.scheme.header)?.ok_or(Rejection::SignatureMissing)?;
        // The name of an authentication scheme has no case (RFC 9110, 11.1).
        match value.split_at_checked(self.prefix.len()) {
            Some((start, token)) if start.eq_ignore_ascii_case(&self.prefix) => Ok(token),
            _ => Err(Rejection::SignatureMalformed),
        }
    }

    fn digests(&self, claims: &Map<String, Value>) -> Result<Vec<BodyDigest>, Rejection> {
        let Some(name) = &self.scheme.body_sha256 else {
            return Ok(Vec::new());
        };
        let text = claims.get(name).and_then(Value::as_str);
        let text = text.ok_or(Rejection::SignatureMalformed)?;
        let encoding = if text.len() == 64 {
            Encoding::Hex
        } else {
            Encoding::Base64Url
        };
        let digest = encoding.decode(text).filter(|digest| digest.len() == 32);
        let digest = digest.ok_or(Rejection::SignatureMalformed)?;
        Ok(vec![BodyDigest::Sha256(digest)])
    }

    /// A key for one of the scheme's algorithms.
    fn public(&self, key: &Key) -> Result<PublicJwk, KeyProblem> {
        let jwk = PublicJwk::parse(key.raw()).map_err(KeyProblem::Jwk)?;
        let mut algorithms = self.scheme.algorithms.iter();
        match algorithms.any(|algorithm| jwk.serves(*algorithm)) {
            true => Ok(jwk),
            false => Err(KeyProblem::NotPublicKey),
        }
    }
}

impl Kind for Jwt {
    fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        let token = Compact::read(self.token(headers)?, &self.scheme.algorithms);
        let token = token.ok_or(Rejection::SignatureMalformed)?;
        let claims = token.claims().ok_or(Rejection::SignatureMalformed)?;
        let Compact {
            head,
            message,
            signature,
            ..
        } = token;
        self.rules.judge(&head, &claims)?;
        Ok(HeaderClaim {
            moment: Some(self.rules.moment(&claims)?),
            evidence: Evidence::Headers {
                signatures: vec![signature],
                message: message.as_bytes().to_vec(),
                digests: self.digests(&claims)?,
                key_id: head.kid,
            },
            coverage: self.covers(),
        })
    }

    /// A token that was shown need not be among the headers any more.
    fn proven_claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        if self.is_bound() {
            return self.claim(headers);
        }
        Ok(HeaderClaim {
            evidence: Evidence::Presented(Vec::new()),
            moment: None,
            coverage: Coverage::Sender,
        })
    }

    fn prover(&self) -> Option<&Prover> {
        None
    }

    /// A key that does not serve the token's algorithm is as good as another key: it must not look
    /// like a mistake of ours, since anyone can write a token's header.
    fn prove(
        &self,
        message: &[u8],
        signatures: &[Vec<u8>],
        keys: &[Key],
    ) -> Result<String, Rejection> {
        let head = Head::of(message, &self.scheme.algorithms);
        let head = head.ok_or(Rejection::SignatureMalformed)?;
        let signing = keys.iter().filter(|key| key.is_for(KeyUse::Signature));
        if head.kid.is_none() && signing.count() > 1 {
            return Err(Rejection::SignatureMismatch);
        }
        let keys = usable(keys, |key| self.public(key))?;
        let is_good = |jwk: PublicJwk| {
            let mut signatures = signatures.iter();
            signatures.any(|signature| jwk.is_signed(head.algorithm, message, signature))
        };
        first(keys, is_good).ok_or(Rejection::SignatureMismatch)
    }

    fn key_problem(&self, key: &Key) -> Option<KeyProblem> {
        self.public(key).err()
    }

    fn unfinished(&self) -> Option<SchemeError> {
        compile::unfinished(&self.scheme)
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![self.covers()]
    }

    fn evidence(&self, _: &Headers) -> Vec<String> {
        if self.is_bound() {
            vec![self.scheme.header.clone()]
        } else {
            Vec::new()
        }
    }

    fn secret_header(&self) -> Option<&str> {
        (!self.is_bound()).then_some(self.scheme.header.as_str())
    }

    fn is_header_only(&self) -> bool {
        true
    }

    fn window(&self) -> Option<Window> {
        Some(Window {
            max_age_s: self.scheme.max_age_s?,
            max_future_s: self.scheme.tolerance_s,
        })
    }

    /// Until `exp`, which is always there.
    fn replay_protected(&self) -> bool {
        true
    }

    fn sign(&self, key: &Key, input: &SignInput<'_>, all: &mut Pairs) -> Result<(), SignError> {
        let token = sending::token(&self.scheme, key, input)?;
        all.push((
            self.scheme.header.clone(),
            format!("{}{token}", self.prefix),
        ));
        Ok(())
    }

    fn describe(&self) -> SchemeDescription {
        let names: Vec<&str> = self
            .scheme
            .algorithms
            .iter()
            .map(|one| one.name())
            .collect();
        let after = match self.prefix.trim_end() {
            "" => String::new(),
            prefix => format!(" after `{prefix}`"),
        };
        let header = &self.scheme.header;
        SchemeDescription {
            kind: "jwt",
            proof: format!(
                "JSON Web Token ({}) in `{header}`{after}",
                names.join(" or ")
            ),
            signed: if self.is_bound() {
                "the token, with the body's SHA-256 in it"
            } else {
                "nothing"
            }
            .to_owned(),
            clock: "at `exp` and `iat` in the token: Unix seconds".to_owned(),
            has_public_key: true,
            names_its_key: true,
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, _: &Headers) -> Vec<Read> {
        vec![Read::one(&self.scheme.header, true)]
    }
}
