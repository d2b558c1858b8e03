//! Endpoints that ask for a client certificate, in both lanes.

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::*;

/// Valid for a year from this one's first day, for a host.
fn certificate(host: &str, year: i32) -> String {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(year, 1, 1);
    params.not_after = date_time_ymd(year, 12, 31);
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().pem()
}

/// A request to an endpoint, with what API Gateway says of a client certificate.
struct Shown<'a> {
    lane: &'a str,
    endpoint: &'a str,
    method: &'a str,
    headers: Vec<(String, String)>,
    query: Value,
    client_cert: Value,
}

impl Shown<'_> {
    fn signed(lane: &'static str, endpoint: &'static str, pem: &str) -> Self {
        Self {
            lane,
            endpoint,
            method: "POST",
            headers: signed(NOW),
            query: json!(null),
            client_cert: json!({
                "clientCertPem": pem, "subjectDN": "CN=client.acme.example", "issuerDN": "CN=ca", "serialNumber": "1",
                "validity": {"notBefore": "Jan  1 00:00:00 2026 GMT", "notAfter": "Dec 31 00:00:00 2026 GMT"},
            }),
        }
    }

    /// The answer, and the reason that is counted.
    async fn ask(&self, judge: &Judged<'_>) -> (Result<Value, String>, Option<&'static str>) {
        let multi: std::collections::BTreeMap<_, _> = self
            .headers
            .iter()
            .map(|(name, value)| (name, [value]))
            .collect();
        let event = json!({
            "methodArn": ARN, "httpMethod": self.method, "multiValueHeaders": multi,
            "multiValueQueryStringParameters": self.query, "pathParameters": {"endpoint": self.endpoint},
            "requestContext": {
                "requestId": "1", "resourcePath": format!("/{}/{{endpoint}}", self.lane),
                "identity": {"sourceIp": "192.0.2.1", "clientCert": self.client_cert},
            },
        });
        let event = event.to_string();
        let ruling = judge.authorize(request(&event), at(NOW)).await;
        let answer = ruling.answer.map(|one| serde_json::to_value(one).unwrap());
        (
            answer.map_err(|refused| refused.to_string()),
            ruling.rejection.map(|rejected| rejected.reason),
        )
    }
}

#[tokio::test]
async fn the_right_certificate_opens_the_endpoint_and_no_other_does() {
    let table = table();
    let judge = judge(&table);
    let right = certificate("client.acme.example", 2026);
    let all = [
        (right.clone(), None),
        (String::new(), Some("client_certificate_missing")),
        (
            certificate("other.acme.example", 2026),
            Some("client_certificate_mismatch"),
        ),
        (
            certificate("client.acme.example", 2025),
            Some("client_certificate_expired"),
        ),
        (
            certificate("client.acme.example", 2027),
            Some("client_certificate_not_yet_valid"),
        ),
        (right.repeat(2), Some("client_certificate_unreadable")),
    ];
    for (lane, endpoint) in [("hooks", "pinned"), ("direct", "direct-pinned")] {
        for (pem, reason) in &all {
            let (answer, counted) = Shown::signed(lane, endpoint, pem).ask(&judge).await;
            assert_eq!(counted, *reason, "{endpoint}");
            let expected = if reason.is_none() { "Allow" } else { "Deny" };
            assert_eq!(effect(&answer), expected, "{endpoint} {reason:?}");
        }
    }
}

#[tokio::test]
async fn who_has_no_such_certificate_learns_what_a_stranger_learns() {
    let table = table();
    let judge = judge(&table);
    let mut answers = Vec::new();
    for pem in ["", "garbage", &certificate("other.acme.example", 2026)] {
        answers.push(Shown::signed("hooks", "pinned", pem).ask(&judge).await.0);
    }
    answers.push(Shown::signed("hooks", "nobody", "").ask(&judge).await.0);
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:?}"
    );
    assert_eq!(
        answers[0].as_ref().unwrap()["context"]["denial_code"],
        "forbidden"
    );
}

#[tokio::test]
async fn a_certificate_replaces_no_signature() {
    let table = table();
    let judge = judge(&table);
    let pem = certificate("client.acme.example", 2026);
    let unsigned = Shown {
        headers: Vec::new(),
        ..Shown::signed("hooks", "pinned", &pem)
    };
    assert_eq!(effect(&unsigned.ask(&judge).await.0), "Unauthorized");
}

/// It is asked for in a handshake, before anyone knows that the request is a challenge.
#[tokio::test]
async fn a_challenge_needs_it_too() {
    let table = table();
    let judge = judge(&table);
    for (pem, expected) in [
        (certificate("client.acme.example", 2026), "Allow"),
        (String::new(), "Deny"),
    ] {
        let challenge = Shown {
            method: "GET",
            headers: Vec::new(),
            query: json!({"hub.mode": ["subscribe"], "hub.challenge": ["1"], "hub.verify_token": ["t"]}),
            ..Shown::signed("hooks", "pinned-meta", &pem)
        };
        assert_eq!(effect(&challenge.ask(&judge).await.0), expected);
    }
}

#[tokio::test]
async fn an_endpoint_that_asks_for_none_takes_any_and_none() {
    let table = table();
    let judge = judge(&table);
    for shown in ["", "garbage", &certificate("other.acme.example", 2020)] {
        let asked = Shown::signed("hooks", "billing", shown);
        assert_eq!(effect(&asked.ask(&judge).await.0), "Allow");
    }
    // As API Gateway sends it by a domain without mutual TLS.
    let none = Shown {
        client_cert: json!(null),
        ..Shown::signed("hooks", "billing", "")
    };
    assert_eq!(effect(&none.ask(&judge).await.0), "Allow");
}
