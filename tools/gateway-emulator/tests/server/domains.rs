//! Requests by domain names: real TLS, and real client certificates.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{Front, bytes};
use crate::fake::{ca, clients};

/// What a client does.
struct Client {
    /// The name in the handshake.
    name: &'static str,
    /// The header Host.
    host: &'static str,
    path: &'static str,
    method: &'static str,
    certificate: Option<(CertificateDer<'static>, Vec<u8>)>,
    versions: &'static [&'static SupportedProtocolVersion],
}

impl Client {
    fn of(name: &'static str) -> Self {
        Self {
            name,
            host: name,
            path: "/in/hooks/shop?a=1",
            method: "POST",
            certificate: None,
            versions: BOTH,
        }
    }

    fn mutual() -> Self {
        let certificate = Some(issued(clients(), 2000, 2100));
        Self {
            certificate,
            ..Self::of("mutual.example.com")
        }
    }

    fn at(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// The status, a header of the function, and the body; `None` if the handshake fails.
    async fn ask(&self, front: &Front, body: Bytes) -> Option<(u16, bool, String)> {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(front.tls_ca.as_bytes()).unwrap();
        roots.add(root).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(self.versions)
            .unwrap()
            .with_root_certificates(roots);
        let config = match &self.certificate {
            None => config.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.clone()));
                config
                    .with_client_auth_cert(vec![certificate.clone()], key)
                    .unwrap()
            }
        };
        let stream = TcpStream::connect(&front.tls_address).await.unwrap();
        let name = ServerName::try_from(self.name).unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let stream = connector.connect(name, stream).await.ok()?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        // With TLS 1.3 a client learns that its certificate is missing when it reads.
        let (mut sender, connection) = handshake.await.ok()?;
        tokio::spawn(connection);
        let request = Request::builder()
            .method(self.method)
            .uri(self.path)
            .header("host", self.host)
            .header("authorization", "a")
            .header("content-type", "text/plain")
            .body(Full::new(body))
            .unwrap();
        let (parts, body) = sender.send_request(request).await.ok()?.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Some((
            parts.status.as_u16(),
            parts.headers.contains_key("x-app"),
            String::from_utf8(body.to_vec()).unwrap(),
        ))
    }
}

fn issued(
    ca: &CertifiedIssuer<'_, KeyPair>,
    from: i32,
    to: i32,
) -> (CertificateDer<'static>, Vec<u8>) {
    let mut params = CertificateParams::new(["client.example.com".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, ca).unwrap();
    (certificate.der().clone(), key.serialize_der())
}

static BOTH: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];
static OLDER: &[&SupportedProtocolVersion] = &[&TLS12];
static NEWEST: &[&SupportedProtocolVersion] = &[&TLS13];

const FORBIDDEN: &str = r#"{"message":"Forbidden"}"#;

fn forbidden() -> Option<(u16, bool, String)> {
    Some((403, false, FORBIDDEN.to_owned()))
}

#[tokio::test]
async fn a_function_gets_the_delivery_and_the_client_certificate() {
    let front = Front::start().await;
    let body = bytes(300_000);
    let client = Client::mutual();
    let answer = client.ask(&front, body.clone()).await;
    assert_eq!(answer, Some((201, true, "taken".to_owned())));
    let seen = front.seen.lock().unwrap().clone();
    let [authorizer, app] = seen.as_slice() else {
        panic!("{} calls", seen.len());
    };
    let (shown, _) = client.certificate.unwrap();
    for got in [authorizer, app] {
        let event: Value = serde_json::from_slice(&got.body).unwrap();
        assert_eq!(event["path"], "/in/hooks/shop");
        let context = &event["requestContext"];
        assert_eq!(context["domainName"], "mutual.example.com");
        assert_eq!(context["domainPrefix"], "mutual");
        assert_eq!(context["path"], "/in/hooks/shop");
        let pem = context["identity"]["clientCert"]["clientCertPem"].as_str();
        let der = CertificateDer::from_pem_slice(pem.unwrap().as_bytes());
        assert_eq!(der.unwrap(), shown);
    }
    let event: Value = serde_json::from_slice(&authorizer.body).unwrap();
    let arn = "arn:aws:execute-api:us-east-1:000000000000:a2/v1/POST/hooks/shop";
    assert_eq!(event["methodArn"], arn);
    let event: Value = serde_json::from_slice(&app.body).unwrap();
    let sent = base64_simd::STANDARD.encode_to_string(&body);
    assert_eq!(event["body"], json!(sent));
    assert_eq!(event["isBase64Encoded"], true);
    assert_eq!(event["pathParameters"], json!({"endpoint": "shop"}));
    let context = json!({"name": "a/b", "delivery": r#"{"key_id":"k1"}"#});
    assert_eq!(event["requestContext"]["authorizer"], context);
}

#[tokio::test]
async fn the_direct_lane_is_served_too() {
    let front = Front::start().await;
    let body = bytes(100);
    let client = Client::mutual().at("/in/direct/shop");
    let (status, _, answer) = client.ask(&front, body.clone()).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    let seen = front.seen.lock().unwrap().clone();
    let stored = seen.iter().find(|got| got.target.starts_with("/payloads/"));
    assert_eq!(stored.unwrap().body, body);
}

#[tokio::test]
async fn who_shows_no_certificate_gets_no_connection_and_who_shows_another_a_403() {
    let front = Front::start().await;
    let with = |certificate| Client {
        certificate,
        ..Client::of("mutual.example.com")
    };
    assert_eq!(with(None).ask(&front, Bytes::new()).await, None);
    for other in [
        issued(&ca(), 2000, 2100),
        // Not any more, and not yet.
        issued(clients(), 2000, 2001),
        issued(clients(), 2099, 2100),
    ] {
        let client = with(Some(other));
        assert_eq!(client.ask(&front, bytes(300_000)).await, forbidden());
    }
    assert!(front.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_domain_without_mutual_tls_passes_no_certificate_on() {
    let front = Front::start().await;
    let client = Client {
        certificate: Some(issued(clients(), 2000, 2100)),
        ..Client::of("plain.example.com")
    };
    assert_eq!(client.ask(&front, bytes(10)).await.unwrap().0, 201);
    let seen = front.seen.lock().unwrap().clone();
    let event: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert!(event["requestContext"]["identity"]["clientCert"].is_null());
}

#[tokio::test]
async fn the_security_policy_is_the_floor() {
    let front = Front::start().await;
    for (name, versions, expected) in [
        ("plain.example.com", OLDER, false),
        ("plain.example.com", NEWEST, true),
        ("mutual.example.com", OLDER, true),
        ("mutual.example.com", NEWEST, true),
    ] {
        let client = Client {
            versions,
            ..Client::mutual()
        };
        let client = Client {
            name,
            host: name,
            ..client
        };
        let answer = client.ask(&front, Bytes::new()).await;
        assert_eq!(answer.is_some(), expected, "{name} {versions:?}");
    }
}

#[tokio::test]
async fn what_no_domain_has_is_forbidden() {
    let front = Front::start().await;
    let fronted = Client {
        host: "mutual.example.com",
        ..Client::of("plain.example.com")
    };
    for client in [
        // The name in the server's certificate for hosts that it does not know.
        Client::of("execute-api.localhost"),
        // A handshake with one that asks for no certificate opens no other.
        fronted,
        Client::mutual().at("/hooks/shop"),
        Client::mutual().at("/v1/hooks/shop"),
        Client::mutual().at("/"),
    ] {
        assert_eq!(client.ask(&front, bytes(10)).await, forbidden());
    }
    let none = Client {
        method: "PUT",
        ..Client::mutual()
    };
    let answer = none.ask(&front, Bytes::new()).await.unwrap();
    assert_eq!(
        (answer.0, answer.2.as_str()),
        (403, r#"{"message":"Missing Authentication Token"}"#)
    );
    assert!(front.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_api_whose_default_endpoint_is_off_answers_by_its_domains_alone() {
    let front = Front::start().await;
    let request = Request::post("/restapis/a4/v1/_user_request_/hooks/shop")
        .header("authorization", "a")
        .body(Full::new(bytes(10)))
        .unwrap();
    let (parts, body) = front.send(request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    assert_eq!(
        (parts.status.as_u16(), &body[..]),
        (403, FORBIDDEN.as_bytes())
    );
    assert!(front.seen.lock().unwrap().is_empty());
    let by_domain = Client::mutual().at("/closed/hooks/shop");
    assert_eq!(by_domain.ask(&front, bytes(10)).await.unwrap().0, 201);
}
