//! TLS as a domain name has it: a server certificate, the floor of its security policy, and client certificates.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use emulator::Clock;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{Acceptor, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig, SignatureScheme,
    SupportedProtocolVersion,
};
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::{Domain, Domains};

/// The name in the server certificate for hosts that are no domain of ours. On AWS it is the Region's.
const NO_DOMAIN: &str = "execute-api.localhost";

/// A client that has made its handshake.
#[derive(Debug)]
pub(crate) struct Peer {
    /// The domain that it asked for; `None`: there is none of that name.
    pub(crate) domain: Option<Arc<Domain>>,
    /// Its certificate, if the domain asks for one and a CA of the truststore vouches for it.
    pub(crate) certificate: Option<CertificateDer<'static>>,
    /// Whether it showed a certificate that none vouches for.
    pub(crate) untrusted: bool,
}

/// Makes handshakes.
pub(crate) struct Handshakes {
    domains: Arc<Domains>,
    clock: Clock,
    ca: CertifiedIssuer<'static, KeyPair>,
}

impl Handshakes {
    /// With a CA of its own, whose certificate is written into the file: a client must trust it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn new(domains: Arc<Domains>, clock: Clock, ca_file: &Path) -> Result<Self> {
        let mut params = named(CertificateParams::new(Vec::new())?, "local gateway");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        std::fs::write(ca_file, ca.pem())
            .with_context(|| format!("cannot write {}", ca_file.display()))?;
        Ok(Self { domains, clock, ca })
    }

    /// Makes the handshake. A client without a certificate does not get through it if the domain asks for one. One whose
    /// certificate is not trusted does, and its requests are answered 403:
    /// <https://repost.aws/knowledge-center/api-gateway-mutual-tls-403-errors>.
    ///
    /// # Errors
    /// The client gave up, or has nothing in common with the domain; or the domain cannot be read.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Result<(TlsStream<TcpStream>, Peer)> {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let name = start.client_hello().server_name().map(str::to_lowercase);
        let domain = match &name {
            Some(name) => self.domains.of(name).await?,
            None => None,
        };
        let verifier = domain
            .as_deref()
            .and_then(|domain| domain.truststore.as_deref());
        let verifier = verifier.map(verifier_of).transpose()?;
        let config = self.config(domain.as_deref(), verifier.clone())?;
        let stream = start.into_stream(Arc::new(config)).await?;
        let shown = stream.get_ref().1.peer_certificates();
        let trusted = match (&verifier, shown.and_then(<[_]>::split_first)) {
            (Some(verifier), Some((first, others))) => {
                let verified = verifier.verify_client_cert(first, others, self.now());
                verified.is_ok().then(|| first.clone().into_owned())
            }
            _ => None,
        };
        let peer = Peer {
            domain,
            untrusted: verifier.is_some() && trusted.is_none(),
            certificate: trusted,
        };
        Ok((stream, peer))
    }

    fn now(&self) -> UnixTime {
        let seconds = self.clock.now().as_second();
        UnixTime::since_unix_epoch(Duration::from_secs(seconds.unsigned_abs()))
    }

    fn config(
        &self,
        domain: Option<&Domain>,
        verifier: Option<Arc<dyn ClientCertVerifier>>,
    ) -> Result<ServerConfig> {
        let name = domain.map_or(NO_DOMAIN, |domain| &domain.name);
        let versions = versions(domain.map_or("", |domain| &domain.security_policy));
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(versions)?;
        let builder = match verifier {
            Some(verifier) => builder.with_client_cert_verifier(Arc::new(AnyIssuer(verifier))),
            None => builder.with_no_client_auth(),
        };
        let key = KeyPair::generate()?;
        let params = named(CertificateParams::new(vec![name.to_owned()])?, name);
        let certificate = params.signed_by(&key, &self.ca)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = builder.with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// With a subject of its own: one whose subject is its issuer's passes for self-signed with OpenSSL.
fn named(mut params: CertificateParams, subject: &str) -> CertificateParams {
    params.distinguished_name.push(DnType::CommonName, subject);
    params
}

static NEWEST: &[&SupportedProtocolVersion] = &[&TLS13];
static BOTH: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];

/// The versions of a security policy. This side has none below 1.2, whatever a policy allows.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html>
fn versions(policy: &str) -> &'static [&'static SupportedProtocolVersion] {
    if policy.starts_with("SecurityPolicy_TLS13_1_3_") {
        NEWEST
    } else {
        BOTH
    }
}

/// A verifier of the chains that end at a CA of the truststore.
fn verifier_of(truststore: &str) -> Result<Arc<dyn ClientCertVerifier>> {
    let mut roots = RootCertStore::empty();
    let all = CertificateDer::pem_slice_iter(truststore.as_bytes());
    // API Gateway warns of those that it cannot use, and uses the others.
    roots.add_parsable_certificates(all.filter_map(Result::ok));
    let provider = Arc::new(default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .context("the truststore has no certificate that can be used")
}

/// Makes a client prove that it has the key of its certificate, from any issuer.
#[derive(Debug)]
struct AnyIssuer(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for AnyIssuer {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        _first: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
