use serde_json::json;

use super::*;
use crate::plan::{Kind, Rule};

/// A service that counts and keeps what it gets, and answers with the body it got.
#[derive(Default)]
struct Stub {
    got: Mutex<Vec<(String, String, Bytes)>>,
}

impl Stub {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Broken> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let host = parts.headers["host"].to_str().unwrap().to_owned();
        let got = (host, parts.uri.to_string(), body.clone());
        self.got.lock().unwrap().push(got);
        let mut answer = Response::new(Full::new(body));
        answer
            .headers_mut()
            .insert("x-kept", HeaderValue::from_static("yes"));
        if parts.method == Method::HEAD {
            *answer.body_mut() = Full::default();
            let length = HeaderValue::from_static("12345");
            answer.headers_mut().insert(CONTENT_LENGTH, length);
        }
        Ok(answer)
    }

    fn calls(&self) -> usize {
        self.got.lock().unwrap().len()
    }
}

struct Bench {
    stub: Arc<Stub>,
    url: String,
    client: reqwest::Client,
}

impl Bench {
    async fn start() -> Self {
        let stub = Arc::new(Stub::default());
        let behind = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let cloud = behind.local_addr().unwrap();
        let serving = Arc::clone(&stub);
        tokio::spawn(async move {
            loop {
                let (stream, _) = behind.accept().await.unwrap();
                let stub = Arc::clone(&serving);
                tokio::spawn(async move {
                    let service = service_fn(|request| stub.answer(request));
                    let connection = http1::Builder::new();
                    drop(
                        connection
                            .serve_connection(TokioIo::new(stream), service)
                            .await,
                    );
                });
            }
        });
        let front = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", front.local_addr().unwrap());
        tokio::spawn(Arc::new(Proxy::new(&format!("http://{cloud}"))).serve(front));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { stub, url, client }
    }

    /// From now on every call of S3 meets this fault.
    async fn meet(&self, kind: Kind) {
        let rule = Rule {
            calls: "s3:*".to_owned(),
            shares: [(kind, 1.0)].into(),
        };
        let plan = Plan {
            seed: 7,
            rules: vec![rule],
        };
        let told = self.client.put(format!("{}{CONTROL}", self.url));
        let told = told.body(serde_json::to_vec(&plan).unwrap()).send().await;
        assert_eq!(told.unwrap().status(), 200);
    }

    fn put(&self, service: &str, body: Vec<u8>) -> reqwest::RequestBuilder {
        let credential = format!("X Credential=K/20261128/us-east-1/{service}/aws4_request, S=1");
        let request = self
            .client
            .put(format!("{}/bucket/a%2Fb?x-id=PutObject", self.url));
        request
            .header("authorization", credential)
            .header("host", "signed.example:1")
            .body(body)
    }

    async fn report(&self) -> Report {
        let asked = self.client.get(format!("{}{CONTROL}", self.url)).send();
        serde_json::from_slice(&asked.await.unwrap().bytes().await.unwrap()).unwrap()
    }
}

#[tokio::test]
async fn without_a_plan_all_passes_unchanged() {
    let bench = Bench::start().await;
    let body = testkit::binary(1, 6_000_000);
    let answer = bench.put("s3", body.clone()).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-kept"]),
        (200, &HeaderValue::from_static("yes"))
    );
    assert_eq!(answer.bytes().await.unwrap(), body);
    let got = bench.stub.got.lock().unwrap().remove(0);
    assert_eq!(
        (got.0.as_str(), got.1.as_str()),
        ("signed.example:1", "/bucket/a%2Fb?x-id=PutObject")
    );
    assert_eq!(got.2, body);
    let report = bench.report().await;
    assert_eq!(report.calls, [("s3:PutObject".to_owned(), 1)].into());
    assert!(report.faults.is_empty());
}

#[tokio::test]
async fn the_answer_to_a_head_keeps_the_length_it_speaks_of() {
    let bench = Bench::start().await;
    let answer = bench
        .client
        .head(format!("{}/bucket/a", bench.url))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()[CONTENT_LENGTH], "12345");
}

#[tokio::test]
async fn a_dropped_call_reaches_no_service_and_a_lost_answer_comes_of_one_that_did() {
    for (kind, reached) in [(Kind::Drop, 0), (Kind::LoseAnswer, 1)] {
        let bench = Bench::start().await;
        bench.meet(kind).await;
        assert!(
            bench.put("s3", b"body".to_vec()).send().await.is_err(),
            "{kind:?}"
        );
        assert_eq!(bench.stub.calls(), reached, "{kind:?}");
        let name = format!("s3:PutObject {}", json!(kind).as_str().unwrap());
        assert_eq!(bench.report().await.faults, [(name, 1)].into());
    }
}

#[tokio::test]
async fn a_duplicate_is_sent_twice_and_answered_once() {
    let bench = Bench::start().await;
    bench.meet(Kind::Duplicate).await;
    let answer = bench.put("s3", b"body".to_vec()).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap(), "body");
    let got = bench.stub.got.lock().unwrap().clone();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0], got[1]);
}

#[tokio::test]
async fn a_truncated_answer_has_a_first_half_and_no_end() {
    let bench = Bench::start().await;
    bench.meet(Kind::Truncate).await;
    let mut answer = bench
        .put("s3", testkit::binary(1, 100_000))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.content_length()),
        (200, Some(100_000))
    );
    let mut read = Vec::new();
    let end = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            end => break end,
        }
    };
    assert!(end.is_err());
    assert_eq!(read, testkit::binary(1, 100_000)[..50_000]);
    assert_eq!(bench.stub.calls(), 1);
}

#[tokio::test]
async fn a_delayed_call_comes_later_and_whole() {
    let bench = Bench::start().await;
    bench.meet(Kind::Delay).await;
    let begun = std::time::Instant::now();
    let answer = bench.put("s3", b"body".to_vec()).send().await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(50));
    assert_eq!(answer.bytes().await.unwrap(), "body");
}

#[tokio::test]
async fn failures_have_the_words_of_the_service() {
    let bench = Bench::start().await;
    bench.meet(Kind::Throttle).await;
    let answer = bench.put("s3", b"body".to_vec()).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("<Code>SlowDown</Code>")
    );
    bench.meet(Kind::Fail).await;
    let answer = bench.put("s3", b"body".to_vec()).send().await.unwrap();
    assert!([500, 503].contains(&answer.status().as_u16()));
    assert_eq!(bench.stub.calls(), 0);
}

#[tokio::test]
async fn only_the_calls_of_the_plan_meet_a_fault_and_a_wrong_plan_is_refused() {
    let bench = Bench::start().await;
    bench.meet(Kind::Drop).await;
    assert_eq!(
        bench
            .put("sqs", b"body".to_vec())
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let wrong = r#"{"rules":[{"calls":"*","shares":{"drop":1.5}}]}"#;
    let told = bench
        .client
        .put(format!("{}{CONTROL}", bench.url))
        .body(wrong);
    assert_eq!(told.send().await.unwrap().status(), 400);
    // The plan from before still holds.
    assert!(bench.put("s3", Vec::new()).send().await.is_err());
}
