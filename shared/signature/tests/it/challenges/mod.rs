//! What a provider asks to see that the endpoint is there, preset by preset.

use aws_lc_rs::hmac;
use coatcheck_signature::{Asked, ChallengeReply, Key, Method, Rejection, Verifier};
use domain::{Headers, KeyUse};
use serde_json::{Value, json};

mod providers;
mod strangers;

use crate::common::{NOW, SECRET, key, preset, verifier};

/// A request that is not signed.
struct Ask<'a> {
    method: Method,
    headers: &'a [(&'a str, &'a str)],
    query: &'a [(&'a str, &'a str)],
    handshake: bool,
}

const GET: Ask<'_> = Ask {
    method: Method::Get,
    headers: &[],
    query: &[],
    handshake: false,
};

/// `None` if it is no challenge.
fn ask(
    verifier: &Verifier,
    ask: &Ask<'_>,
    keys: &[Key],
) -> Option<Result<ChallengeReply, Rejection>> {
    let headers = Headers::from_pairs(ask.headers.iter().copied());
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let query: Vec<_> = ask.query.iter().map(owned).collect();
    let asked = Asked {
        method: ask.method,
        headers: &headers,
        query: &query,
        handshake: ask.handshake,
    };
    let answer = verifier.answer_unverified(&asked, keys, NOW);
    assert_eq!(verifier.may_be_challenge(&asked), answer.is_some());
    answer
}

fn query(name: &str, query: &[(&str, &str)]) -> Option<Result<ChallengeReply, Rejection>> {
    ask(&verifier(name), &Ask { query, ..GET }, &[key()])
}

/// A delivery signed under the preset's own rules; `None` if it is an event.
fn post(
    name: &str,
    body: &[u8],
    more: &[(&str, &str)],
) -> Option<Result<ChallengeReply, Rejection>> {
    let (scheme, verifier) = (preset(name), verifier(name));
    let mut pairs = Vec::new();
    for (name, value) in more {
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    let input = coatcheck_signature::SignInput {
        body,
        now: NOW,
        headers: more,
        ..coatcheck_signature::SignInput::default()
    };
    let headers = Headers::from_pairs(coatcheck_signature::sign(&scheme, &key(), &input).unwrap());
    let verified = verifier.verify(&headers, body, &[key()], NOW).unwrap();
    verifier.answer_verified(&headers, &verified, &[key()])
}

fn json_of(answer: Option<Result<ChallengeReply, Rejection>>) -> Value {
    let answer = answer.unwrap().unwrap();
    assert_eq!(
        (answer.status, answer.content_type),
        (200, Some("application/json"))
    );
    serde_json::from_str(&answer.body).unwrap()
}

fn text_of(answer: Option<Result<ChallengeReply, Rejection>>) -> String {
    let answer = answer.unwrap().unwrap();
    assert_eq!(
        (answer.status, answer.content_type),
        (200, Some("text/plain; charset=utf-8"))
    );
    answer.body
}

fn mac(text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}
