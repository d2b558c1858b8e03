use std::sync::Arc;

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};

/// A CA of its own, what it says of the destination, and what it says of a client: PEM texts. The destination's
/// certificate is for `localhost` alone, so under `127.0.0.1` it has the wrong name.
#[derive(Debug)]
pub struct Certificates {
    /// The CA's certificate.
    pub ca: String,
    /// A client's certificate.
    pub client: String,
    /// The client's key.
    pub client_key: String,
    server: String,
    server_key: String,
}

impl Certificates {
    pub(super) fn new() -> Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let issue = |name: &str| -> Result<_> {
            let key = KeyPair::generate()?;
            let params = CertificateParams::new(vec![name.to_owned()])?;
            Ok((params.signed_by(&key, &ca)?.pem(), key.serialize_pem()))
        };
        let (server, server_key) = issue("localhost")?;
        let (client, client_key) = issue("coatcheck.example")?;
        Ok(Self {
            ca: ca.pem(),
            client,
            client_key,
            server,
            server_key,
        })
    }

    /// Clients without a certificate come in too: the request says whether there was one.
    pub(super) fn server(&self) -> Result<ServerConfig> {
        let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes());
        let mut roots = RootCertStore::empty();
        roots.add(der(&self.ca)?)?;
        let provider = Arc::new(default_provider());
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()?;
        let key = PrivateKeyDer::from_pem_slice(self.server_key.as_bytes())?;
        let builder =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let builder = builder.with_client_cert_verifier(clients);
        Ok(builder.with_single_cert(vec![der(&self.server)?], key)?)
    }
}
