//! Neither a secret nor the right signature is ever shown by `verify`.

use crate::{
    provider::{self, BODY},
    run::{Folder, Run},
};

/// The signature itself, without the text around it.
fn core(value: &str) -> &str {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || "+/_-".contains(c);
    let runs = value.split(|c: char| !is_inside(c));
    runs.max_by_key(|run| run.len()).unwrap()
}

fn holds(run: &Run, text: &str) -> bool {
    run.stdout.contains(text) || run.stderr.contains(text)
}

#[test]
fn a_wrong_body_tells_neither_the_secret_nor_the_right_signature() {
    let folder = Folder::new("silence");
    folder.write("body", BODY);
    // Each of the hints that try another body has something to find.
    let others = [
        format!("{BODY}\n"),
        BODY.replace(',', ", "),
        BODY.replace("evt_1", "evt_2"),
    ];
    for (at, other) in others.iter().enumerate() {
        folder.write("other", other);
        for provider in provider::all()
            .iter()
            .filter(|provider| provider.has_a_mac())
        {
            let sent = folder.run(&provider.signs("body"));
            let right = folder.run(&provider.signs("other"));
            let mut signatures = right
                .stdout
                .lines()
                .filter(|line| !sent.stdout.contains(line))
                .map(|line| core(line.split_once(": ").unwrap().1))
                .peekable();
            assert!(signatures.peek().is_some(), "{}", provider.name);
            let signatures: Vec<_> = signatures.collect();
            for json in [None, Some("--json")] {
                let mut args = provider.verifies("other");
                args.extend(json.map(str::to_owned));
                let run = folder.run_with(&args, sent.stdout.as_bytes(), None);
                assert_eq!(run.code, 1, "{} {at}: {run:?}", provider.name);
                for text in signatures.iter().chain([&provider.private.as_str()]) {
                    assert!(
                        !holds(&run, text),
                        "{} {at}: {text}: {run:?}",
                        provider.name
                    );
                }
            }
        }
    }
}

#[test]
fn no_mistake_in_an_argument_repeats_a_secret() {
    const CANARY: &str = "canary-0123456789";
    let folder = Folder::new("canary");
    folder.write("body", BODY);
    folder.write("secret", CANARY);
    folder.write("headers", format!("x: y\n{CANARY}\n"));
    for line in [
        format!("verify --scheme discord --secret {CANARY} body"),
        "verify --scheme discord --secret-file secret body".to_owned(),
        format!("verify --scheme standard-webhooks --secret {CANARY}! body"),
        format!("verify --scheme nope --secret {CANARY} body"),
        format!("verify --scheme github --secret {CANARY} nope"),
        format!("verify --scheme github --secret {CANARY} --nope body"),
        format!("verify --scheme github --secret {CANARY} --header {CANARY} body"),
        format!("verify --scheme github --secret {CANARY} --header @headers body"),
        format!("verify --scheme marqeta --secret {CANARY} --basic {CANARY} body"),
        format!("verify --scheme treasury-prime --secret {CANARY} body"),
        format!("verify --scheme treasury-prime --basic {CANARY} body"),
        format!("sign --scheme discord --secret {CANARY} body"),
        format!("sign --scheme sendgrid --secret {CANARY} body"),
        format!("sign --scheme github --secret {CANARY} --param {CANARY} body"),
        format!("sign --scheme mailgun --secret {CANARY} body"),
    ] {
        let run = folder.run(&crate::run::split(&line));
        assert_eq!(run.code, 2, "{line}: {run:?}");
        assert!(!holds(&run, CANARY), "{line}: {run:?}");
    }
    for help in ["verify", "sign"] {
        let run = folder.run_with(&[help, "--help"], b"", Some(CANARY));
        assert!(run.code == 0 && !holds(&run, CANARY), "{run:?}");
    }
}

/// A secret that is shown by its own scheme's header is none that `verify` repeats.
#[test]
fn a_token_that_does_not_match_is_not_repeated() {
    let folder = Folder::new("token");
    folder.write("body", BODY);
    let line = "verify --scheme gitlab-token --secret right-token-0123 -H X-Gitlab-Token:wrong-token-4567 body";
    let run = folder.run(&crate::run::split(line));
    assert_eq!(run.code, 1);
    assert!(
        !holds(&run, "right-token-0123") && !holds(&run, "wrong-token-4567"),
        "{run:?}"
    );
}
