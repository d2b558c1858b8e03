//! Who AWS is.

use std::sync::Arc;

use rustls::{ServerConfig, crypto::aws_lc_rs::default_provider, pki_types::PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

/// Under a root that neither Amazon's are nor the system's, the system's are asked, and then the
/// connection fails: nothing is sent to an unknown server.
#[tokio::test]
async fn a_stranger_gets_no_request_and_the_roots_of_the_system_are_asked_once() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            assert!(
                acceptor.accept(stream).await.is_err(),
                "a handshake succeeded"
            );
        }
    });
    let pairs = [
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "A".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "B".to_owned()),
        ("AWS_ENDPOINT_URL", format!("https://{place}")),
    ];
    let environment = environment_of(&pairs, now);
    let endpoints = Endpoints::new(&environment, "endpoints".to_owned());
    assert!(!environment.trust.config().unwrap().1);
    let error = endpoints.find(&name()).await.unwrap_err();
    assert!(matches!(error, StoreError::Transient { .. }));
    assert!(with_causes(&error).contains("UnknownIssuer"), "{error:?}");
    assert!(environment.trust.config().unwrap().1);
}
