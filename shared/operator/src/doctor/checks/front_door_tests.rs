use super::*;
use crate::doctor::finding::Severity;

fn door(mtls: bool, default_endpoint: bool) -> FrontDoor {
    FrontDoor {
        domain: "hooks.example.com".to_owned(),
        default_endpoint,
        mtls,
        certificate_arn: "arn:aws:acm:eu-central-1:1:certificate/c".to_owned(),
        zone_id: Some("Z1".to_owned()),
        target: "d-1.execute-api.eu-central-1.amazonaws.com".to_owned(),
    }
}

fn now() -> Timestamp {
    "2026-11-22T05:00:00Z".parse().unwrap()
}

fn issued(end: &str) -> CertificateState {
    CertificateState {
        status: "ISSUED".to_owned(),
        failure: None,
        not_after: end.parse().ok(),
        imported: false,
        renewal: None,
        unproven: Vec::new(),
    }
}

#[test]
fn a_certificate_that_ends_soon_is_told_in_time() {
    let judged =
        |state: &CertificateState| judge_certificate(&door(true, false), Some(state), now());
    for (end, verdict, says) in [
        ("2027-11-22T05:00:00Z", Severity::Ok, "good for 365 d"),
        ("2026-12-12T05:00:00Z", Severity::Warn, "good for 20 d"),
        ("2026-11-20T05:00:00Z", Severity::Bad, "expired 2 d ago"),
    ] {
        let found = judged(&issued(end));
        assert_eq!(found.verdict, verdict, "{found:?}");
        assert!(found.finding.contains(says), "{found:?}");
        assert_eq!(found.loss, verdict != Severity::Ok);
    }
    let imported = CertificateState {
        imported: true,
        ..issued("2026-12-12T05:00:00Z")
    };
    assert!(
        judged(&imported)
            .remedy
            .unwrap()
            .contains("import a new one")
    );
    let stuck = CertificateState {
        renewal: Some("PENDING_VALIDATION".to_owned()),
        ..issued("2027-01-12T05:00:00Z")
    };
    let stuck = judged(&stuck);
    assert_eq!(stuck.verdict, Severity::Warn);
    assert!(stuck.finding.contains("renewal is PENDING_VALIDATION"));
}

#[test]
fn a_certificate_that_is_none_says_why() {
    let with = |status: &str| CertificateState {
        status: status.to_owned(),
        failure: Some("CAA_ERROR".to_owned()),
        unproven: vec!["hooks.example.com".to_owned()],
        ..issued("")
    };
    for (state, says) in [
        (None, "no certificate arn:aws:acm"),
        (
            Some(with("PENDING_VALIDATION")),
            "hooks.example.com is not proven",
        ),
        (Some(with("FAILED")), "FAILED (CAA_ERROR)"),
    ] {
        let found = judge_certificate(&door(true, false), state.as_ref(), now());
        assert_eq!((found.verdict, found.loss), (Severity::Bad, true));
        assert!(found.finding.contains(says), "{found:?}");
    }
}

#[test]
fn a_domain_is_available_or_says_what_it_waits_for() {
    let state = |status: &str, mtls| DomainState {
        status: (!status.is_empty()).then(|| status.to_owned()),
        message: Some("m".to_owned()),
        mtls,
        truststore_warnings: Vec::new(),
    };
    for (state, verdict) in [
        (Some(state("AVAILABLE", true)), Severity::Ok),
        (Some(state("", true)), Severity::Ok),
        (Some(state("UPDATING", true)), Severity::Warn),
        (
            Some(state("PENDING_OWNERSHIP_VERIFICATION", true)),
            Severity::Bad,
        ),
        // Anyone could change it by hand.
        (Some(state("AVAILABLE", false)), Severity::Bad),
        (None, Severity::Bad),
    ] {
        let found = judge_domain(&door(true, false), state.as_ref());
        assert_eq!(found[0].verdict, verdict, "{found:?}");
        assert_eq!(found.len(), 1);
    }
    let warned = DomainState {
        truststore_warnings: vec!["CN=old has expired".to_owned()],
        ..state("AVAILABLE", true)
    };
    let found = judge_domain(&door(true, false), Some(&warned));
    assert_eq!((found.len(), found[1].verdict), (2, Severity::Warn));
    assert!(found[1].finding.contains("CN=old has expired"));
}

#[test]
fn the_domain_leads_where_its_target_does() {
    let set = |all: &[&str]| all.iter().map(|one| one.parse().unwrap()).collect();
    let (ours, others) = (set(&["192.0.2.1", "2001:db8::1"]), set(&["198.51.100.1"]));
    let door = door(false, true);
    for (ours, targets, verdict) in [
        (&ours, &set(&["192.0.2.1", "192.0.2.2"]), Severity::Ok),
        (&ours, &others, Severity::Warn),
        (&ours, &set(&[]), Severity::Warn),
        (&set(&[]), &others, Severity::Bad),
    ] {
        let found = judge_addresses(&door, ours, targets);
        assert_eq!(found.verdict, verdict, "{found:?}");
    }
}

#[test]
fn the_default_endpoint_is_as_it_was_set() {
    for (mtls, wanted, open, verdict, loss) in [
        (false, true, Some(true), Severity::Ok, false),
        (true, false, Some(false), Severity::Ok, false),
        (true, true, Some(true), Severity::Warn, false),
        (true, false, Some(true), Severity::Bad, false),
        (false, true, Some(false), Severity::Bad, true),
        (false, true, None, Severity::Bad, true),
    ] {
        let found = judge_default(&door(mtls, wanted), open);
        assert_eq!((found.verdict, found.loss), (verdict, loss), "{found:?}");
    }
}
