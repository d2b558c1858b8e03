//! What a provider asks of an endpoint, and what it is answered.

use crate::{
    provider::SECRET,
    run::{Folder, Run, split},
};

fn asks(test: &str, arguments: &str) -> Run {
    let line = format!("verify --json --secret {SECRET} {arguments}");
    Folder::new(test).run(&split(&line))
}

fn ends(run: &Run, code: i32, outcome: &str) {
    assert_eq!((run.code, &*run.outcome()), (code, outcome), "{run:?}");
}

#[test]
fn a_challenge_is_answered_and_is_no_event() {
    let run = asks(
        "challenge-meta",
        "--scheme meta --challenge-token tok --method GET --url https://h.example/?hub.mode=subscribe&hub.verify_token=tok&hub.challenge=1%31",
    );
    ends(&run, 0, "challenge");
    assert_eq!(run.json()["body"], "11");
    let run = asks(
        "challenge-x",
        "--scheme x --method GET --url https://h.example/?crc_token=abc",
    );
    assert!(
        run.json()["body"].as_str().unwrap().contains("sha256="),
        "{run:?}"
    );
}

#[test]
fn a_challenge_that_is_not_proven_is_not_answered() {
    let url = "--method GET --url https://h.example/?hub.mode=subscribe&hub.verify_token=other&hub.challenge=1";
    let run = asks(
        "challenge-token",
        &format!("--scheme meta --challenge-token tok {url}"),
    );
    ends(&run, 1, "signature_mismatch");
    let run = asks("challenge-no-token", &format!("--scheme meta {url}"));
    ends(&run, 1, "challenge_key_missing");
    assert!(run.stdout.contains("--challenge-token"), "{run:?}");
    let run = asks(
        "challenge-none",
        "--scheme x --method GET --url https://h.example/",
    );
    ends(&run, 1, "no_challenge");
}

#[test]
fn a_handshake_is_answered_while_it_is_on() {
    let off = asks("handshake-off", "--scheme intercom --method HEAD");
    ends(&off, 1, "no_challenge");
    let on = asks(
        "handshake-on",
        "--scheme intercom --method HEAD --handshake",
    );
    ends(&on, 0, "challenge");
}

#[test]
fn a_challenge_in_a_signed_body_is_verified_first() {
    let folder = Folder::new("challenge-signed");
    folder.write("body", r#"{"type":"url_verification","challenge":"abc"}"#);
    let line = format!("sign --scheme slack --secret {SECRET} --now 1700000000 body");
    folder.write("headers", folder.run(&split(&line)).stdout);
    let line =
        format!("verify --json --scheme slack --secret {SECRET} --now 1700000000 -H @headers body");
    let run = folder.run(&split(&line));
    ends(&run, 0, "challenge");
    assert_eq!(run.json()["body"], "abc");
    folder.write("body", r#"{"type":"url_verification","challenge":"abd"}"#);
    assert_eq!(folder.run(&split(&line)).code, 1);
}
