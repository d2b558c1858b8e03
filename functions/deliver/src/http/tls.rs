//! Whom we trust, and who we say we are.

use std::sync::Arc;

use outbound::system_roots;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsConnector;

use super::secret::Secrets;

/// Which CAs vouch for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Those of the system.
    System,
    /// The secret's, and no other: a destination with a CA of its own is not who some public CA
    /// says.
    Own,
    /// The system's and the secret's: a token endpoint may be with either.
    Both,
}

/// The secret lacks something, or it cannot be read as what it must be. The text says what.
pub(super) type TlsProblem = &'static str;

/// Makes the connector. With `certificate`, we say who we are with the secret's.
pub(super) fn connector(
    trust: Trust,
    certificate: bool,
    secrets: &Secrets,
) -> Result<TlsConnector, TlsProblem> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| "TLS cannot be set up")?
        .with_root_certificates(roots(trust, secrets)?);
    let mut config = if certificate {
        let (chain, key) = identity(secrets)?;
        builder
            .with_client_auth_cert(chain, key)
            .map_err(|_| "client_key is not the key of client_certificate")?
    } else {
        builder.with_no_client_auth()
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(trust: Trust, secrets: &Secrets) -> Result<RootCertStore, TlsProblem> {
    let mut roots = match trust {
        Trust::Own => RootCertStore::empty(),
        Trust::System | Trust::Both => system_roots().clone(),
    };
    if trust != Trust::System {
        let pem = secrets.ca.as_ref().ok_or("the secret has no ca")?;
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.expose().as_bytes()) {
            let certificate = certificate.map_err(|_| "ca is not PEM")?;
            roots
                .add(certificate)
                .map_err(|_| "ca has something else than a certificate of a CA")?;
        }
        if roots.len() == before {
            return Err("ca has no certificate");
        }
    }
    Ok(roots)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(secrets: &Secrets) -> Result<Identity, TlsProblem> {
    let (Some(chain), Some(key)) = (&secrets.client_certificate, &secrets.client_key) else {
        return Err("the secret has no client_certificate or no client_key");
    };
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(chain.expose().as_bytes()).collect();
    let chain = chain.map_err(|_| "client_certificate is not PEM")?;
    let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes())
        .map_err(|_| "client_key is not a private key in PEM")?;
    Ok((chain, key))
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
    use serde_json::json;

    use super::*;

    #[test]
    fn an_own_ca_stands_alone() {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let secrets = Secrets::parse(&json!({ "ca": ca.pem() }).to_string()).unwrap();
        let trusted = |trust| roots(trust, &secrets).unwrap().len();
        let system = trusted(Trust::System);
        assert!(system > 10, "this machine trusts nobody");
        assert_eq!(trusted(Trust::Own), 1);
        assert_eq!(trusted(Trust::Both), system + 1);
    }
}
