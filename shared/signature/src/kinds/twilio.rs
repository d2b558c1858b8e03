//! Twilio. <https://www.twilio.com/docs/usage/webhooks/webhooks-security>

use domain::{Digest, Headers};

use super::{
    form::form_fields,
    kind::{Inside, Kind},
};
use crate::{
    Algorithm, Encoding, Key, KeySpec, Read, Rejection, SchemeDescription, SchemeError, SignError,
    SignInput, Site,
    algorithm::Prover,
    claim::{Coverage, Evidence, HeaderClaim},
    content::single,
    signing::{Pairs, make},
};

const HEADER: &str = "x-twilio-signature";

/// HMAC-SHA1 over the URL and the form's fields in order, or over the URL with the
/// body's digest in it. Both are tried for every body, so that nothing in a request
/// chooses.
#[derive(Debug, Clone)]
pub(crate) struct Twilio {
    url: String,
    prover: Prover,
}

impl Twilio {
    pub(super) fn compile(site: &Site<'_>) -> Result<Self, SchemeError> {
        Ok(Self {
            url: site.url()?.whole.to_owned(),
            prover: Prover {
                algorithm: Algorithm::HmacSha1,
                key: KeySpec::default(),
                keeps_prefix: false,
            },
        })
    }

    /// The URL, then every field's name and value, by name and then by value; a
    /// field that is repeated with the same value counts once.
    fn form(&self, body: &[u8]) -> Vec<u8> {
        let mut fields: Vec<_> = form_fields(body).collect();
        fields.sort();
        fields.dedup();
        let mut signed = self.url.clone().into_bytes();
        for (name, value) in fields {
            signed.extend_from_slice(&name);
            signed.extend_from_slice(&value);
        }
        signed
    }

    /// The URL as Twilio calls it with a JSON body: its digest is a parameter.
    fn json(&self, body: &[u8]) -> Vec<u8> {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let digest = Digest::of(body);
        format!("{}{separator}bodySHA256={digest}", self.url).into_bytes()
    }
}

impl Kind for Twilio {
    fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        let value = single(headers, HEADER)?.ok_or(Rejection::SignatureMissing)?;
        let signature = Encoding::Base64
            .decode(value)
            .filter(|mac| mac.len() == 20)
            .ok_or(Rejection::SignatureMalformed)?;
        Ok(HeaderClaim {
            evidence: Evidence::Inside {
                signatures: vec![signature],
            },
            moment: None,
            coverage: coverage(),
        })
    }

    fn look_inside(
        &self,
        body: &[u8],
        signatures: &[Vec<u8>],
        keys: &[Key],
    ) -> Result<Inside, Rejection> {
        let (form, json) = (self.form(body), self.json(body));
        let matching = |message: &[u8]| self.prover.ready(keys)?.matching([message], signatures);
        let (as_form, as_json) = (matching(&form), matching(&json));
        let is_json = as_json.is_ok();
        let key_id = as_json.or(as_form)?;
        Ok(Inside {
            key_id,
            signed: if is_json { json } else { form },
            moment: None,
            coverage: if is_json {
                Coverage::Body(Vec::new())
            } else {
                coverage()
            },
        })
    }

    fn prover(&self) -> Option<&Prover> {
        Some(&self.prover)
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![coverage()]
    }

    fn evidence(&self, _: &Headers) -> Vec<String> {
        [HEADER, "content-type"].map(str::to_owned).into()
    }

    /// Of the two ways, the one that fits the body's form.
    fn signed_inside(&self, body: &[u8]) -> Result<Vec<u8>, Rejection> {
        Ok(if body.starts_with(b"{") {
            self.json(body)
        } else {
            self.form(body)
        })
    }

    fn sign(&self, key: &Key, input: &SignInput<'_>, all: &mut Pairs) -> Result<(), SignError> {
        let is_json = all
            .iter()
            .any(|(name, value)| name == "content-type" && value.starts_with("application/json"));
        let message = if is_json {
            self.json(input.body)
        } else {
            self.form(input.body)
        };
        let signature = make(&self.prover, key, &message)?;
        all.push((HEADER.to_owned(), Encoding::Base64.encode(&signature)));
        Ok(())
    }

    fn describe(&self) -> SchemeDescription {
        SchemeDescription {
            kind: "twilio",
            proof: format!("HMAC-SHA1, base64 in `{HEADER}`"),
            signed: "URL and the form's fields, or URL and the body's SHA-256".to_owned(),
            clock: "nowhere".to_owned(),
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, _: &Headers) -> Vec<Read> {
        vec![Read::one(HEADER, true)]
    }
}

/// Names and values of a form are signed without anything between them: bytes can
/// move from one to the other, so no single field is certain.
fn coverage() -> Coverage {
    Coverage::Places(&[])
}
