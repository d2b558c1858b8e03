mod certificates;
mod direct;
mod door;
mod table;

use domain::{Directory, KeyRing, Keys, SchemeRef, Timestamp};
use serde_json::{Value, json};
use signature::{Key, Scheme, SignInput, sign};
use testkit::{MemoryDirectory, MemoryKeys};

use self::table::{BILLING, table};
use crate::{event::AuthorizerRequest, judge::Judge, prepared::PreparedEndpoint};

const NOW: i64 = 1_795_298_397;
const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:api/v1/POST/hooks/billing";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn signed(at: i64) -> Vec<(String, String)> {
    let scheme = Scheme::resolve(&SchemeRef::Preset("standard-webhooks".into())).unwrap();
    let key = Key::new("test", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    let input = SignInput {
        body: b"never seen here",
        now: at,
        headers: &[("webhook-id", "msg_1")],
        ..SignInput::default()
    };
    sign(&scheme, &key, &input).unwrap()
}

fn set(mut headers: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    headers.retain(|(have, _)| have != name);
    headers.push((name.into(), value.into()));
    headers
}

type Judged<'a> = Judge<&'a MemoryDirectory, MemoryKeys>;

fn judge(table: &MemoryDirectory) -> Judged<'_> {
    let ring = KeyRing::from_versions("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", None).unwrap();
    Judge::new(Directory::new(table), Keys::new(MemoryKeys::new(ring)))
}

/// As `main` reads it.
fn request(event: &str) -> AuthorizerRequest<'_> {
    serde_json::from_slice(event.as_bytes()).unwrap()
}

/// The answer as API Gateway sees it, or the error's text.
async fn ask(
    judge: &Judged<'_>,
    endpoint: &str,
    headers: &[(String, String)],
    ip: &str,
) -> Result<Value, String> {
    asked(
        judge,
        "POST",
        "/hooks/{endpoint}",
        endpoint,
        headers,
        json!(null),
        ip,
    )
    .await
}

async fn asked(
    judge: &Judged<'_>,
    method: &str,
    resource: &str,
    endpoint: &str,
    headers: &[(String, String)],
    query: Value,
    ip: &str,
) -> Result<Value, String> {
    let mut multi: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for (name, value) in headers {
        multi.entry(name).or_default().push(value);
    }
    let event = json!({
        "type": "REQUEST", "methodArn": ARN, "httpMethod": method,
        "multiValueQueryStringParameters": query,
        "headers": headers.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "multiValueHeaders": multi,
        "pathParameters": {"endpoint": endpoint},
        "requestContext": {"identity": {"sourceIp": ip, "userAgent": null}, "stage": "v1", "resourcePath": resource, "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbee3"},
    });
    let ruling = judge.authorize(request(&event.to_string()), at(NOW)).await;
    ruling
        .answer
        .map(|answer| serde_json::to_value(answer).unwrap())
        .map_err(|refused| refused.to_string())
}

fn effect(answer: &Result<Value, String>) -> &str {
    match answer {
        Ok(answer) => answer["policyDocument"]["Statement"][0]["Effect"]
            .as_str()
            .unwrap(),
        Err(text) => text,
    }
}

#[tokio::test]
async fn a_sound_request_is_let_through_with_its_endpoint() {
    let table = table();
    let answer = ask(&judge(&table), "billing", &signed(NOW), "198.51.100.1")
        .await
        .unwrap();
    let statement = json!({"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": ARN});
    assert_eq!(
        answer,
        json!({
            "principalId": "billing",
            "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
            "context": {"endpoint": BILLING},
        })
    );
}

#[tokio::test]
async fn strangers_learn_nothing_of_what_exists() {
    let table = table();
    let directory = judge(&table);
    let mut answers = Vec::new();
    for (endpoint, ip) in [
        ("nobody", "192.0.2.1"),
        ("off", "192.0.2.1"),
        ("listed", "198.51.100.1"),
        ("listed", "not an address"),
        ("UPPER", "192.0.2.1"),
        ("..%2f", "192.0.2.1"),
        ("", "192.0.2.1"),
    ] {
        answers.push(ask(&directory, endpoint, &signed(NOW), ip).await);
    }
    assert_eq!(effect(&answers[0]), "Deny");
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:?}"
    );
    assert_eq!(
        effect(&ask(&directory, "listed", &signed(NOW), "192.0.2.1").await),
        "Allow"
    );
}

#[tokio::test]
async fn what_cannot_be_signed_soundly_is_unauthorized() {
    let table = table();
    let directory = judge(&table);
    let good = signed(NOW);
    let mut doubled = good.clone();
    doubled.push(("Webhook-Signature".into(), "v1,AAAA".into()));
    let spoiled = [
        vec![],
        good.iter()
            .filter(|(name, _)| name != "webhook-signature")
            .cloned()
            .collect(),
        good.iter()
            .filter(|(name, _)| name != "webhook-id")
            .cloned()
            .collect(),
        set(good.clone(), "webhook-signature", "v1,"),
        set(
            good.clone(),
            "webhook-signature",
            "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        set(good.clone(), "webhook-signature", "v1,ünïcode"),
        set(good.clone(), "webhook-timestamp", "-9223372036854775808"),
        set(good.clone(), "webhook-timestamp", "+1795298397"),
        doubled,
        signed(NOW - 301),
        signed(NOW + 301),
    ];
    for headers in spoiled {
        let answer = ask(&directory, "billing", &headers, "192.0.2.1").await;
        assert_eq!(effect(&answer), "Unauthorized", "{headers:?}");
    }
}

#[tokio::test]
async fn what_we_cannot_tell_is_neither() {
    let table = table();
    let answer = ask(&judge(&table), "broken", &signed(NOW), "192.0.2.1").await;
    assert_eq!(effect(&answer), "the endpoint could not be looked up");
}

#[tokio::test]
async fn the_table_is_asked_once_a_minute_for_names_known_and_unknown() {
    let table = table();
    let directory = Directory::new(&table);
    for name in ["billing", "nobody"] {
        let name = domain::EndpointName::try_from(name.to_owned()).unwrap();
        let before = table.reads();
        for second in 0..60 {
            let found = directory.find(&name, at(NOW + second), PreparedEndpoint::new);
            found.await.unwrap();
        }
        assert_eq!(table.reads() - before, 1);
        let found = directory.find(&name, at(NOW + 60), PreparedEndpoint::new);
        found.await.unwrap();
        assert_eq!(table.reads() - before, 2);
    }
}

#[tokio::test]
async fn a_scheme_that_needs_no_body_is_verified_in_full() {
    let table = table();
    let judge = judge(&table);
    let shown = |secret: &str| vec![("X-Gitlab-Token".to_owned(), secret.to_owned())];
    for (secret, expected) in [
        ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "Allow"),
        ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7o", "Unauthorized"),
        ("wrong", "Unauthorized"),
        ("", "Unauthorized"),
    ] {
        let answer = ask(&judge, "gitlab", &shown(secret), "192.0.2.1").await;
        assert_eq!(effect(&answer), expected, "{secret}");
    }
}

#[tokio::test]
async fn the_keys_are_read_for_such_schemes_only() {
    let table = table();
    let reading = MemoryKeys::new(KeyRing::from_versions("a", None).unwrap());
    let judge = Judge::new(Directory::new(&table), Keys::new(&reading));
    let event = |endpoint: &str, headers: Value| json!({"methodArn": ARN, "httpMethod": "POST", "headers": headers, "pathParameters": {"endpoint": endpoint}, "requestContext": {"resourcePath": "/hooks/{endpoint}"}});
    let signed: serde_json::Map<_, _> = signed(NOW)
        .into_iter()
        .map(|(n, v)| (n, json!(v)))
        .collect();
    let billing = event("billing", signed.into()).to_string();
    let ruling = judge.authorize(request(&billing), at(NOW)).await;
    assert!(ruling.answer.is_ok());
    assert_eq!(reading.reads(), 0);
    let gitlab = event("gitlab", json!({"x-gitlab-token": "a"})).to_string();
    for _ in 0..3 {
        let ruling = judge.authorize(request(&gitlab), at(NOW)).await;
        assert!(ruling.answer.is_ok());
    }
    assert_eq!(reading.reads(), 1);
}

#[tokio::test]
async fn a_challenge_is_let_through_where_there_is_one_to_answer() {
    let table = table();
    let judge = judge(&table);
    let challenge =
        json!({"hub.mode": ["subscribe"], "hub.challenge": ["1"], "hub.verify_token": ["t"]});
    let none: &[(String, String)] = &[];
    let secret = [("X-Hook-Secret".to_owned(), "abc".to_owned())];
    for (method, endpoint, headers, query, expected) in [
        ("GET", "meta", none, challenge.clone(), "Allow"),
        ("GET", "meta", none, json!(null), "Deny"),
        ("GET", "slack", none, challenge.clone(), "Deny"),
        ("GET", "nobody", none, challenge.clone(), "Deny"),
        ("PUT", "meta", none, challenge.clone(), "Deny"),
        ("POST", "meta", none, challenge, "Unauthorized"),
        ("POST", "asana", &secret, json!(null), "Unauthorized"),
        ("POST", "shaking", &secret, json!(null), "Allow"),
        ("POST", "shaking", none, json!(null), "Unauthorized"),
    ] {
        let answer = asked(
            &judge,
            method,
            "/hooks/{endpoint}",
            endpoint,
            headers,
            query,
            "192.0.2.1",
        )
        .await;
        assert_eq!(effect(&answer), expected, "{method} {endpoint}");
    }
}

#[tokio::test]
async fn a_rejection_is_counted_and_a_name_that_a_stranger_made_up_is_not() {
    let table = table();
    let judge = judge(&table);
    let stale = signed(NOW - 3600);
    for (endpoint, headers, rejection) in [
        ("billing", &signed(NOW), None),
        (
            "billing",
            &stale,
            Some((Some("billing"), "timestamp_stale")),
        ),
        ("off", &stale, Some((Some("off"), "endpoint_disabled"))),
        ("broken", &stale, Some((Some("broken"), "unavailable"))),
        ("nobody", &stale, Some((None, "endpoint_unknown"))),
        ("No Name", &stale, Some((None, "endpoint_name_invalid"))),
    ] {
        let multi: std::collections::BTreeMap<_, _> = headers
            .iter()
            .map(|(name, value)| (name, [value]))
            .collect();
        let event = json!({
            "methodArn": ARN, "httpMethod": "POST", "multiValueHeaders": multi,
            "pathParameters": {"endpoint": endpoint},
            "requestContext": {"requestId": "1", "resourcePath": "/hooks/{endpoint}", "identity": {"sourceIp": "192.0.2.1"}},
        });
        let ruling = judge.authorize(request(&event.to_string()), at(NOW)).await;
        let counted = ruling.rejection.as_ref().map(|rejected| {
            let endpoint = rejected.endpoint.as_ref().map(domain::EndpointName::as_str);
            (endpoint, rejected.reason)
        });
        assert_eq!(counted, rejection, "{endpoint}");
    }
}
