//! `send`, against an endpoint on this machine and without a stack.

use std::{
    collections::HashSet,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use domain::SchemeRef;
use signature::{Key, Scheme, Site, Verifier};

use crate::{
    provider::SECRET,
    run::{Folder, Run, split},
    server::{Request, Server},
};

const ACCEPTED: (u16, &str) = (200, r#"{"status":"accepted","ref":"test/evt_1"}"#);
const REFUSED: (u16, &str) = (
    401,
    r#"{"error":"signature_mismatch","message":"the signature does not match"}"#,
);
const BUSY: (u16, &str) = (503, r#"{"error":"unavailable","message":"try again"}"#);

fn folder(test: &str) -> Folder {
    let folder = Folder::new(test);
    folder.write("secret", SECRET);
    folder
}

fn send(folder: &Folder, server: &Server, scheme: &str, rest: &str) -> Run {
    folder.run(&arguments(server, scheme, rest))
}

fn arguments(server: &Server, scheme: &str, rest: &str) -> Vec<String> {
    split(&format!(
        "send --url {} --scheme {scheme} --secret-file secret {rest}",
        server.url
    ))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sender's clock is the world's"
)]
fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs().try_into().unwrap()
}

/// What `ingest` would say of its signature.
fn is_signed(request: &Request, scheme: &str, server: &Server) -> bool {
    let scheme = Scheme::resolve(&SchemeRef::Preset(scheme.to_owned())).unwrap();
    let site = Site {
        url: Some(&server.url),
        ..Site::default()
    };
    let verifier = Verifier::compile(&scheme, &site).unwrap();
    let keys = [Key::new("1", SECRET)];
    verifier
        .verify(&request.headers, &request.body, &keys, now())
        .is_ok()
}

#[test]
fn one_delivery_arrives_as_it_is_signed_and_tells_its_ref() {
    let folder = folder("send-one");
    let server = Server::new(&[ACCEPTED]);
    folder.write("body", "{\"id\":\"evt_1\", \"type\":\"a\"}\n");
    for scheme in ["stripe", "square", "standard-webhooks"] {
        let run = send(&folder, &server, scheme, "-H X-Extra:1 body");
        assert_eq!(run.code, 0, "{scheme}: {run:?}");
        assert!(
            run.stdout.starts_with("200 accepted test/evt_1 ("),
            "{run:?}"
        );
        let request = server.requests().pop().unwrap();
        assert_eq!(request.line, "POST /v1/hooks/test HTTP/1.1");
        assert_eq!(request.body, b"{\"id\":\"evt_1\", \"type\":\"a\"}\n");
        assert_eq!(request.header("x-extra"), "1");
        assert!(
            is_signed(&request, scheme, &server),
            "{scheme}: {request:?}"
        );
    }
}

#[test]
fn a_refusal_is_told_with_its_remedy() {
    let folder = folder("send-refused");
    let server = Server::new(&[REFUSED]);
    let run = send(&folder, &server, "github", "--fixture github/push");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stdout.starts_with("401 signature_mismatch ("),
        "{run:?}"
    );
    assert!(
        run.stdout.contains("no live key of the endpoint"),
        "{run:?}"
    );
    let run = send(&folder, &server, "github", "--fixture github/push --json");
    let json = run.json();
    assert_eq!(
        (json["status"].as_u64(), &json["error"]),
        (Some(401), &"signature_mismatch".into())
    );
    assert!(json["remedy"].is_string() && json["ref"].is_null());
}

#[test]
fn nobody_there_is_no_verdict() {
    let folder = folder("send-nobody");
    let line = "send --url http://127.0.0.1:1/ --scheme github --secret-file secret --size 1KB";
    let run = folder.run(&split(line));
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stderr.contains("http://127.0.0.1:1/: no connection"),
        "{run:?}"
    );
}

#[test]
fn many_deliveries_are_as_many_events_and_are_counted() {
    let folder = folder("send-many");
    for (scheme, what, id) in [
        ("stripe", "--fixture stripe/invoice.paid", None),
        ("standard-webhooks", "--size 5KB", Some("webhook-id")),
        ("github", "--fixture github/ping", Some("x-github-delivery")),
    ] {
        let server = Server::new(&[ACCEPTED]);
        let rest = format!("{what} --count 40 --concurrency 4 --json");
        let run = send(&folder, &server, scheme, &rest);
        assert_eq!(run.code, 0, "{run:?}");
        let json = run.json();
        assert_eq!(json["deliveries"], 40);
        assert_eq!(json["answers"][0]["word"], "accepted");
        assert_eq!(json["answers"][0]["count"], 40);
        assert!(json["latency_ms"]["p99"].as_f64().unwrap() > 0.0);
        let requests = server.requests();
        assert_eq!(requests.len(), 40);
        let bodies: HashSet<_> = requests.iter().map(|request| &request.body).collect();
        assert_eq!(bodies.len(), 40, "{scheme}");
        if let Some(name) = id {
            let ids: HashSet<_> = requests
                .iter()
                .map(|request| request.header(name))
                .collect();
            assert_eq!(ids.len(), 40, "{scheme}");
        }
        for request in &requests {
            assert!(is_signed(request, scheme, &server), "{request:?}");
        }
        let bytes: usize = requests.iter().map(|request| request.body.len()).sum();
        assert_eq!(json["bytes"], bytes);
    }
}

#[test]
fn the_same_event_is_sent_again_and_again_if_it_is_meant() {
    let folder = folder("send-same");
    let server = Server::new(&[ACCEPTED]);
    let run = send(
        &folder,
        &server,
        "github",
        "--fixture github/push --count 5 --same",
    );
    assert_eq!(run.code, 0, "{run:?}");
    let requests = server.requests();
    let kept = include_bytes!("../../../../fixtures/github/push.body");
    assert!(requests.iter().all(|request| request.body == kept));
    assert_eq!(requests.len(), 5);
}

#[test]
fn an_answer_that_may_pass_later_is_asked_for_again() {
    let folder = folder("send-retry");
    let server = Server::new(&[BUSY, BUSY, ACCEPTED]);
    let run = send(
        &folder,
        &server,
        "stripe",
        "--fixture stripe/invoice.paid --retry 2",
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("2 retries"), "{run:?}");
    let requests = server.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.body == requests[0].body)
    );
    // Without, a provider's first try is all there is.
    let server = Server::new(&[BUSY, ACCEPTED]);
    let run = send(&folder, &server, "stripe", "--fixture stripe/invoice.paid");
    assert_eq!((run.code, server.requests().len()), (1, 1), "{run:?}");
    // And what will never pass is not asked again.
    let server = Server::new(&[REFUSED, ACCEPTED]);
    let run = send(
        &folder,
        &server,
        "stripe",
        "--fixture stripe/invoice.paid --retry 2",
    );
    assert_eq!((run.code, server.requests().len()), (1, 1), "{run:?}");
}

#[test]
fn what_was_refused_among_many_is_counted_and_is_no_success() {
    let folder = folder("send-mixed");
    let server = Server::new(&[ACCEPTED, REFUSED, ACCEPTED]);
    let run = send(
        &folder,
        &server,
        "github",
        "--size 1KB --count 10 --concurrency 1",
    );
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("9  200 accepted"), "{run:?}");
    assert!(run.stdout.contains("1  401 signature_mismatch"), "{run:?}");
}

/// An endpoint that takes 200 ms and a sender that may wait for one at a time: the tenth
/// delivery was due long before it could be sent.
#[test]
fn latency_counts_from_when_a_delivery_was_due() {
    let folder = folder("send-rate");
    let server = Server::slow(Duration::from_millis(200), &[ACCEPTED]);
    let rest = "--size 1KB --count 10 --rate 50/s --concurrency 1 --json";
    let run = send(&folder, &server, "github", rest);
    let json = run.json();
    assert!(
        json["latency_ms"]["max"].as_f64().unwrap() > 1_500.0,
        "{json}"
    );
    assert!(json["late"].as_u64().unwrap() >= 8, "{json}");
    assert!(run.stderr.contains("--concurrency"), "{run:?}");
    // With enough connections nothing waits, and the pace is kept.
    let rest = "--size 1KB --count 10 --rate 20/s --concurrency 10 --json";
    let json = send(&folder, &server, "github", rest).json();
    assert!(
        json["latency_ms"]["max"].as_f64().unwrap() < 1_000.0,
        "{json}"
    );
    assert!(json["seconds"].as_f64().unwrap() > 0.6, "{json}");
}

#[test]
fn ctrl_c_ends_it_with_the_figures_so_far() {
    let folder = folder("send-interrupted");
    let server = Server::slow(Duration::from_millis(20), &[ACCEPTED]);
    let args = arguments(&server, "github", "--size 1KB --count 100000 --json");
    let child = Command::new(env!("CARGO_BIN_EXE_coatcheck"))
        .args(&args)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let patience = Instant::now();
    // More than are on their way at once: some have been answered.
    while server.requests().len() < 20 {
        assert!(
            patience.elapsed() < Duration::from_secs(30),
            "it sends nothing"
        );
        thread::sleep(Duration::from_millis(20));
    }
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let done = json["deliveries"].as_u64().unwrap();
    assert!(
        (1..100_000).contains(&done) && json["wanted"] == 100_000,
        "{json}"
    );
}
