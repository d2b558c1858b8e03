//! With certificates as a client would show them, made here.

use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName as Name, DnType, DnValue, KeyPair,
    SanType, date_time_ymd,
};

use super::*;

const NOW: &str = "2026-11-21T21:00:00Z";

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// Valid in 2026, of the subject `CN=client,OU=Hooks,O=Acme,C=US`, with these names, and with changes.
fn made(names: Vec<SanType>, change: impl FnOnce(&mut CertificateParams)) -> String {
    let mut params = CertificateParams::default();
    let mut subject = Name::new();
    for (kind, value) in [
        (DnType::CountryName, "US"),
        (DnType::OrganizationName, "Acme"),
        (DnType::OrganizationalUnitName, "Hooks"),
        (DnType::CommonName, "client"),
    ] {
        subject.push(kind, value);
    }
    params.distinguished_name = subject;
    params.subject_alt_names = names;
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2026, 12, 31);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().pem()
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn endpoint(more: &str) -> Endpoint {
    Endpoint::from_json(&format!(r#"{{"name":"a","scheme":"github"{more}}}"#)).unwrap()
}

fn of(demand: &str, pem: &str) -> Result<(), CertificateRefused> {
    let endpoint = endpoint(&format!(r#","mtls":{demand}"#));
    judge_certificate(&endpoint, Some(pem), at(NOW))
}

const MISMATCH: Result<(), CertificateRefused> = Err(CertificateRefused::Mismatch);
const UNREADABLE: Result<(), CertificateRefused> = Err(CertificateRefused::Unreadable);

#[test]
fn a_subject_is_compared_attribute_by_attribute() {
    let pem = made(vec![], |_| {});
    for (subject, expected) in [
        ("CN=client,OU=Hooks,O=Acme,C=US", Ok(())),
        ("cn=client, ou=Hooks, o=Acme, c=US", Ok(())),
        // The order in the certificate, which `openssl` shows without -nameopt.
        ("C=US,O=Acme,OU=Hooks,CN=client", MISMATCH),
        ("CN=client", MISMATCH),
        ("CN=client,OU=Hooks,O=ACME,C=US", MISMATCH),
    ] {
        let demand = format!(r#"{{"subject":["{subject}"]}}"#);
        assert_eq!(of(&demand, &pem), expected, "{subject}");
    }
}

#[test]
fn text_is_text_whatever_its_type() {
    for value in [
        DnValue::Utf8String("Lučić, Inc.".to_owned()),
        DnValue::PrintableString("Lucic, Inc.".try_into().unwrap()),
        // It is no text beyond doubt.
        DnValue::BmpString("Lucic, Inc.".try_into().unwrap()),
    ] {
        let readable = !matches!(value, DnValue::BmpString(_));
        let expected = if matches!(value, DnValue::Utf8String(_)) {
            r"Lučić\\, Inc."
        } else {
            r"Lucic\\, Inc."
        };
        let pem = made(vec![], |params| {
            let mut subject = Name::new();
            subject.push(DnType::OrganizationName, value);
            params.distinguished_name = subject;
        });
        let demand = format!(r#"{{"subject":["O={expected}"]}}"#);
        assert_eq!(of(&demand, &pem).is_ok(), readable, "{demand}");
    }
}

#[test]
fn names_are_compared_whole_and_by_kind() {
    let pem = made(
        vec![
            dns("Hooks.acme.example"),
            dns("*.wild.example"),
            SanType::URI("spiffe://acme/hooks".try_into().unwrap()),
            SanType::Rfc822Name("ops@acme.example".try_into().unwrap()),
            SanType::IpAddress("192.0.2.1".parse().unwrap()),
            SanType::IpAddress("2001:db8::1".parse().unwrap()),
        ],
        |_| {},
    );
    for (name, expected) in [
        ("dns:hooks.ACME.example", Ok(())),
        ("dns:*.wild.example", Ok(())),
        ("uri:spiffe://acme/hooks", Ok(())),
        ("email:ops@acme.example", Ok(())),
        ("ip:192.0.2.1", Ok(())),
        ("ip:2001:db8:0:0::1", Ok(())),
        ("dns:a.wild.example", MISMATCH),
        ("dns:acme.example", MISMATCH),
        ("dns:client", MISMATCH),
        ("uri:spiffe://acme/HOOKS", MISMATCH),
        ("email:hooks.acme.example", MISMATCH),
        ("ip:192.0.2.2", MISMATCH),
    ] {
        let demand = format!(r#"{{"san":["{name}"]}}"#);
        assert_eq!(of(&demand, &pem), expected, "{name}");
    }
}

#[test]
fn without_the_extension_there_are_no_names() {
    let pem = made(vec![], |_| {});
    assert_eq!(of(r#"{"san":["dns:client"]}"#, &pem), MISMATCH);
}

/// A subject alternative name of one host, as DER.
fn names_of(host: &[u8]) -> CustomExtension {
    let length = u8::try_from(host.len()).unwrap();
    let mut der = vec![0x30, length + 2, 0x82, length];
    der.extend(host);
    CustomExtension::from_oid_content(&[2, 5, 29, 17], der)
}

#[test]
fn a_byte_of_zero_ends_no_name() {
    let pem = made(vec![], |params| {
        params.custom_extensions = vec![names_of(b"acme.example\0.evil.example")];
    });
    assert_eq!(of(r#"{"san":["dns:acme.example"]}"#, &pem), MISMATCH);
    let plain = made(vec![], |params| {
        params.custom_extensions = vec![names_of(b"acme.example")];
    });
    assert_eq!(of(r#"{"san":["dns:acme.example"]}"#, &plain), Ok(()));
}

#[test]
fn an_extension_that_occurs_twice_is_unreadable() {
    let pem = made(vec![], |params| {
        params.custom_extensions = vec![names_of(b"a.example"), names_of(b"acme.example")];
    });
    for demand in [
        r#"{"san":["dns:a.example"]}"#,
        r#"{"san":["dns:acme.example"]}"#,
    ] {
        assert_eq!(of(demand, &pem), UNREADABLE);
    }
}

#[test]
fn a_fingerprint_is_that_of_the_whole_certificate() {
    let pem = made(vec![], |_| {});
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let digest = CertificateDigest::of(&der).to_string();
    let demand = |digest: &str| format!(r#"{{"fingerprint":["{digest}"]}}"#);
    assert_eq!(of(&demand(&digest), &pem), Ok(()));
    assert_eq!(of(&demand(&digest.to_uppercase()), &pem), Ok(()));
    // Another certificate of the same subject.
    assert_eq!(of(&demand(&digest), &made(vec![], |_| {})), MISMATCH);
}

#[test]
fn a_certificate_has_its_time() {
    let endpoint = endpoint(r#","mtls":{"san":["dns:a.example"]}"#);
    let pem = made(vec![dns("a.example")], |_| {});
    for (now, expected) in [
        ("2025-12-31T23:59:59Z", Err(CertificateRefused::NotYetValid)),
        ("2026-01-01T00:00:00Z", Ok(())),
        ("2026-12-31T00:00:00Z", Ok(())),
        ("2026-12-31T00:00:01Z", Err(CertificateRefused::Expired)),
    ] {
        let judged = judge_certificate(&endpoint, Some(&pem), at(now));
        assert_eq!(judged, expected, "{now}");
    }
}

#[test]
fn only_one_whole_certificate_is_read() {
    const DEMAND: &str = r#"{"san":["dns:a.example"]}"#;
    let pem = made(vec![dns("a.example")], |_| {});
    let key = KeyPair::generate().unwrap().serialize_pem();
    let huge = made(
        (0..1000)
            .map(|i| dns(&format!("host-{i}.a.example")))
            .collect(),
        |_| {},
    );
    assert!(huge.len() > MAX_PEM_BYTES);
    let cut = pem.replacen("MII", "MI", 1);
    for bad in [
        "garbage",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----",
        &pem.repeat(2),
        &cut,
        &key,
        &huge,
    ] {
        assert_eq!(of(DEMAND, bad), UNREADABLE, "{bad}");
    }
    for missing in ["", " \n"] {
        assert_eq!(of(DEMAND, missing), Err(CertificateRefused::Missing));
    }
    // Line ends of any kind, and lines around it.
    for good in [&pem.replace('\n', "\r\n"), &format!("a comment\n{pem}\n")] {
        assert_eq!(of(DEMAND, good), Ok(()));
    }
}

#[test]
fn an_endpoint_that_asks_for_none_reads_none() {
    let endpoint = endpoint("");
    assert_eq!(judge_certificate(&endpoint, None, at(NOW)), Ok(()));
    assert_eq!(
        judge_certificate(&endpoint, Some("garbage"), at(NOW)),
        Ok(())
    );
}

#[test]
fn a_revoked_one_opens_no_endpoint() {
    let pem = made(vec![dns("a.example")], |params| {
        params.serial_number = Some(vec![0x0a, 0x1b].into());
    });
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let digest = CertificateDigest::of(&der);
    let demand = r#","mtls":{"san":["dns:a.example"]}"#;
    for (revoked, expected) in [
        (
            r#"{"serials":["a1b"]}"#.to_owned(),
            Err(CertificateRefused::Revoked),
        ),
        (
            format!(r#"{{"fingerprints":["{digest}"]}}"#),
            Err(CertificateRefused::Revoked),
        ),
        (r#"{"serials":["a1c"]}"#.to_owned(), Ok(())),
    ] {
        // Whether the endpoint asks for a certificate or not.
        for more in [demand, ""] {
            let endpoint = endpoint(&format!(r#"{more},"revoked":{revoked}"#));
            assert_eq!(judge_certificate(&endpoint, Some(&pem), at(NOW)), expected);
            let none = judge_certificate(&endpoint, None, at(NOW));
            assert_eq!(none.is_ok(), more.is_empty());
        }
    }
}

/// The one line says which certificate it was.
#[test]
fn a_mismatch_is_logged_with_what_identifies_the_certificate() {
    testkit::listen();
    let pem = made(vec![], |_| {});
    assert_eq!(of(r#"{"subject":["CN=other"]}"#, &pem), MISMATCH);
    let logged = testkit::logged();
    assert!(
        logged.contains(r#""subject":"CN=client,OU=Hooks,O=Acme,C=US""#),
        "{logged}"
    );
}
