//! The program in front of a small fake cloud: what it sends there, and what it answers.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is how they fail"
)]

mod domains;
mod fake;

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::fake::Seen;

const LIMIT: usize = 10_485_760;

struct Front {
    process: Child,
    address: String,
    /// For domain names, and the CA that vouches for it.
    tls_address: String,
    tls_ca: String,
    seen: Seen,
}

impl Drop for Front {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

impl Front {
    async fn start() -> Self {
        let (cloud, seen) = fake::start().await;
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        let mut process = Command::new(env!("CARGO_BIN_EXE_gateway-emulator"))
            .args(["--cloud", &cloud, "--ready-file"])
            .arg(&ready)
            .arg("--tls-ready-file")
            .arg(folder.path().join("tls-ready"))
            .arg("--tls-ca-file")
            .arg(folder.path().join("tls-ca.pem"))
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            // The front itself, in the environment of a local cloud: it must not call itself.
            .env("AWS_ENDPOINT_URL_API_GATEWAY", "http://127.0.0.1:1")
            .env("NO_PROXY", "127.0.0.1")
            .spawn()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(30);
        let address = loop {
            match std::fs::read_to_string(&ready) {
                Ok(address) => break address.trim().to_owned(),
                Err(error) => assert!(Instant::now() < end, "{error}: {:?}", process.try_wait()),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        // They were written before.
        let text = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
        Self {
            process,
            address,
            tls_address: text("tls-ready").trim().to_owned(),
            tls_ca: text("tls-ca.pem"),
            seen,
        }
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Response<Incoming> {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    }

    async fn post(&self, path: &str, body: Bytes) -> (u16, Bytes, Response<()>) {
        let request = Request::post(format!("/restapis/a1/v1/_user_request_{path}"))
            .header("host", "api.example.com")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y",
            )
            .header("x-twice", "1")
            .header("x-twice", "2")
            .body(Full::new(body))
            .unwrap();
        let (parts, body) = self.send(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), body, Response::from_parts(parts, ()))
    }
}

/// The answer to a delivery to `a2`, and what of it reached the cloud.
async fn strict(front: &Front, lane: &str, headers: &[(&str, &str)]) -> (u16, String, Vec<String>) {
    delivered(front, "a2", lane, headers).await
}

async fn delivered(
    front: &Front,
    api: &str,
    lane: &str,
    headers: &[(&str, &str)],
) -> (u16, String, Vec<String>) {
    front.seen.lock().unwrap().clear();
    let path = format!("/restapis/{api}/v1/_user_request_/{lane}/shop");
    let request = headers
        .iter()
        .fold(Request::post(path), |request, (name, value)| {
            request.header(*name, *value)
        });
    let request = request.body(Full::new(bytes(3_000_000))).unwrap();
    let (parts, body) = front.send(request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let seen = front.seen.lock().unwrap();
    let kinds = seen.iter().map(|got| {
        let at = |part| got.target.contains(part);
        if at("/invocations") {
            "authorizer"
        } else if at("/payloads/") {
            "s3"
        } else {
            "cloud"
        }
    });
    let reached = kinds.map(str::to_owned).collect();
    // The cloud's answer is the whole body.
    let start: Vec<u8> = body.iter().copied().take(100).collect();
    let text = String::from_utf8_lossy(&start).into_owned();
    (parts.status.as_u16(), text, reached)
}

/// Every byte value, so that nothing can treat it as text.
fn bytes(size: usize) -> Bytes {
    (0..=255_u8).cycle().take(size).collect()
}

#[tokio::test]
async fn what_is_not_s3s_passes_untouched() {
    let front = Front::start().await;
    let body = bytes(3_000_000);
    let (status, answer, response) = front.post("/hooks/a%2Fb/?x=%20y&x=", body.clone()).await;
    assert_eq!((status, &answer), (418, &body));
    assert_eq!(response.headers()["x-of-the-cloud"], "1");
    let seen = front.seen.lock().unwrap().clone();
    let got = &seen[0];
    assert_eq!(got.method, "POST");
    let target = "/restapis/a1/v1/_user_request_/hooks/a%2Fb/?x=%20y&x=";
    assert_eq!(got.target, target);
    assert_eq!(got.headers["host"], "api.example.com");
    assert!(
        got.headers["authorization"]
            .to_str()
            .unwrap()
            .ends_with("Signature=y")
    );
    let twice: Vec<_> = got.headers.get_all("x-twice").iter().collect();
    assert_eq!(twice, ["1", "2"]);
    // Besides these only what HTTP needs: nothing was added.
    assert_eq!(got.headers.len(), 5, "{:?}", got.headers);
    assert_eq!(got.body, body);
}

/// As `GetStage` of AWS answers, and as the provider looks it up.
#[tokio::test]
async fn method_settings_have_the_keys_that_aws_gives_them() {
    let front = Front::start().await;
    for request in [
        Request::get("/restapis/a1/stages/v1"),
        Request::patch("/restapis/a1/stages/v1"),
    ] {
        let request = request.header("host", "api.example.com");
        let answer = front.send(request.body(Full::default()).unwrap()).await;
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let stage: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let settings = &stage["methodSettings"];
        assert_eq!(settings.as_object().unwrap().len(), 2, "{settings}");
        assert_eq!(settings["*/*"]["throttlingRateLimit"], 500.0);
        let direct = &settings["~1direct~1{endpoint}/POST"];
        assert_eq!(direct["throttlingRateLimit"], 100.0, "{settings}");
    }
}

#[tokio::test]
async fn the_body_reaches_s3_and_an_absent_source_sends_no_header() {
    let front = Front::start().await;
    let body = bytes(100_000);
    let (status, answer, response) = front.post("/direct/shop", body.clone()).await;
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
    assert_eq!(status, 200);
    assert_eq!(answer, format!("{{\"request_id\":\"{id}\"}}"));
    let seen = front.seen.lock().unwrap().clone();
    let got = &seen[0];
    assert_eq!(got.method, "PUT");
    assert_eq!(got.target, format!("/payloads/incoming/a%2Fb/{id}"));
    assert_eq!(got.headers["x-amz-meta-delivery"], "{\"key_id\":\"k1\"}");
    assert_eq!(got.headers["x-amz-security-token"], "token");
    assert!(!got.headers.contains_key("x-amz-checksum-sha256"));
    assert!(!got.headers.contains_key("x-twice"));
    assert_eq!(got.body, body);
}

/// The effect of an identity source that a request lacks: nothing is called, in either lane.
#[tokio::test]
async fn without_its_identity_source_a_delivery_reaches_nothing() {
    let front = Front::start().await;
    let unauthorized = (
        401,
        r#"{"error":"unauthorized"}"#.to_owned(),
        Vec::<String>::new(),
    );
    let text = ("content-type", "text/plain");
    for lane in ["hooks", "direct"] {
        for headers in [&[text][..], &[text, ("authorization", "")]] {
            let answer = strict(&front, lane, headers).await;
            assert_eq!(answer, unauthorized, "{lane} {headers:?}");
        }
    }
    let identity = ("AUTHORIZATION", "Basic x");
    let (status, _, reached) = strict(&front, "hooks", &[identity]).await;
    assert_eq!((status, reached), (418, vec!["cloud".to_owned()]));
    let (status, _, reached) = strict(&front, "direct", &[identity, text]).await;
    let both = ["authorizer", "s3"].map(str::to_owned);
    assert_eq!((status, reached), (200, both.to_vec()));
}

/// The cloud behind would print the variable's name. It is still asked about what the authorizer allows.
#[tokio::test]
async fn a_denial_with_the_authorizers_words_is_answered_in_both_lanes_before_the_cloud_is_asked() {
    let front = Front::start().await;
    let (text, deny) = (("content-type", "text/plain"), ("x-deny", "1"));
    for lane in ["hooks", "direct"] {
        let (status, body, reached) = delivered(&front, "a3", lane, &[text, deny]).await;
        assert_eq!(
            (status, body.as_str()),
            (403, r#"{"error":"body_too_small"}"#),
            "{lane}"
        );
        assert_eq!(reached, ["authorizer"], "{lane}");
    }
    let (status, _, reached) = delivered(&front, "a3", "hooks", &[text]).await;
    let both = ["authorizer", "cloud"].map(str::to_owned);
    assert_eq!((status, reached), (418, both.to_vec()));
    // Where the response needs no words of the authorizer's, the cloud answers.
    let (status, _, reached) = strict(&front, "hooks", &[text, deny, ("authorization", "x")]).await;
    assert_eq!((status, reached), (418, vec!["cloud".to_owned()]));
}

#[tokio::test]
async fn what_the_validator_demands_is_415_and_never_stored() {
    let front = Front::start().await;
    let identity = ("authorization", "Basic x");
    for headers in [
        &[identity][..],
        &[identity, ("content-type", "")],
        &[identity, ("content-type", " ")],
    ] {
        let (status, body, reached) = strict(&front, "direct", headers).await;
        assert_eq!(
            (status, body.as_str()),
            (415, r#"{"error":"content_type_missing"}"#),
            "{headers:?}"
        );
        assert_eq!(reached, ["authorizer"], "{headers:?}");
    }
}

#[tokio::test]
async fn ten_mebibytes_are_the_limit() {
    let front = Front::start().await;
    let (status, ..) = front.post("/direct/shop", bytes(LIMIT)).await;
    assert_eq!(status, 200);
    assert_eq!(front.seen.lock().unwrap()[0].body.len(), LIMIT);
    let (status, answer, response) = front.post("/direct/shop", bytes(LIMIT + 1)).await;
    assert_eq!(
        (status, &*answer),
        (413, &br#"{"message":"Request Too Long"}"#[..])
    );
    assert!(response.headers().contains_key("x-amzn-requestid"));
    assert_eq!(front.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn fifty_at_once_and_a_graceful_end() {
    let mut front = Front::start().await;
    let body = bytes(1_000_000);
    let all = (0..50).map(|_| front.post("/direct/shop", body.clone()));
    let answers = futures_util::future::join_all(all).await;
    assert!(answers.iter().all(|(status, ..)| *status == 200));
    let pid = front.process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(status) = front.process.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            break;
        }
        assert!(Instant::now() < end, "it goes on after SIGTERM");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
