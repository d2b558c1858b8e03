use std::time::{Duration, Instant};

use reqwest::{Certificate, Client, Identity};

use super::{Answer, Destination};

const PATIENCE: Duration = Duration::from_secs(5);

fn client(of: &Destination) -> reqwest::ClientBuilder {
    let ca = Certificate::from_pem(of.certificates.ca.as_bytes()).unwrap();
    Client::builder()
        .no_proxy()
        .tls_certs_only([ca])
        .timeout(Duration::from_millis(2_500))
        .redirect(reqwest::redirect::Policy::none())
}

#[tokio::test]
async fn answers_come_as_planned_by_event_and_by_path_and_requests_are_remembered() {
    let destination = Destination::start(0).unwrap();
    let url = |path: &str| format!("http://{}{path}", destination.address);
    let http = client(&destination).build().unwrap();
    destination.plan("/hooks", [Answer::status(500), Answer::status(202)]);
    destination.plan("a/1", [Answer::with(429, "retry-after", "7")]);
    let send = async |path: &str, reference: &str, body: Vec<u8>| {
        let request = http.post(url(path)).header("CE-Ref", reference).body(body);
        request.send().await.unwrap()
    };
    let large = vec![7; 3_000_000];
    for (reference, status) in [("a/2", 500), ("a/1", 429), ("a/2", 202), ("a/3", 202)] {
        let answer = send("/hooks", reference, large.clone()).await;
        assert_eq!(answer.status(), status, "{reference}");
    }
    assert_eq!(send("/other", "", Vec::new()).await.status(), 200);
    let seen = destination.wait_for("a/2", 2, PATIENCE).await.unwrap();
    assert!(
        seen.iter()
            .all(|one| one.complete && one.body == large && !one.tls)
    );
    assert_eq!(destination.requests("/hooks").len(), 4);
    assert_eq!(destination.requests("/other")[0].method, "POST");

    destination.plan("/date", [Answer::After(503, Duration::from_secs(60))]);
    let answer = send("/date", "", Vec::new()).await;
    let date = answer.headers()["retry-after"].to_str().unwrap();
    assert!(httpdate::parse_http_date(date).is_ok(), "{date}");
}

/// The body of a payload may be large and is nobody's to check; that of a structured event is the event.
#[tokio::test]
async fn whole_requests_are_recorded_with_the_bodies_of_events_only() {
    let destination = Destination::start(0).unwrap();
    let http = client(&destination).build().unwrap();
    let file = std::env::temp_dir().join(format!("http-events-{}.jsonl", std::process::id()));
    destination.record_into(&file).unwrap();
    let url = format!("http://{}/", destination.address);
    for kind in ["application/json", "application/cloudevents+json"] {
        let request = http.post(&url).header("content-type", kind).body("{}");
        request.send().await.unwrap();
    }
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let bodies: Vec<_> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| {
            (
                line["headers"]["content-type"].clone(),
                line["body"].clone(),
            )
        })
        .collect();
    let expected = [
        ("application/json".into(), serde_json::json!([])),
        (
            "application/cloudevents+json".into(),
            serde_json::json!([0x7b, 0x7d]),
        ),
    ];
    assert_eq!(bodies, expected);
}

#[tokio::test]
async fn it_hangs_resets_and_drips() {
    let destination = Destination::start(0).unwrap();
    let http = client(&destination).build().unwrap();
    let send = async |answer: Answer, size: usize| {
        destination.plan("/", [answer]);
        let url = format!("http://{}/", destination.address);
        let began = Instant::now();
        let sent = http.post(url).body(vec![1; size]).send().await;
        let ended = match sent {
            Ok(answer) => answer.bytes().await.map(drop),
            Err(error) => Err(error),
        };
        (ended.unwrap_err(), began.elapsed())
    };
    for slow in [Answer::Hang, Answer::Drip, Answer::DripHead] {
        let (error, took) = send(slow.clone(), 10).await;
        assert!(error.is_timeout(), "{slow:?}: {error:?}");
        assert!(took >= Duration::from_secs(2), "{slow:?}: {took:?}");
    }
    for sudden in [Answer::Reset, Answer::ResetAfter(100_000)] {
        let (error, took) = send(sudden.clone(), 50_000_000).await;
        assert!(!error.is_timeout(), "{sudden:?}: {error:?} {took:?}");
    }
    let cut = destination.requests("/").pop().unwrap();
    assert!(!cut.complete && cut.body.len() >= 100_000 && cut.body.len() < 50_000_000);
}

#[tokio::test]
async fn its_certificate_is_for_localhost_and_a_client_may_have_one() {
    let destination = Destination::start(0).unwrap();
    let port = destination.address.port();
    let certificates = &destination.certificates;
    let pem = format!("{}{}", certificates.client, certificates.client_key);
    let identity = Identity::from_pem(pem.as_bytes()).unwrap();
    let anyone = client(&destination).build().unwrap();
    let known = client(&destination).identity(identity).build().unwrap();
    for (http, certified) in [(&anyone, false), (&known, true)] {
        let path = format!("/{certified}");
        let url = format!("https://localhost:{port}{path}");
        assert_eq!(http.post(url).send().await.unwrap().status(), 200);
        let seen = destination.requests(&path);
        assert_eq!((seen[0].tls, seen[0].certified), (true, certified));
    }
    let wrong = anyone.post(format!("https://127.0.0.1:{port}/wrong"));
    assert!(wrong.send().await.unwrap_err().is_connect());
    assert!(destination.requests("/wrong").is_empty());
}
