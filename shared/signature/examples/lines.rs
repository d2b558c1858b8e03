//! Signs and judges deliveries that come as JSON, one a line, and answers with one line each. The
//! witness `sdks` (`tests/witness`) asks it thousands of times, so it is one process and no command.
//!
//! `{"do": "sign" | "verify", "scheme": NAME or {...}, "secret": TEXT, "headers": [[NAME, VALUE]],
//! "body": BASE64, "now": SECONDS, "url": TEXT or null}`

use std::io::{self, BufRead, Write};

use base64_simd::STANDARD;
use coatcheck_signature::{Key, Rejection, Scheme, SignInput, Site, Verifier, sign};
use domain::{Headers, KeyRing, SchemeRef};
use serde::Deserialize;
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "do")]
    action: Action,
    scheme: SchemeRef,
    /// What the endpoint's secret in the stack would hold.
    secret: String,
    headers: Vec<(String, String)>,
    body: String,
    now: i64,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Sign,
    Verify,
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = answer(&line?)
            .unwrap_or_else(|problem| json!({"error": domain::with_causes(&*problem)}));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &str) -> Result<Value, Failure> {
    let line: Line = serde_json::from_str(line)?;
    let scheme = Scheme::resolve(&line.scheme)?;
    let body = STANDARD.decode_to_vec(&line.body)?;
    let site = Site {
        url: line.url.as_deref(),
        ..Site::default()
    };
    let ring = KeyRing::from_versions(&line.secret, None)?;
    let keys: Vec<Key> = ring.keys().iter().map(Key::from).collect();
    match line.action {
        Action::Sign => {
            let given: Vec<(&str, &str)> = line
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let input = SignInput {
                body: &body,
                now: line.now,
                headers: &given,
                params: &[],
                site,
            };
            let key = keys.first().ok_or("no key")?;
            Ok(json!({"headers": sign(&scheme, key, &input)?}))
        }
        Action::Verify => {
            let verifier = Verifier::compile(&scheme, &site)?;
            let headers = Headers::from_pairs(line.headers);
            let early = verifier.precheck(&headers, line.now);
            let outcome = match verifier.verify(&headers, &body, &keys, line.now) {
                // Both judge every delivery: what one takes and the other refuses is lost.
                Ok(_) => early.map_or_else(Rejection::code, |()| "valid"),
                Err(rejection) => rejection.code(),
            };
            Ok(json!({"outcome": outcome}))
        }
    }
}
