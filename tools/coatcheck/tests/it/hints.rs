//! What `verify` says to a person whose delivery is not accepted.

use crate::{
    provider::{BODY, NOW, SECRET},
    run::{Folder, split},
};

/// The hints for a delivery of Standard Webhooks after a change of the arguments.
fn hints(test: &str, body: &str, arguments: &str) -> (String, String) {
    let folder = Folder::new(test);
    folder.write("body", BODY);
    folder.write("sent", body);
    let sign = format!("sign --scheme svix --secret {SECRET} --now {NOW} -H svix-id:msg_1 body");
    folder.write("headers", folder.run(&split(&sign)).stdout);
    let run = folder.run(&split(&format!(
        "verify --json -H @headers {arguments} sent"
    )));
    assert_eq!(run.code, 1, "{run:?}");
    let json = run.json();
    let hints = json["hints"].as_array().unwrap();
    let hints: Vec<_> = hints.iter().map(|hint| hint.as_str().unwrap()).collect();
    (run.outcome(), hints.join("\n"))
}

#[test]
fn a_body_that_a_capture_changed_is_found_out() {
    let arguments = format!("--scheme svix --secret {SECRET} --now {NOW}");
    for (at, (body, text)) in [
        (format!("{BODY}\n"), "without its final line end"),
        (format!("{BODY}\r\n"), "without its final line end"),
        (format!("\u{feff}{BODY}"), "without its byte order mark"),
        (
            BODY.replace(':', ": "),
            "without the white space between its JSON tokens",
        ),
        (
            BODY.replace("evt_1", "evt_2"),
            "Is it the secret of this endpoint?",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let (outcome, hints) = hints(&format!("hint-body-{at}"), &body, &arguments);
        assert_eq!(outcome, "signature_mismatch");
        assert!(hints.contains(text), "{text}: {hints}");
    }
}

#[test]
fn another_preset_or_reading_of_the_secret_is_found_out() {
    let (outcome, text) = hints(
        "hint-preset",
        BODY,
        &format!("--scheme github --secret {SECRET} --now {NOW}"),
    );
    assert_eq!(outcome, "signature_missing");
    assert!(text.contains("reads the header x-hub-signature-256, which is missing. You gave a similar one: svix-signature."), "{text}");
    assert!(
        text.contains("valid under the preset svix") || text.contains("valid under the presets"),
        "{text}"
    );
    let folder = Folder::new("hint-key");
    folder.write("body", BODY);
    let line = format!("sign --scheme github --secret {SECRET} body");
    folder.write("headers", folder.run(&split(&line)).stdout);
    folder.write("hex.json", r#"{"kind":"hmac","hash":"sha256","signature":{"headers":["x-hub-signature-256"],"grammar":"whole","prefix":"sha256=","encoding":"hex"},"key":{"decode":"hex"},"content":[{"body":true}]}"#);
    let run = folder.run(&split(&format!(
        "verify --scheme hex.json --secret {SECRET} -H @headers body"
    )));
    assert!(
        run.stdout
            .contains("if the secret is read as its UTF-8 bytes"),
        "{run:?}"
    );
    folder.write("quoted", format!("\"{SECRET}\"\n"));
    let run = folder.run(&split(
        "verify --scheme github --secret-file quoted -H @headers body",
    ));
    assert!(
        run.stdout.contains("without the white space or quotes"),
        "{run:?}"
    );
}

#[test]
fn a_delivery_out_of_time_is_told_by_how_much() {
    for (at, (now, outcome, text)) in [
        (
            NOW + 301,
            "timestamp_stale",
            "Signed at 2023-11-14T22:13:20Z, 301 s ago; the scheme allows 300 s.",
        ),
        (
            NOW - 301,
            "timestamp_future",
            "Signed at 2023-11-14T22:13:20Z, 301 s ahead of the clock; the scheme allows 300 s.",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let arguments = format!("--scheme svix --secret {SECRET} --now {now}");
        let (word, hint) = hints(&format!("hint-time-{at}"), BODY, &arguments);
        assert_eq!(word, outcome);
        assert_eq!(
            hint,
            format!("{text} To verify it as of then, use --now {NOW}")
        );
    }
}

/// Signs and verifies the body with these arguments; returns what `verify` prints.
fn verified(test: &str, signs: &str, verifies: &str) -> String {
    let folder = Folder::new(test);
    folder.write("body", BODY);
    let line = format!("sign --secret {SECRET} {signs} body");
    folder.write("headers", folder.run(&split(&line)).stdout);
    let line = format!("verify --secret {SECRET} -H @headers {verifies} body");
    let run = folder.run(&split(&line));
    assert_eq!(run.code, 1, "{run:?}");
    run.stdout
}

#[test]
fn each_thing_that_differs_is_found_out() {
    let late = NOW + 30_000;
    let square = "--scheme square --url https://h.example/a";
    for (test, signs, verifies, text) in [
        (
            "hint-json-time",
            "--scheme linear",
            &*format!("--scheme linear --now {late}"),
            "30000 s ago; the scheme allows 28800 s. To verify it as of then, use --now 1700000000",
        ),
        (
            "hint-basic",
            "--scheme marqeta --basic a:b",
            "--scheme marqeta --basic a:c",
            "The signature is valid, but the HTTP Basic credentials",
        ),
        (
            "hint-url",
            &*format!("{square}/"),
            square,
            "The signature is valid with --url https://h.example/a/",
        ),
    ] {
        let printed = verified(test, signs, verifies);
        assert!(printed.contains(text), "{text}: {printed}");
    }
}
