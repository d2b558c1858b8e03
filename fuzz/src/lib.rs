//! What both targets share: every scheme there is, and deliveries out of noise.

use std::sync::LazyLock;

use domain::{Headers, SchemeRef};
use signature::{Key, Scheme, SignInput, Site, Verifier, presets, sign};

/// The clock.
pub const NOW: i64 = 1_700_000_000;

/// A key that fits every decoding; nothing here may be signed under it by chance.
pub const SECRET: &str = "5d41402abc4b2a76b9719d911017c592aaaa3b1f0e6d2c7788990011223344ff";

const SITE: Site<'_> = Site {
    url: Some("https://hooks.example/v1/hooks/fuzz?a=1"),
    method: "POST",
};

const MESSAGE: &str = r#"{"kind":"http-message","algorithm":"hmac-sha256","components":["@method","@target-uri","content-digest"]}"#;

/// A scheme, ready, and the headers that it reads.
pub struct Target {
    /// Judges.
    pub verifier: Verifier,
    names: Vec<String>,
}

/// Every preset, and a scheme of HTTP Message Signatures.
pub static TARGETS: LazyLock<Vec<Target>> = LazyLock::new(|| {
    let message = SchemeRef::Custom(serde_json::from_str(MESSAGE).expect("JSON"));
    let message = Scheme::resolve(&message).expect("a scheme");
    let presets = presets().expect("presets").into_iter();
    let schemes = presets.map(|preset| preset.scheme).chain([message]);
    schemes
        .map(|scheme| Target {
            verifier: Verifier::compile(&scheme, &SITE).expect("a sound scheme"),
            names: names(&scheme),
        })
        .collect()
});

/// The headers that a provider of this scheme sends.
fn names(scheme: &Scheme) -> Vec<String> {
    let input = SignInput {
        body: b"{}",
        now: NOW,
        headers: &[
            ("webhook-id", "1"),
            ("svix-id", "1"),
            ("twitch-eventsub-message-id", "1"),
            ("authorization", "Basic dTpw"),
        ],
        params: &[],
        site: SITE,
    };
    let signed = sign(scheme, &Key::new("k", SECRET), &input).unwrap_or_default();
    let fixed = [
        "x-signature-ed25519",
        "x-signature-timestamp",
        "x-twilio-email-event-webhook-signature",
        "x-twilio-email-event-webhook-timestamp",
        "plaid-verification",
    ];
    signed
        .into_iter()
        .map(|(name, _)| name)
        .chain(fixed.map(str::to_owned))
        .collect()
}

/// A scheme, the lines of the noise as its headers' values, and the rest as a body.
pub fn delivery(noise: &[u8]) -> Option<(&'static Target, Headers, &[u8])> {
    let (which, noise) = noise.split_first()?;
    let target = TARGETS.get(usize::from(*which) % TARGETS.len())?;
    let split = noise.iter().position(|b| *b == 0).unwrap_or(noise.len());
    let (head, body) = noise.split_at(split);
    let head = String::from_utf8_lossy(head);
    let headers = Headers::from_pairs(target.names.iter().zip(head.split('\n')));
    Some((target, headers, body.get(1..).unwrap_or_default()))
}
