//! What `sign` makes, `verify` takes.

use crate::{
    provider::{self, BODY},
    run::Folder,
};

#[test]
fn every_preset_that_can_be_signed_comes_back_valid_and_no_other_body_does() {
    let folder = Folder::new("round-trip");
    folder.write("body", BODY);
    folder.write("other", BODY.replace("evt_1", "evt_2"));
    let all = provider::all();
    assert!(all.len() > 50);
    for provider in all {
        let name = provider.name;
        let signed = folder.run(&provider.signs("body"));
        assert_eq!(signed.code, 0, "{name}: {signed:?}");
        let judge = |body| {
            let mut args = provider.verifies(body);
            args.push("--json".to_owned());
            folder.run_with(&args, signed.stdout.as_bytes(), None)
        };
        let same = judge("body");
        assert_eq!(
            (same.code, same.outcome().as_str()),
            (0, "valid"),
            "{name}: {same:?}"
        );
        assert_eq!(same.json()["scheme"], name);
        let other = judge("other");
        if provider.signs_the_body() {
            assert_eq!(other.code, 1, "{name}: {other:?}");
            let outcome = other.outcome();
            assert!(["signature_mismatch", "digest_mismatch"].contains(&outcome.as_str()));
        } else {
            assert_eq!(other.code, 0, "{name}: {other:?}");
        }
    }
}

#[test]
fn the_headers_of_sign_are_headers_for_curl_too() {
    let folder = Folder::new("curl");
    folder.write("body", BODY);
    let args = [
        "sign",
        "--scheme",
        "svix",
        "--secret",
        provider::SECRET,
        "--now",
        "1700000000",
        "--header",
        "Svix-Id:msg_1",
        "body",
    ];
    let signed = folder.run(&args);
    let lines: Vec<_> = signed.stdout.lines().collect();
    assert_eq!(lines[..2], ["svix-id: msg_1", "svix-timestamp: 1700000000"]);
    assert!(lines[2].starts_with("svix-signature: v1,"));
    let mut args = args.to_vec();
    args.push("--json");
    let json = folder.run(&args).json();
    assert_eq!(json["headers"][0]["name"], "svix-id");
    assert_eq!(json["headers"][1]["value"], "1700000000");
}
