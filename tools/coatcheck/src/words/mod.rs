//! A scheme in words, for people who choose or debug one. Names from the scheme stand in
//! backticks; [`plain`] takes them out for the terminal.

mod challenge;
mod event;
mod reads;
mod time;

pub(crate) use operator::endpoints::has_public_key;
use signature::{
    Algorithm, Encoding, Grammar, MessageAlgorithm, Names, Part, Proof, Scheme, SignatureSpec,
    SignedScheme, TokenScheme,
};

pub(crate) use self::{
    challenge::handshake,
    event::{KeyKind, event_key, event_key_kind, only_bytes_tell, type_from},
    reads::{Read, reads},
    time::{clock, replay},
};

/// Words without their backticks.
pub(crate) fn plain(words: &str) -> String {
    words.replace('`', "")
}

/// The scheme's `kind`.
pub(crate) fn kind(scheme: &Scheme) -> &'static str {
    match &scheme.proof {
        Proof::Signed(signed) => match signed.algorithm {
            Algorithm::HmacSha1 | Algorithm::HmacSha256 | Algorithm::HmacSha512 => "hmac",
            Algorithm::Ed25519 => "ed25519",
            Algorithm::EcdsaP256 | Algorithm::EcdsaP256Fixed => "ecdsa-p256",
        },
        Proof::Token(_) => "token",
        Proof::Basic => "basic",
        Proof::Message(_) => "http-message",
        Proof::Plaid => "plaid",
        Proof::Contentful => "contentful",
        Proof::Twilio => "twilio",
        Proof::Mailgun => "mailgun",
        Proof::Adyen => "adyen",
    }
}

/// What proves a delivery, and where it stands.
pub(crate) fn proof(scheme: &Scheme) -> String {
    let also = if scheme.also_basic {
        ", and HTTP Basic credentials"
    } else {
        ""
    };
    match &scheme.proof {
        Proof::Signed(signed) => format!(
            "{}, {}{also}",
            algorithm(signed.algorithm),
            carried(&signed.signature)
        ),
        Proof::Token(TokenScheme { header, prefix }) => {
            let after = prefix.as_ref().map(|prefix| format!(" after `{prefix}`"));
            format!(
                "the secret itself in `{header}`{}",
                after.unwrap_or_default()
            )
        }
        Proof::Basic => "HTTP Basic credentials".to_owned(),
        Proof::Message(message) => {
            let algorithm = match message.algorithm {
                MessageAlgorithm::HmacSha256 => "HMAC-SHA256",
                MessageAlgorithm::Ed25519 => "Ed25519",
                MessageAlgorithm::EcdsaP256Sha256 => "ECDSA P-256 (ES256)",
            };
            format!("HTTP message signature (RFC 9421), {algorithm}")
        }
        Proof::Plaid => "JSON Web Token (ES256) in `plaid-verification`".to_owned(),
        Proof::Contentful => "HMAC-SHA256, hex in `x-contentful-signature`".to_owned(),
        Proof::Twilio => "HMAC-SHA1, base64 in `x-twilio-signature`".to_owned(),
        Proof::Mailgun => "HMAC-SHA256, hex in the body at `/signature/signature`".to_owned(),
        Proof::Adyen => "HMAC-SHA256, base64 in each item of the body".to_owned(),
    }
}

fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HmacSha1 => "HMAC-SHA1",
        Algorithm::HmacSha256 => "HMAC-SHA256",
        Algorithm::HmacSha512 => "HMAC-SHA512",
        Algorithm::Ed25519 => "Ed25519",
        Algorithm::EcdsaP256 | Algorithm::EcdsaP256Fixed => "ECDSA P-256",
    }
}

/// Where a signature stands, and in what form.
pub(crate) fn carried(spec: &SignatureSpec) -> String {
    let encoding = match spec.encoding {
        Encoding::Hex => "hex",
        Encoding::Base64 => "base64",
        Encoding::Base64Url => "base64url",
    };
    let names: Vec<String> = spec
        .headers
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let prefix = spec.prefix.as_deref().unwrap_or_default();
    let or =
        |given: &Option<String>, default: &str| given.clone().unwrap_or_else(|| default.to_owned());
    let labelled = |labels: &[String], separator: String| {
        let forms: Vec<String> = labels
            .iter()
            .map(|label| format!("`{label}{separator}{prefix}`"))
            .collect();
        format!(" after {}", forms.join(" or "))
    };
    let after = match spec.grammar {
        Grammar::Whole if prefix.is_empty() => String::new(),
        Grammar::Whole => format!(" after `{prefix}`"),
        Grammar::Kv => labelled(&spec.sig_keys, or(&spec.kv_sep, "=")),
        Grammar::Versions => labelled(&spec.versions, or(&spec.version_sep, ",")),
    };
    let more = match spec.more_headers.as_slice() {
        [] => String::new(),
        [one] => format!(", also in `{one}`"),
        more => format!(", also in {} more headers", more.len()),
    };
    format!("{encoding} in {}{after}{more}", names.join(" or "))
}

/// What is signed.
pub(crate) fn signed(scheme: &Scheme) -> String {
    match &scheme.proof {
        Proof::Signed(signed) => template(signed),
        Proof::Token(_) | Proof::Basic => "nothing".to_owned(),
        Proof::Message(message) => {
            let names: Vec<String> = message
                .components
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            format!(
                "the components that the request lists, at least {}",
                names.join(", ")
            )
        }
        Proof::Plaid => "the token, with the body's SHA-256 in it".to_owned(),
        Proof::Contentful => "method, path, the headers that the request lists, body".to_owned(),
        Proof::Twilio => "URL and the form's fields, or URL and the body's SHA-256".to_owned(),
        Proof::Mailgun => "a timestamp and a token in the body, not the event".to_owned(),
        Proof::Adyen => "eight fields of each item".to_owned(),
    }
}

fn template(scheme: &SignedScheme) -> String {
    let parts = scheme.content.iter().map(|part| match part {
        Part::Lit(text) => text.escape_debug().to_string(),
        Part::Header(names) => format!("{{{}}}", first(names)),
        Part::Param(name) => format!("{{{name}}}"),
        Part::Body(_) => "{body}".to_owned(),
        Part::BodySha256Hex(_) => "{sha256 of body}".to_owned(),
        Part::Url(_) => "{url}".to_owned(),
        Part::Method(_) => "{method}".to_owned(),
        Part::PathQuery(_) => "{path and query}".to_owned(),
    });
    format!("`{}`", parts.collect::<String>())
}

fn first(names: &Names) -> &str {
    match names {
        Names::One(name) => name,
        Names::Each(names) => names.first().map_or("", String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use signature::Verifier;

    use super::*;
    use crate::scheme::{example_site, preset};

    #[test]
    fn presets_are_put_into_words() {
        let words = |name: &str| {
            let scheme = preset(name).unwrap();
            let verifier = Verifier::compile(&scheme, &example_site()).unwrap();
            [proof(&scheme), signed(&scheme), replay(&verifier)].join(" | ")
        };
        assert_eq!(
            words("stripe"),
            "HMAC-SHA256, hex in `stripe-signature` after `v1=` | `{t}.{body}` | yes, 300 s"
        );
        assert_eq!(
            words("standard-webhooks-v1a"),
            "Ed25519, base64 in `webhook-signature` or `svix-signature` after `v1a,` | `{webhook-id}.{webhook-timestamp}.{body}` | yes, 300 s"
        );
        assert_eq!(
            words("gitlab-token"),
            "the secret itself in `x-gitlab-token` | nothing | no"
        );
        assert_eq!(
            words("hubspot-v3"),
            "HMAC-SHA256, base64 in `x-hubspot-signature-v3` | `{method}{url}{body}{x-hubspot-request-timestamp}` | yes, 300 s"
        );
    }
}
