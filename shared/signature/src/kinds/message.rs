//! HTTP Message Signatures (RFC 9421) that bind the body by its digest (RFC 9530).

use domain::Headers;
use sfv::{
    BareItem, Dictionary, FieldType, InnerList, Item, Key as SfKey, List, ListEntry, Parser,
    String as SfString,
};

use crate::{
    Algorithm, MessageAlgorithm, MessageScheme, Rejection, SchemeError, Site,
    algorithm::Prover,
    claim::{BodyDigest, Claim, Coverage, Evidence, Moment, Window},
    compile,
    content::single,
    site::Url,
};

const INPUT: &str = "signature-input";
const SIGNATURE: &str = "signature";
const DIGEST: &str = "content-digest";

/// Components in one signature, at most.
const MAX_COMPONENTS: usize = 32;

/// A signature over headers and what is configured of the request.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    label: Option<String>,
    /// What has to be covered at least.
    components: Vec<String>,
    /// What components of the request itself are; the request has no say.
    derived: Vec<(&'static str, String)>,
    pub(crate) window: Window,
    pub(crate) prover: Prover,
}

impl Message {
    pub(super) fn compile(scheme: &MessageScheme, site: &Site<'_>) -> Result<Self, SchemeError> {
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
            components: scheme.components.clone(),
            derived,
            window: Window {
                max_age_s: scheme.max_age_s,
                max_future_s: scheme.max_future_s,
            },
            prover: Prover {
                algorithm: match scheme.algorithm {
                    MessageAlgorithm::HmacSha256 => Algorithm::HmacSha256,
                    MessageAlgorithm::Ed25519 => Algorithm::Ed25519,
                },
                key: scheme.key.clone(),
                keeps_prefix: false,
            },
        })
    }

    pub(super) fn claim(&self, headers: &Headers) -> Result<Claim, Rejection> {
        let inputs = dictionary(headers, INPUT)?;
        let label = match &self.label {
            Some(label) => label.as_str(),
            None if inputs.len() == 1 => inputs.keys().next().map_or("", |key| key.as_str()),
            None => return Err(Rejection::SignatureDuplicated),
        };
        let Some(ListEntry::InnerList(input)) = inputs.get(label) else {
            return Err(Rejection::SignatureMissing);
        };
        let signature = bytes(dictionary(headers, SIGNATURE)?.get(label))?;
        if !self.prover.algorithm.length().fits(signature.len()) {
            return Err(Rejection::SignatureMalformed);
        }
        let names = self.names(input)?;
        Ok(Claim {
            evidence: Evidence::Headers {
                signatures: vec![signature],
                message: self.base(headers, &names, input)?.into_bytes(),
                digests: digests(headers)?,
                key_id: None,
            },
            moment: Some(self.moment(input)?),
            coverage: Coverage::Body(names.into_iter().map(str::to_owned).collect()),
        })
    }

    /// The covered components, all of those that must be among them.
    fn names<'i>(&self, input: &'i InnerList) -> Result<Vec<&'i str>, Rejection> {
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
    fn base(
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

    fn moment(&self, input: &InnerList) -> Result<Moment, Rejection> {
        let seconds = |name: &str| match input.params.get(name) {
            None => Ok(None),
            Some(BareItem::Integer(seconds)) => Ok(Some(i64::from(*seconds))),
            Some(_) => Err(Rejection::TimestampMalformed),
        };
        let named = match self.prover.algorithm {
            Algorithm::Ed25519 => "ed25519",
            _ => "hmac-sha256",
        };
        match input.params.get("alg") {
            None => {}
            Some(BareItem::String(alg)) if alg.as_str() == named => {}
            Some(_) => return Err(Rejection::SignatureMalformed),
        }
        Ok(Moment {
            unix_s: seconds("created")?.ok_or(Rejection::TimestampMissing)?,
            expires: seconds("expires")?,
        })
    }

    pub(super) fn coverage(&self) -> Coverage {
        Coverage::Body(self.components.clone())
    }

    pub(super) fn evidence(&self, headers: &Headers) -> Vec<String> {
        let mut names = vec![INPUT.to_owned(), SIGNATURE.to_owned(), DIGEST.to_owned()];
        if let Ok(Claim {
            coverage: Coverage::Body(covered),
            ..
        }) = self.claim(headers)
        {
            names.extend(covered.into_iter().filter(|name| !name.starts_with('@')));
        }
        names
    }
}

/// The components that come from the URL (RFC 9421, 2.2).
fn of_url(url: &Url<'_>) -> Vec<(&'static str, String)> {
    let path = if url.path.is_empty() { "/" } else { url.path };
    let query = url
        .query
        .map_or_else(|| "?".to_owned(), |query| format!("?{query}"));
    let default_port = if url.scheme == "https" { ":443" } else { ":80" };
    let authority = url.authority.to_ascii_lowercase();
    let target = match url.query {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    vec![
        ("@target-uri", url.whole.to_owned()),
        (
            "@authority",
            authority
                .strip_suffix(default_port)
                .unwrap_or(&authority)
                .to_owned(),
        ),
        ("@scheme", url.scheme.to_owned()),
        ("@request-target", target),
        ("@path", path.to_owned()),
        ("@query", query),
    ]
}

/// The digests that the body must have: all that are of a known kind, at least one.
fn digests(headers: &Headers) -> Result<Vec<BodyDigest>, Rejection> {
    let mut digests = Vec::new();
    for (name, value) in &dictionary(headers, DIGEST)? {
        match name.as_str() {
            "sha-256" => digests.push(BodyDigest::Sha256(bytes(Some(value))?)),
            "sha-512" => digests.push(BodyDigest::Sha512(bytes(Some(value))?)),
            _ => {}
        }
    }
    if digests.is_empty() {
        Err(Rejection::SignatureMalformed)
    } else {
        Ok(digests)
    }
}

fn dictionary(headers: &Headers, name: &str) -> Result<Dictionary, Rejection> {
    let value = single(headers, name)?.ok_or(Rejection::SignatureMissing)?;
    Parser::new(value)
        .parse()
        .map_err(|_| Rejection::SignatureMalformed)
}

fn bytes(entry: Option<&ListEntry>) -> Result<Vec<u8>, Rejection> {
    match entry {
        Some(ListEntry::Item(Item {
            bare_item: BareItem::ByteSequence(bytes),
            ..
        })) => Ok(bytes.clone()),
        Some(_) => Err(Rejection::SignatureMalformed),
        None => Err(Rejection::SignatureMissing),
    }
}

/// The value of `Content-Digest` that a sender writes.
pub(crate) fn digest_header(sha256: &[u8]) -> Option<String> {
    let item = Item::new(sha256.to_vec());
    let mut digests = Dictionary::new();
    digests.insert(
        SfKey::from_string("sha-256".to_owned()).ok()?,
        ListEntry::Item(item),
    );
    digests.serialize()
}

type Written = Option<[(String, String); 2]>;

/// What a sender signs and how it writes it: the base, and then the two headers of
/// a signature made over it.
pub(crate) fn signature_headers(
    message: &Message,
    headers: &Headers,
    created: i64,
    key_id: &str,
) -> Result<(String, impl FnOnce(&[u8]) -> Written), Rejection> {
    let malformed = |_| Rejection::SignatureMalformed;
    let mut input = InnerList::new(Vec::new());
    for name in &message.components {
        let name = SfString::from_string(name.clone()).map_err(malformed)?;
        input.items.push(Item::new(name));
    }
    let key =
        |name: &str| SfKey::from_string(name.to_owned()).map_err(|_| Rejection::SignatureMalformed);
    let seconds = sfv::Integer::try_from(created).map_err(|_| Rejection::TimestampMalformed)?;
    input.params.insert(key("created")?, seconds.into());
    let key_id = SfString::from_string(key_id.to_owned()).map_err(malformed)?;
    input.params.insert(key("keyid")?, key_id.into());
    let names: Vec<&str> = message.components.iter().map(String::as_str).collect();
    let base = message.base(headers, &names, &input)?;
    let label = key(message.label.as_deref().unwrap_or("sig1"))?;
    Ok((base, move |signature: &[u8]| {
        let mut inputs = Dictionary::new();
        inputs.insert(label.clone(), ListEntry::InnerList(input));
        let mut signatures = Dictionary::new();
        signatures.insert(label, ListEntry::Item(Item::new(signature.to_vec())));
        Some([
            (INPUT.to_owned(), inputs.serialize()?),
            (SIGNATURE.to_owned(), signatures.serialize()?),
        ])
    }))
}

#[cfg(test)]
mod tests {
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
        let message = Message::compile(&scheme, &site).unwrap();
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
        let mut running = message.prover.start(&[key]).unwrap();
        running.update(base.as_bytes());
        let signature = base64_simd::STANDARD
            .decode_to_vec("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=")
            .unwrap();
        assert!(running.matching(&[signature]).is_some());
    }

    /// RFC 9421, 2.2.
    #[test]
    fn derived_components_are_written_as_the_rfc_says() {
        let site = Site {
            url: Some("https://WWW.Example.com:443/path?param=value"),
            method: "POST",
        };
        let of = of_url(&site.url().unwrap());
        let value = |name: &str| of.iter().find(|(have, _)| *have == name).unwrap().1.clone();
        assert_eq!(value("@authority"), "www.example.com");
        assert_eq!(value("@path"), "/path");
        assert_eq!(value("@query"), "?param=value");
        assert_eq!(value("@request-target"), "/path?param=value");
        let site = Site {
            url: Some("https://example.com"),
            method: "POST",
        };
        let of = of_url(&site.url().unwrap());
        let value = |name: &str| of.iter().find(|(have, _)| *have == name).unwrap().1.clone();
        assert_eq!(
            (value("@path"), value("@query")),
            ("/".to_owned(), "?".to_owned())
        );
    }
}
