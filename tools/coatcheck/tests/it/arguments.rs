//! Exit codes, and what an argument may be.

use crate::{
    provider::{BODY, SECRET},
    run::{Folder, Run, split},
};

fn folder(test: &str) -> Folder {
    let folder = Folder::new(test);
    folder.write("body", BODY);
    folder.write("secret", SECRET);
    let line = "sign --scheme github --secret-file secret body";
    let signed = folder.run(&split(line));
    folder.write("headers", signed.stdout);
    folder
}

/// What a command line must end with, and must print.
fn says(folder: &Folder, line: &str, code: i32, text: &str) {
    ends(&folder.run(&split(line)), code, text);
}

fn ends(run: &Run, code: i32, text: &str) {
    let all = format!("{}{}", run.stdout, run.stderr);
    assert!(
        run.code == code && all.contains(text),
        "{code} {text}: {run:?}"
    );
}

#[test]
fn what_is_wrong_with_an_argument_is_named() {
    let folder = folder("wrong");
    folder.write("bad.json", r#"{"kind":"hmac","hash":"md5"}"#);
    folder.write("sha1.json", r#"{"kind":"hmac","hash":"sha1","signature":{"headers":["a"],"grammar":"whole","encoding":"hex"},"content":[{"body":true}]}"#);
    for case in [
        "verify --scheme githob --secret-file secret body => Did you mean github?\nPresets: adyen,",
        "verify --scheme bad.json --secret-file secret body => bad.json: hash: unknown variant",
        "verify --scheme sha1.json --secret-file secret body => hash: sha1 is broken",
        "verify --scheme none.json --secret-file secret body => none.json cannot be read",
        "verify --scheme github --secret-file secret none => none cannot be read",
        "verify --scheme github --secret-file none body => none cannot be read",
        "verify --scheme github body => give the secret: --secret",
        "verify --scheme github --secret-file secret => give the file of the body",
        "verify --scheme github --secret-file secret -H nocolon body => --header number 1 has no colon",
        "verify --scheme github --secret-file secret -H @- - => standard input can be read only once",
        "verify --scheme github --secret= body => secret 1 (--secret): the secret is empty",
        "verify --scheme airtable --secret ! body => the key is not base64, as the scheme's key.decode states",
        "verify --scheme square --secret-file secret body => square signs the endpoint's URL: give it with --url",
        "verify --scheme square --secret-file secret --url nope body => \"nope\" is not a plain URL",
        "verify --scheme plaid --secret-file secret body => a token names its key: give each secret its --secret-id",
        "verify --scheme github --secret-file secret --secret-id a --secret-id b body => more --secret-id than secrets",
        "verify --scheme marqeta --secret-file secret body => give --basic",
        "verify --scheme github --secret-file secret --now yesterday body => --now",
        "sign --scheme svix --secret-file secret body => the scheme signs something that you did not give: --header 'svix-id: ...'",
        "sign --scheme adyen --secret-file secret body => signs inside the body",
        "schemes nope => no preset \"nope\"",
        "check none.json => none.json cannot be read",
        "cost --events 10M --size 5MB => size: the standard lane takes 1 to 4500000 bytes; the direct lane takes up to",
        "cost --events 10M --lane direct --front http => an HTTP API cannot write to S3",
        "cost --events 10M --prices none.json => none.json cannot be read",
    ] {
        let (line, text) = case.split_once(" => ").unwrap();
        says(&folder, line, 2, text);
    }
    let nine = "--secret-file secret ".repeat(9);
    let line = format!("verify --scheme github {nine}body");
    says(&folder, &line, 2, "9 secrets: an endpoint has at most 8");
}

/// What the stack's secret may hold: `verify` reads its arguments by the same function.
#[test]
fn a_text_is_judged_as_the_stack_judges_it() {
    let folder = folder("stacks-secret");
    let judge = |text: &str| {
        folder.write("given", text);
        let headers = "-H @headers -H x-github-delivery:1 -H x-github-event:push";
        let line = format!("verify --scheme github --secret-file given {headers} body");
        folder.run(&split(&line))
    };
    for good in [
        format!("{SECRET}\n\n"),
        format!("{SECRET}\r"),
        format!("\u{feff}{SECRET}\r\n"),
        format!(
            r#"{{"keys":[{{"id":"a","secret":"another secret of some bytes"}},{{"id":"b","secret":"{SECRET}"}}]}}"#
        ),
    ] {
        ends(&judge(&good), 0, "valid");
    }
    let ended = format!(
        r#"{{"keys":[{{"id":"a","secret":"{SECRET}","not_after":"2023-01-01T00:00:00Z"}}]}}"#
    );
    ends(&judge(&ended), 2, "key_missing");
    ends(
        &judge("{plain"),
        2,
        "If the provider's secret itself begins with {",
    );
    let line = "verify --scheme github --secret-file given --secret-id a -H @headers body";
    says(&folder, line, 1, "signature_mismatch");
    ends(&judge("\n"), 2, "the secret is empty");
    folder.write("latin", b"caf\xe9 and some more bytes");
    let line = "verify --scheme github --secret-file latin -H @headers body";
    says(&folder, line, 2, "is not UTF-8");
    ends(&judge(&format!("\"{SECRET}\"")), 1, "is in quotes");
}

#[test]
fn a_signed_parameter_that_is_missing_is_named() {
    let folder = folder("param");
    folder.write("kv.json", r#"{"kind":"hmac","hash":"sha256","signature":{"headers":["a"],"grammar":"kv","sig_keys":["s"],"encoding":"hex"},"content":[{"param":"n"},{"lit":"."},{"body":true}]}"#);
    let line = "sign --scheme kv.json --secret-file secret body";
    says(&folder, line, 2, "did not give: --param 'n=...'");
    says(&folder, &format!("{line} --param n=5"), 0, "a: n=5,s=");
    says(
        &folder,
        &format!("{line} --param n=5.5"),
        2,
        "contains the text that separates it",
    );
}

#[test]
fn a_secret_comes_by_file_by_argument_or_by_the_environment() {
    let folder = folder("secrets");
    let judge = |args: &str, variable: Option<&str>| {
        let line = format!(
            "verify --scheme github -H @headers -H x-github-delivery:1 -H x-github-event:push {args}body"
        );
        folder.run_with(&split(&line), b"", variable)
    };
    let wrong = "another secret of enough bytes";
    folder.write("line", format!("{SECRET}\r\n"));
    let once = format!("--secret {SECRET} ");
    let second = format!("--secret other --secret {SECRET} ");
    let named = "--secret other --secret-file secret --secret-id a --secret-id b ";
    for (args, variable, code, text) in [
        (&*once, None, 0, "1 (--secret)"),
        ("--secret-file line ", None, 0, "1 (--secret-file line)"),
        ("", Some(SECRET), 0, "1 (COATCHECK_SECRET)"),
        (&second, None, 0, "2 (--secret)"),
        (named, None, 0, "b (--secret-file secret)"),
        // An argument goes before the environment.
        (
            "--secret-file secret ",
            Some(wrong),
            0,
            "1 (--secret-file secret)",
        ),
        ("--secret other ", Some(SECRET), 1, "signature_mismatch"),
        // A short secret is a warning; one that begins with a dash is a secret too.
        (
            "--secret -short ",
            None,
            1,
            "warning: secret 1 (--secret): the key has 6 bytes",
        ),
    ] {
        ends(&judge(args, variable), code, text);
    }
}

#[test]
fn a_header_given_twice_is_there_twice_and_its_value_is_kept() {
    let folder = folder("twice");
    let line = "verify --scheme github --secret-file secret -H @headers -H @headers body";
    says(
        &folder,
        line,
        1,
        "Given more than once: x-hub-signature-256",
    );
    let signed = folder.run(&split("sign --scheme github --secret-file secret body"));
    let value = signed.stdout.trim().split_once(' ').unwrap().1.to_owned();
    let args = |header: String| {
        let mut args = split("verify --scheme github --secret-file secret -H");
        args.extend([header, "body".to_owned()]);
        args
    };
    let run = folder.run(&args(format!("X-HUB-Signature-256:{value}")));
    ends(&run, 0, "valid");
    let run = folder.run(&args(format!("x-hub-signature-256:  {value}")));
    ends(&run, 1, "signature_malformed");
}

#[test]
fn the_body_is_bytes_and_may_come_by_standard_input() {
    let folder = folder("stdin");
    let body = b"\x00\xff\r\n\xc3(";
    let signed = folder.run_with(
        &split("sign --scheme github --secret-file secret -"),
        body,
        None,
    );
    folder.write("headers", signed.stdout);
    let line = split("verify --scheme github --secret-file secret -H @headers -");
    ends(&folder.run_with(&line, body, None), 0, "valid");
    let run = folder.run_with(&line, b"\x00\xff\r\n\xc3)", None);
    ends(&run, 1, "  \\0\\xff\\r\\n\n  \\xc3)\n");
}

#[test]
fn check_tells_a_good_scheme_from_a_bad_one() {
    let folder = folder("check");
    folder.write("bad.json", r#"{"kind":"token","header":"X-Token"}"#);
    ends(
        &folder.run(&["check", "bad.json"]),
        1,
        "field    header\n  problem  \"X-Token\" is not a lower-case",
    );
    let run = folder.run(&["check", "--json", "bad.json"]);
    assert_eq!(
        (run.code, run.json()["field"].as_str()),
        (1, Some("header"))
    );
    let good = br#"{"kind":"twilio"}"#;
    let run = folder.run_with(&["check", "-"], good, None);
    ends(&run, 0, "url               signed: set url");
    ends(&run, 0, "warning           two deliveries with equal bytes");
    ends(&run, 0, "set dedupe_window_s on the endpoint");
    let named = br#"{"kind":"token","header":"x-token","event":{"id":{"json":"/id"}}}"#;
    let run = folder.run_with(&["check", "--json", "-"], named, None);
    assert_eq!((run.code, run.json().get("warning")), (0, None));
    ends(&folder.run_with(&["check", "-"], b"{", None), 1, "not JSON");
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        ends(
            &folder("completions").run(&["completions", shell]),
            0,
            "verify",
        );
    }
}
