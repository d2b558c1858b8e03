//! Twilio. <https://www.twilio.com/docs/usage/webhooks/webhooks-security>

use aws_lc_rs::digest::{SHA256, digest};
use domain::Headers;

use super::{Inside, form_fields};
use crate::{
    Algorithm, Encoding, Key, KeySpec, Rejection, SchemeError, Site,
    algorithm::Prover,
    claim::{Claim, Coverage, Evidence},
    content::single,
};

pub(super) const HEADER: &str = "x-twilio-signature";

/// HMAC-SHA1 over the URL and the form's fields in order, or over the URL with the
/// body's digest in it. Both are tried for every body, so that nothing in a request
/// chooses.
#[derive(Debug, Clone)]
pub(crate) struct Twilio {
    url: String,
    pub(crate) prover: Prover,
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

    #[expect(clippy::unused_self, reason = "the shape of every kind")]
    pub(super) fn claim(&self, headers: &Headers) -> Result<Claim, Rejection> {
        let value = single(headers, HEADER)?.ok_or(Rejection::SignatureMissing)?;
        let signature = Encoding::Base64
            .decode(value)
            .filter(|mac| mac.len() == 20)
            .ok_or(Rejection::SignatureMalformed)?;
        Ok(Claim {
            evidence: Evidence::Inside {
                signatures: vec![signature],
            },
            moment: None,
            coverage: coverage(),
        })
    }

    pub(super) fn judge(
        &self,
        body: &[u8],
        signatures: &[Vec<u8>],
        keys: &[Key],
    ) -> Result<Inside, Rejection> {
        let (form, json) = (self.form(body), self.json(body));
        let matching = |message: &[u8]| self.prover.ready(keys)?.matching(&[message], signatures);
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

    /// The URL, then every field's name and value, by name and then by value; a
    /// field that is repeated with the same value counts once.
    pub(crate) fn form(&self, body: &[u8]) -> Vec<u8> {
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
    pub(crate) fn json(&self, body: &[u8]) -> Vec<u8> {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let digest = hex::encode(digest(&SHA256, body));
        format!("{}{separator}bodySHA256={digest}", self.url).into_bytes()
    }
}

/// Names and values of a form are signed without anything between them: bytes can
/// move from one to the other, so no single field is certain.
pub(super) fn coverage() -> Coverage {
    Coverage::Places(&[])
}
