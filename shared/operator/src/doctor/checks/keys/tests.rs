use super::*;
use crate::doctor::finding::Severity;

fn endpoint(scheme: &str) -> Endpoint {
    Endpoint::from_json(&format!(r#"{{"name":"billing","scheme":"{scheme}"}}"#)).unwrap()
}

fn now() -> Timestamp {
    "2026-11-22T05:00:00Z".parse().unwrap()
}

fn of(scheme: &str, secret: &str) -> Vec<Finding> {
    let ring = KeyRing::from_versions(secret, None).unwrap();
    judge(&endpoint(scheme), &ring, now())
}

/// Long enough for any scheme that takes text.
const GOOD: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn a_good_key_is_enough() {
    let found = of("github", GOOD);
    assert_eq!(found, [Finding::ok("billing", "1 key")]);
}

#[test]
fn a_handshake_that_was_left_on_is_remembered() {
    let config = r#"{"name":"a","scheme":"asana","handshake":true}"#;
    let ring = KeyRing::from_versions(GOOD, None).unwrap();
    let found = judge(&Endpoint::from_json(config).unwrap(), &ring, now());
    assert!(found[0].finding.contains("handshake is on"), "{found:?}");
    assert_eq!(found.len(), 2);
}

#[test]
fn one_that_the_scheme_cannot_read_is_never_used() {
    let found = of("standard-webhooks", "whsec_!!!");
    assert_eq!(found[0].subject, "billing, key current");
    assert_eq!(found[0].verdict, Severity::Bad);
    assert!(found[1].finding.contains("no valid key") && found[1].loss);
    assert!(!format!("{found:?}").contains("!!!"));
}

#[test]
fn one_that_is_short_is_used_and_told() {
    let found = of("github", "short");
    let verdicts: Vec<Severity> = found.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Severity::Warn, Severity::Ok]);
}

#[test]
fn one_that_a_rotation_has_given_an_end_is_not_told_again() {
    let old = r#"{"id":"a","secret":"short","not_after":"2026-12-28T00:00:00Z"}"#;
    let found = of(
        "github",
        &format!(r#"{{"keys":[{{"id":"b","secret":"{GOOD}"}},{old}]}}"#),
    );
    assert_eq!(found, [Finding::ok("billing", "2 keys")]);
}

#[test]
fn the_last_key_is_not_to_end_unnoticed() {
    let keys = |first: &str, second: &str| {
        format!(
            r#"{{"keys":[{{"id":"b","secret":"{GOOD}"{first}}},{{"id":"a","secret":"{GOOD}1"{second}}}]}}"#
        )
    };
    let ends = |at: &str| format!(r#","not_after":"{at}""#);
    let (past, soon, late) = (
        ends("2026-11-21T00:00:00Z"),
        ends("2026-11-28T00:00:00Z"),
        ends("2026-12-28T00:00:00Z"),
    );
    for (first, second, verdict, loss) in [
        ("", soon.as_str(), Severity::Ok, false),
        (&late, &soon, Severity::Ok, false),
        (&soon, &past, Severity::Warn, true),
        (&past, &past, Severity::Bad, true),
    ] {
        let found = of("github", &keys(first, second));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].verdict, found[0].loss),
            (verdict, loss),
            "{first} {second}"
        );
    }
    let findings = of("github", &keys(&ends("2026-11-25T00:00:00Z"), &soon));
    assert!(
        findings[0].finding.contains("2026-11-28T00:00:00.000Z"),
        "{findings:?}"
    );
}

#[test]
fn a_token_for_challenges_is_no_key_for_deliveries() {
    let found = of(
        "github",
        &format!(r#"{{"keys":[{{"id":"page","secret":"{GOOD}","use":"challenge"}}]}}"#),
    );
    assert!(found[0].finding.contains("no valid key"), "{found:?}");
}

#[test]
fn a_scheme_that_cannot_be_used_is_told_first() {
    let ring = KeyRing::from_versions(GOOD, None).unwrap();
    let found = judge(&endpoint("unknown"), &ring, now());
    assert!(
        found[0].loss && found[0].finding.contains("its scheme"),
        "{found:?}"
    );
}

#[test]
fn an_unreadable_secret_is_bad_and_a_forbidden_one_only_unseen() {
    let forbidden = StoreError::Permanent {
        operation: "secretsmanager:GetSecretValue",
        source: "AccessDeniedException: no".into(),
    };
    let found = unread(&endpoint("github"), &forbidden);
    assert_eq!((found.verdict, found.loss), (Severity::Warn, false));
    let not_checked = not_checked(&endpoint("github"));
    assert_eq!(
        (not_checked.verdict, not_checked.loss),
        (Severity::Warn, false)
    );
    assert!(
        not_checked
            .finding
            .contains("not looked at: needs the policy verify")
    );
    for (permanent, code, is) in [
        (true, Some(None), true),
        (true, Some(Some("ResourceNotFoundException")), true),
        (true, Some(Some("AccessDeniedException")), false),
        (false, Some(None), false),
        (true, None, false),
    ] {
        assert_eq!(is_stacks_fault(permanent, code), is, "{code:?}");
    }
}

#[test]
fn an_issuers_keys_are_not_put_by_hand() {
    let config = r#"{"name":"pubsub","scheme":"google-pubsub","jwt":{"audience":["hooks"],"claims":{"email":"e"}}}"#;
    let ring = KeyRing::from_versions("no key", None).unwrap();
    let found = judge(&Endpoint::from_json(config).unwrap(), &ring, now());
    assert_eq!(found.len(), 2, "{found:?}");
    for finding in found {
        let shown = format!("{finding:?}");
        assert!(shown.contains("coatcheck logs watch"), "{shown}");
        assert!(!shown.contains("rotate-key"), "{shown}");
    }
}
