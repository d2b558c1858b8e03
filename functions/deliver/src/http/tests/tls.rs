//! Whom we believe, and who we say we are.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};

use super::{
    server::{Reply, answer},
    *,
};

/// A CA of one's own.
struct Ca(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in PEM.
struct Issued {
    certificate: String,
    key: String,
}

impl Ca {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    fn issue(&self, name: &str, change: impl Fn(&mut CertificateParams)) -> Issued {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Issued {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// A server with this certificate. With `clients`, it wants one of this CA from its clients.
async fn server(issued: &Issued, clients: Option<&Ca>) -> Server {
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            roots.add(der(&ca.pem())).unwrap();
            let provider = Arc::new(default_provider());
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes()).unwrap();
    let config = builder
        .with_single_cert(vec![der(&issued.certificate)], key)
        .unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    Server::at(address, Some(config), |_, _| {
        Reply::Answer(answer(200, "", ""))
    })
    .await
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn to(server: &Server, host: &str) -> Setup {
    let mut setup =
        Setup::new(&format!("https://{host}:{}/", server.address.port())).payload("k", "{}");
    setup.names = Names::of(&[&["127.0.0.1"]]);
    setup
}

fn trusting(server: &Server, host: &str, ca: &Ca) -> Setup {
    to(server, host)
        .with("own_ca", json!(true))
        .secret(&json!({"ca": ca.pem()}))
}

#[tokio::test]
async fn an_own_ca_is_believed() {
    let ca = Ca::new();
    let server = server(&ca.issue("crm.internal", |_| ()), None).await;
    for host in ["crm.internal", "crm.internal."] {
        let http = trusting(&server, host, &ca).http();
        assert_eq!(deliver(&http).await, delivered(200), "{host}");
    }
    // An address is in the certificate, or it is not.
    let http = trusting(&server, "127.0.0.1", &ca).http();
    assert_eq!(deliver(&http).await, struck("tls"));
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_refused() {
    let (ca, other) = (Ca::new(), Ca::new());
    let past = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    };
    let good = ca.issue("crm.internal", |_| ());
    let expired = ca.issue("crm.internal", past);
    for (what, issued, trusted, host) in [
        ("another name", &good, &ca, "other.internal"),
        ("another CA", &good, &other, "crm.internal"),
        ("expired", &expired, &ca, "crm.internal"),
    ] {
        let server = server(issued, None).await;
        let http = trusting(&server, host, trusted).http();
        assert_eq!(deliver(&http).await, struck("tls"), "{what}");
        assert!(server.seen().is_empty(), "{what}");
    }
    // The system's CAs do not vouch for it either.
    let server = server(&good, None).await;
    assert_eq!(
        deliver(&to(&server, "crm.internal").http()).await,
        struck("tls")
    );
}

#[tokio::test]
async fn a_client_certificate_is_shown() {
    let (ca, clients) = (Ca::new(), Ca::new());
    let server = server(&ca.issue("crm.internal", |_| ()), Some(&clients)).await;
    let ours_there = clients.issue("coatcheck", |_| ());
    let secret = |client: &Issued| {
        json!({
            "ca": ca.pem(),
            "client_certificate": client.certificate,
            "client_key": client.key,
        })
    };
    let setup = |secret: &Value| {
        trusting(&server, "crm.internal", &ca)
            .with("client_certificate", json!(true))
            .secret(secret)
    };
    let http = setup(&secret(&ours_there)).http();
    assert_eq!(deliver(&http).await, delivered(200));

    let without = trusting(&server, "crm.internal", &ca).http();
    assert_eq!(deliver(&without).await, struck("tls"));
    let stranger = Ca::new().issue("coatcheck", |_| ());
    assert_eq!(
        deliver(&setup(&secret(&stranger)).http()).await,
        struck("tls")
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_secret_that_lacks_something_is_ours_to_repair() {
    let ca = Ca::new();
    let issued = ca.issue("crm.internal", |_| ());
    let server = server(&issued, None).await;
    for secret in [
        json!({}),
        json!({"ca": "not PEM"}),
        json!({"ca": ca.pem(), "client_certificate": issued.certificate}),
        json!({"ca": ca.pem(), "client_certificate": issued.certificate, "client_key": "x"}),
        // The key of another certificate.
        json!({
            "ca": ca.pem(),
            "client_certificate": issued.certificate,
            "client_key": ca.issue("a", |_| ()).key,
        }),
    ] {
        let http = trusting(&server, "crm.internal", &ca)
            .with("client_certificate", json!(true))
            .secret(&secret)
            .http();
        assert_eq!(deliver(&http).await, ours("secret_unusable"), "{secret}");
    }
    assert_eq!(server.connections(), 0);
}
