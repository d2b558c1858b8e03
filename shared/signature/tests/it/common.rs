use aws_lc_rs::digest::{SHA256, digest};
use coatcheck_signature::{Key, Rejection, Scheme, SignInput, Site, Verifier, sign};
use domain::{Headers, Location, SchemeRef};
use serde_json::Value;

/// The clock of the tests.
pub(crate) const NOW: i64 = 1_700_000_000;

/// Where the endpoints of the tests stand.
pub(crate) const URL: &str = "https://hooks.example/v1/hooks/test?tenant=1";

/// Long enough for every scheme; base64 too, so that `whsec_` may stand before it.
pub(crate) const SECRET: &str = "dGhpcyBpcyBub3QgYSByZWFsIHNlY3JldCwgb25seSBhIHRlc3Q=";

/// What is configured of every endpoint of the tests.
pub(crate) fn site() -> Site<'static> {
    Site {
        url: Some(URL),
        ..Site::default()
    }
}

pub(crate) fn preset(name: &str) -> Scheme {
    Scheme::resolve(&SchemeRef::Preset(name.into())).unwrap()
}

pub(crate) fn custom(json: Value) -> Scheme {
    Scheme::resolve(&SchemeRef::Custom(json)).unwrap()
}

/// The scheme that a vector or test names or writes out.
pub(crate) fn scheme(reference: &Value) -> Scheme {
    let reference: SchemeRef = serde_json::from_value(reference.clone()).unwrap();
    Scheme::resolve(&reference).unwrap()
}

pub(crate) fn compile(scheme: &Scheme) -> Verifier {
    Verifier::compile(scheme, &site()).unwrap()
}

pub(crate) fn verifier(name: &str) -> Verifier {
    compile(&preset(name))
}

pub(crate) fn key() -> Key {
    Key::new("test", SECRET)
}

/// Headers that a provider would send with the body, and `webhook-id`.
pub(crate) fn signed(scheme: &Scheme, key: &Key, body: &[u8]) -> Vec<(String, String)> {
    let id: &[_] = &[("webhook-id", "msg_1")];
    let id_header = Location::Header("webhook-id".into());
    let headers = if scheme
        .event
        .id
        .iter()
        .flat_map(Location::simple)
        .any(|place| *place == id_header)
    {
        id
    } else {
        &[]
    };
    sign(
        scheme,
        key,
        &SignInput {
            body,
            now: NOW,
            headers,
            params: &[],
            site: site(),
        },
    )
    .unwrap()
}
/// Replaces the value of a header.
pub(crate) fn with(headers: &[(String, String)], name: &str, value: &str) -> Headers {
    assert!(headers.iter().any(|(have, _)| have == name), "{name}");
    let replaced = |(have, old): &(String, String)| {
        (
            have.clone(),
            if have == name {
                value.to_owned()
            } else {
                old.clone()
            },
        )
    };
    Headers::from_pairs(headers.iter().map(replaced))
}

/// The outcome in one word: `ok` or the rejection's code.
pub(crate) fn word<T>(result: Result<T, Rejection>) -> &'static str {
    result.map_or_else(Rejection::code, |_| "ok")
}

/// The body of the deliveries that [`judge`] judges.
pub(crate) const BODY: &[u8] = br#"{"id":"evt_1","type":"ping"}"#;

/// The outcome of a delivery whose one header is replaced; the precheck must not
/// disagree, except that it cannot see a mismatch.
pub(crate) fn judge(name: &str, header: &str, value: &str) -> &'static str {
    let scheme = preset(name);
    let headers = with(&signed(&scheme, &key(), BODY), header, value);
    judge_all(&scheme, &headers)
}

pub(crate) fn judge_all(scheme: &Scheme, headers: &Headers) -> &'static str {
    let verifier = compile(scheme);
    let whole = word(verifier.verify(headers, BODY, &[key()], NOW));
    let early = word(verifier.precheck(headers, NOW));
    if whole == "signature_mismatch" {
        assert!(
            ["ok", "timestamp_stale", "timestamp_future"].contains(&early),
            "{early}"
        );
    } else {
        assert_eq!(early, whole);
    }
    whole
}

/// The value of a header that `sign` wrote.
pub(crate) fn good(name: &str, header: &str) -> String {
    let headers = signed(&preset(name), &key(), BODY);
    headers
        .into_iter()
        .find(|(have, _)| have == header)
        .unwrap()
        .1
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap()
}

/// Whether a body is what strangers may have signed by some providers.
pub(crate) fn is_token(body: &[u8]) -> bool {
    let is_plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    !body.is_empty() && body.iter().all(is_plain)
}
