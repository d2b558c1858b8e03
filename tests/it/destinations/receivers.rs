//! Receivers that others wrote verify what `deliver` signs: svix's and Standard Webhooks' own libraries, in JavaScript
//! and in Python.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::*;
use crate::support::{fresh, shared};

/// Asks a program about deliveries, as JSON; `None`: it is not there.
fn ask(program: &Path, script: &str, deliveries: &Value) -> Option<Vec<Value>> {
    use std::io::Write as _;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    let started = Command::new(program)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = match started {
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("SKIPPED: {} is not there", program.display());
            return None;
        }
        child => child.unwrap(),
    };
    let stdin = child.stdin.take();
    stdin
        .unwrap()
        .write_all(deliveries.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "run scripts/tools witness first");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Python with the providers' libraries, which `scripts/tools sdks` installs.
fn python() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "where the tools are")]
    let tools = std::env::var_os("COATCHECK_TOOLS").map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools");
    tools.unwrap_or(own).join("sdks/bin/python")
}

/// Each library knows one of the two live keys, or another one.
fn deliveries(request: &Request, body: &[u8]) -> (Value, Vec<bool>) {
    let headers: serde_json::Map<_, _> = request
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let other = "whsec_ZGVzdGluYXRpb24tZGVzdGluYXRpb24tOTk5OTk=";
    let sound = body == request.body;
    let (mut all, mut expected) = (Vec::new(), Vec::new());
    for library in ["standardwebhooks", "svix"] {
        for (secret, known) in [(KEY, true), (OLD_KEY, true), (other, false)] {
            let body = base64_simd::STANDARD.encode_to_string(body);
            all.push(
                json!({"library": library, "secret": secret, "headers": headers, "body": body}),
            );
            expected.push(known && sound);
        }
    }
    (Value::Array(all), expected)
}

#[tokio::test]
async fn foreign_libraries_verify_what_is_signed_with_either_live_key_and_refuse_the_rest() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let marked = fresh("canary");
    let sender = e2e::Sender::of(&stack, "billing").await.unwrap();
    let body =
        json!({"type": "http.answer", "name": "Größe \u{1f600}", "marked": marked}).to_string();
    let headers = [("webhook-id", marked.as_str()), crate::support::JSON];
    send(&stack, &sender.sign(&headers, body).unwrap()).await;
    let reference = format!("billing/{marked}");
    delivered(&stack, "http-answers", &reference).await;
    let mut requests = destination.requests(&reference);
    requests.retain(|one| one.path == "/http-answers");
    let request = &requests[0];
    let mut altered = request.body.clone();
    altered[10] ^= 1;
    let python = python();
    for body in [&request.body, &altered] {
        let (deliveries, expected) = deliveries(request, body);
        for (program, script) in [
            (Path::new("node"), "witness/node/deliveries.mjs"),
            (&*python, "witness/deliveries.py"),
        ] {
            if let Some(answers) = ask(program, script, &deliveries) {
                let accepted: Vec<_> = answers.iter().map(|one| *one == json!(true)).collect();
                assert_eq!(accepted, expected, "{program:?}: {answers:?}");
            }
        }
    }
    assert_eq!(
        logged(&stack, "http-answers", "Größe").await,
        Vec::<Value>::new()
    );
}
