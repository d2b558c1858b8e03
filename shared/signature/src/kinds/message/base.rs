//! What a signature covers, and the text that is made of it.

use domain::Headers;
use sfv::{BareItem, Dictionary, FieldType, InnerList, List, ListEntry};

use super::url::of_url;
use crate::{
    MessageScheme, Rejection, SchemeError, Site,
    algorithm::Prover,
    clock::{Moment, Window},
    compile,
    content::single,
};

/// Components in one signature, at most.
const MAX_COMPONENTS: usize = 32;

/// A signature over headers and what is configured of the request.
#[derive(Debug, Clone)]
pub(crate) struct HttpMessage {
    pub(super) label: Option<String>,
    pub(super) tag: Option<String>,
    /// Whether the signature names its key.
    pub(super) names_key: bool,
    /// What an `alg` has to be, if there is one.
    pub(super) alg: &'static str,
    /// What has to be covered at least.
    pub(super) components: Vec<String>,
    /// What components of the request itself are; the request has no say.
    pub(super) derived: Vec<(&'static str, String)>,
    pub(super) window: Window,
    pub(super) prover: Prover,
}

impl HttpMessage {
    pub(in crate::kinds) fn compile(
        scheme: &MessageScheme,
        site: &Site<'_>,
    ) -> Result<Self, SchemeError> {
        compile::check_message(scheme)?;
        let needs_url = scheme
            .components
            .iter()
            .any(|name| name.starts_with('@') && name != "@method");
        let url = match site.url() {
            Ok(url) => Some(url),
            Err(problem) if needs_url || site.url.is_some() => return Err(problem),
            Err(_) => None,
        };
        let mut derived = vec![("@method", site.method.to_owned())];
        derived.extend(url.iter().flat_map(of_url));
        Ok(Self {
            label: scheme.label.clone(),
            tag: scheme.tag.clone(),
            names_key: scheme.keyid,
            alg: scheme.algorithm.name(),
            components: scheme.components.clone(),
            derived,
            window: Window {
                max_age_s: scheme.max_age_s,
                max_future_s: scheme.max_future_s,
            },
            prover: Prover {
                algorithm: scheme.algorithm.algorithm(),
                key: scheme.key.clone(),
                keeps_prefix: false,
            },
        })
    }

    /// The one signature that counts.
    pub(super) fn chosen<'i>(
        &self,
        inputs: &'i Dictionary,
    ) -> Result<(&'i str, &'i InnerList), Rejection> {
        let is_tagged = |input: &InnerList| match (&self.tag, input.params.get("tag")) {
            (None, _) => true,
            (Some(tag), Some(BareItem::String(given))) => given.as_str() == tag,
            (Some(_), _) => false,
        };
        let mut chosen = inputs.iter().filter_map(|(label, entry)| match entry {
            ListEntry::InnerList(input)
                if self
                    .label
                    .as_ref()
                    .is_none_or(|wanted| label.as_str() == wanted)
                    && is_tagged(input) =>
            {
                Some((label.as_str(), input))
            }
            _ => None,
        });
        let one = chosen.next().ok_or(Rejection::SignatureMissing)?;
        if chosen.next().is_some() {
            return Err(Rejection::SignatureDuplicated);
        }
        Ok(one)
    }

    /// The key that must have made it, where the signature says which.
    pub(super) fn key_id(&self, input: &InnerList) -> Result<Option<String>, Rejection> {
        match input.params.get("keyid") {
            _ if !self.names_key => Ok(None),
            Some(BareItem::String(id)) => Ok(Some(id.as_str().to_owned())),
            _ => Err(Rejection::SignatureMalformed),
        }
    }

    /// The covered components, all of those that must be among them.
    pub(super) fn names<'i>(&self, input: &'i InnerList) -> Result<Vec<&'i str>, Rejection> {
        let mut names: Vec<&str> = Vec::new();
        for item in &input.items {
            match &item.bare_item {
                // Parameters choose parts of a field or fields of a response: none is known here.
                BareItem::String(name) if item.params.is_empty() => names.push(name.as_str()),
                _ => return Err(Rejection::SignatureMalformed),
            }
        }
        let mut sorted = names.clone();
        sorted.sort_unstable();
        let repeats = sorted.windows(2).any(|pair| pair.first() == pair.last());
        let covers_all = self
            .components
            .iter()
            .all(|needed| names.contains(&needed.as_str()));
        if repeats || !covers_all || names.len() > MAX_COMPONENTS {
            Err(Rejection::SignatureMalformed)
        } else {
            Ok(names)
        }
    }

    /// The signature base: a line for each component, and the parameters.
    pub(super) fn base(
        &self,
        headers: &Headers,
        names: &[&str],
        input: &InnerList,
    ) -> Result<String, Rejection> {
        let mut base = String::new();
        for name in names {
            let value = self.value(headers, name)?;
            base += &format!("\"{name}\": {value}\n");
        }
        let list: List = vec![ListEntry::InnerList(input.clone())];
        let params = list.serialize().ok_or(Rejection::SignatureMalformed)?;
        Ok(base + "\"@signature-params\": " + &params)
    }

    fn value<'a>(&'a self, headers: &'a Headers, name: &'a str) -> Result<&'a str, Rejection> {
        if name.starts_with('@') {
            let known = self.derived.iter().find(|(known, _)| *known == name);
            return known
                .map(|(_, value)| value.as_str())
                .ok_or(Rejection::SignatureMalformed);
        }
        let value = single(headers, name)?.ok_or(Rejection::SignatureMissing)?;
        if value.is_ascii() && !value.contains(['\r', '\n']) {
            Ok(value.trim_matches([' ', '\t']))
        } else {
            Err(Rejection::SignatureMalformed)
        }
    }

    pub(super) fn moment(&self, input: &InnerList) -> Result<Moment, Rejection> {
        let seconds = |name: &str| match input.params.get(name) {
            None => Ok(None),
            Some(BareItem::Integer(seconds)) => Ok(Some(i64::from(*seconds))),
            Some(_) => Err(Rejection::TimestampMalformed),
        };
        match input.params.get("alg") {
            None => {}
            Some(BareItem::String(alg)) if alg.as_str() == self.alg => {}
            Some(_) => return Err(Rejection::SignatureMalformed),
        }
        Ok(Moment {
            unix_s: seconds("created")?.ok_or(Rejection::TimestampMissing)?,
            expires: seconds("expires")?,
            begins: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use sfv::Parser;

    use super::*;

    /// RFC 9421, appendix B.2.5: base and signature of a test request.
    #[test]
    fn the_base_is_that_of_the_rfc() {
        let scheme: MessageScheme = serde_json::from_str(
            r#"{"algorithm":"hmac-sha256","key":{"decode":"base64"},"components":["content-digest"]}"#,
        )
        .unwrap();
        let site = Site {
            url: Some("https://example.com/foo?param=Value&Pet=dog"),
            method: "POST",
        };
        let message = HttpMessage::compile(&scheme, &site).unwrap();
        let headers = Headers::from_pairs([
            ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("Content-Type", "application/json"),
        ]);
        let written = r#"sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#;
        let inputs: Dictionary = Parser::new(written).parse().unwrap();
        let Some(ListEntry::InnerList(input)) = inputs.get("sig-b25") else {
            panic!("an inner list");
        };
        let base = message
            .base(&headers, &["date", "@authority", "content-type"], input)
            .unwrap();
        assert_eq!(
            base,
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": application/json\n\"@signature-params\": (\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\""
        );
        let key = crate::Key::new(
            "test-shared-secret",
            "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
        );
        let ready = message.prover.ready(&[key]).unwrap();
        let signature = base64_simd::STANDARD
            .decode_to_vec("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=")
            .unwrap();
        assert!(ready.matching([base.as_bytes()], &[signature]).is_ok());
    }

    /// RFC 9421, appendix B.2.4: the base of a test response, its signature and its key.
    #[test]
    fn the_signature_over_p256_is_that_of_the_rfc() {
        let scheme: MessageScheme = serde_json::from_str(
            r#"{"algorithm":"ecdsa-p256-sha256","key":{"decode":"base64"},"components":["content-digest"]}"#,
        )
        .unwrap();
        let message = HttpMessage::compile(&scheme, &Site::default()).unwrap();
        let base = "\"@status\": 200\n\"content-type\": application/json\n\"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n\"content-length\": 23\n\"@signature-params\": (\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"";
        let key = crate::Key::new(
            "test-key-ecc-p256",
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==",
        );
        let ready = message.prover.ready(&[key]).unwrap();
        let signature = base64_simd::STANDARD
            .decode_to_vec("wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==")
            .unwrap();
        assert!(ready.matching([base.as_bytes()], &[signature]).is_ok());
    }
}
