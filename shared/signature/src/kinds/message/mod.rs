//! HTTP Message Signatures (RFC 9421) that bind the body by its digest (RFC 9530).

mod base;
mod fields;
mod url;
mod written;

use domain::{Digest, Headers};

pub(super) use self::base::HttpMessage;
use self::{
    fields::{DIGEST, INPUT, SIGNATURE, binary, bytes, dictionary, digests},
    written::{digest_header, signature_headers},
};
use super::kind::Kind;
use crate::{
    Algorithm, Key, Read, Rejection, SchemeDescription, SignError, SignInput,
    algorithm::Prover,
    claim::{Coverage, Evidence, HeaderClaim},
    clock::Window,
    description::quoted,
    signing::{Pairs, make},
};

impl Kind for HttpMessage {
    fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        let inputs = dictionary(headers, INPUT)?;
        let (label, input) = self.chosen(&inputs)?;
        let signature = bytes(binary(headers, SIGNATURE)?.get(label))?;
        if !self.prover.algorithm.length().fits(signature.len()) {
            return Err(Rejection::SignatureMalformed);
        }
        let names = self.names(input)?;
        Ok(HeaderClaim {
            evidence: Evidence::Headers {
                signatures: vec![signature],
                message: self.base(headers, &names, input)?.into_bytes(),
                digests: digests(headers)?,
                key_id: self.key_id(input)?,
            },
            moment: Some(self.moment(input)?),
            coverage: Coverage::Body(names.into_iter().map(str::to_owned).collect()),
        })
    }

    fn prover(&self) -> Option<&Prover> {
        Some(&self.prover)
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![Coverage::Body(self.components.clone())]
    }

    fn evidence(&self, headers: &Headers) -> Vec<String> {
        let mut names = vec![INPUT.to_owned(), SIGNATURE.to_owned(), DIGEST.to_owned()];
        if let Ok(HeaderClaim {
            coverage: Coverage::Body(covered),
            ..
        }) = self.claim(headers)
        {
            names.extend(covered.into_iter().filter(|name| !name.starts_with('@')));
        }
        names
    }

    fn is_header_only(&self) -> bool {
        true
    }

    fn window(&self) -> Option<Window> {
        Some(self.window)
    }

    fn sign(&self, key: &Key, input: &SignInput<'_>, all: &mut Pairs) -> Result<(), SignError> {
        let digest = digest_header(&Digest::of(input.body).0).ok_or(SignError::Time)?;
        all.push((DIGEST.to_owned(), digest));
        let given = Headers::from_pairs(all.iter().cloned());
        let (base, write) =
            signature_headers(self, &given, input.now, key.id()).map_err(SignError::Headers)?;
        let signature = make(&self.prover, key, base.as_bytes())?;
        all.extend(write(&signature).into_iter().flatten());
        Ok(())
    }

    fn describe(&self) -> SchemeDescription {
        let algorithm = match self.prover.algorithm {
            Algorithm::EcdsaP256Fixed => "ECDSA P-256 (ES256)",
            other => other.describe(),
        };
        let names = quoted(&self.components).join(", ");
        SchemeDescription {
            kind: "http-message",
            proof: format!("HTTP message signature (RFC 9421), {algorithm}"),
            signed: format!("the components that the request lists, at least {names}"),
            clock: "at `created` in `signature-input`: Unix seconds".to_owned(),
            has_public_key: self.prover.algorithm.mac().is_none(),
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, headers: &Headers) -> Vec<Read> {
        let input = headers.get_all(INPUT).next();
        let listed = input
            .and_then(|input| input.split_once('(')?.1.split_once(')'))
            .map_or("", |(listed, _)| listed);
        let needed = self.components.iter().map(String::as_str);
        let covered = needed.chain(listed.split('"').skip(1).step_by(2));
        let covered = covered.filter(|name| !name.starts_with('@'));
        let own = [INPUT, SIGNATURE, DIGEST].map(|name| Read::one(name, true));
        own.into_iter()
            .chain(covered.map(|name| Read::one(name, false)))
            .collect()
    }
}
