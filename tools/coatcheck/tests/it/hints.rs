//! What `verify` says to a person whose delivery is not accepted.

use crate::{
    provider::{BODY, NOW, SECRET},
    run::{Folder, words},
};

/// The hints for a delivery of Standard Webhooks after a change of the arguments.
fn hints(test: &str, body: &str, arguments: &str) -> (String, String) {
    let folder = Folder::new(test);
    folder.write("body", BODY);
    folder.write("sent", body);
    let sign = format!("sign --scheme svix --secret {SECRET} --now {NOW} -H svix-id:msg_1 body");
    folder.write("headers", folder.run(&words(&sign)).stdout);
    let run = folder.run(&words(&format!(
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
            "Is it the secret of this very endpoint?",
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
    let (outcome, told) = hints(
        "hint-preset",
        BODY,
        &format!("--scheme github --secret {SECRET} --now {NOW}"),
    );
    assert_eq!(outcome, "signature_missing");
    assert!(told.contains("reads the header x-hub-signature-256; it is not there. Similar and given: svix-signature."), "{told}");
    assert!(
        told.contains("good under the preset svix") || told.contains("good under the presets"),
        "{told}"
    );
    let folder = Folder::new("hint-key");
    folder.write("body", BODY);
    let line = format!("sign --scheme github --secret {SECRET} body");
    folder.write("headers", folder.run(&words(&line)).stdout);
    folder.write("hex.json", r#"{"kind":"hmac","hash":"sha256","signature":{"headers":["x-hub-signature-256"],"grammar":"whole","prefix":"sha256=","encoding":"hex"},"key":{"decode":"hex"},"content":[{"body":true}]}"#);
    let run = folder.run(&words(&format!(
        "verify --scheme hex.json --secret {SECRET} -H @headers body"
    )));
    assert!(
        run.stdout
            .contains("if the secret is taken as its UTF-8 bytes"),
        "{run:?}"
    );
    folder.write("quoted", format!("\"{SECRET}\"\n"));
    let run = folder.run(&words(
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
        let (word, told) = hints(&format!("hint-time-{at}"), BODY, &arguments);
        assert_eq!(word, outcome);
        assert_eq!(told, format!("{text} To judge it as of then: --now {NOW}"));
    }
}

/// A time inside the body is found by the same way.
#[test]
fn a_stale_time_in_the_body_is_told_too() {
    let folder = Folder::new("hint-json-time");
    folder.write("body", BODY);
    let line = format!("sign --scheme linear --secret {SECRET} body");
    folder.write("headers", folder.run(&words(&line)).stdout);
    let line = format!(
        "verify --scheme linear --secret {SECRET} --now {} -H @headers body",
        NOW + 30_000
    );
    let run = folder.run(&words(&line));
    assert!(
        run.stdout.contains(
            "30000 s ago; the scheme allows 28800 s. To judge it as of then: --now 1700000000"
        ),
        "{run:?}"
    );
}

#[test]
fn credentials_beside_a_good_signature_are_told_apart_from_it() {
    let folder = Folder::new("hint-basic");
    folder.write("body", BODY);
    let line = format!("sign --scheme marqeta --secret {SECRET} --basic a:b body");
    folder.write("headers", folder.run(&words(&line)).stdout);
    let line = format!("verify --scheme marqeta --secret {SECRET} --basic a:c -H @headers body");
    let run = folder.run(&words(&line));
    assert!(
        run.code == 1
            && run
                .stdout
                .contains("The signature is good; the HTTP Basic credentials"),
        "{run:?}"
    );
}

#[test]
fn a_url_that_differs_by_a_slash_is_found_out() {
    let folder = Folder::new("hint-url");
    folder.write("body", BODY);
    let line = format!("sign --scheme square --secret {SECRET} --url https://h.example/a/ body");
    folder.write("headers", folder.run(&words(&line)).stdout);
    let line = format!(
        "verify --scheme square --secret {SECRET} --url https://h.example/a -H @headers body"
    );
    let run = folder.run(&words(&line));
    assert!(
        run.stdout
            .contains("The signature is good with --url https://h.example/a/"),
        "{run:?}"
    );
}
