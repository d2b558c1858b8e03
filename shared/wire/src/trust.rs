//! Whom we trust to be AWS.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use rustls::{
    CertificateError, ClientConfig, Error, RootCertStore,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// The roots of Amazon Trust Services, under which the certificates of AWS's endpoints are.
/// Copied from Mozilla's list; `roots/README.md` says how to compare them.
/// <https://www.amazontrust.com/repository/>
const AMAZON: [&str; 5] = [
    include_str!("../roots/Amazon_Root_CA_1.pem"),
    include_str!("../roots/Amazon_Root_CA_2.pem"),
    include_str!("../roots/Amazon_Root_CA_3.pem"),
    include_str!("../roots/Amazon_Root_CA_4.pem"),
    include_str!("../roots/Starfield_Services_Root_CA_G2.pem"),
];

/// Amazon's roots, and those of the system once a certificate is under none of Amazon's: to
/// read some 145 of them is most of a cold start (decision 0058).
#[derive(Debug)]
pub(crate) struct Trust {
    amazon: OnceLock<Arc<ClientConfig>>,
    system: OnceLock<Arc<ClientConfig>>,
    needs_system: AtomicBool,
}

impl Trust {
    /// With `names_its_roots`, the environment says what to trust, and nothing else counts.
    pub(crate) fn new(names_its_roots: bool) -> Self {
        Self {
            amazon: OnceLock::new(),
            system: OnceLock::new(),
            needs_system: AtomicBool::new(names_its_roots),
        }
    }

    /// What to connect with, and whether it trusts the system's roots.
    pub(crate) fn config(&self) -> Result<(Arc<ClientConfig>, bool), Error> {
        let of_system = self.needs_system.load(Ordering::Relaxed);
        let (kept, roots): (_, fn() -> RootCertStore) = if of_system {
            (&self.system, system)
        } else {
            (&self.amazon, amazon)
        };
        if let Some(config) = kept.get() {
            return Ok((Arc::clone(config), of_system));
        }
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots())
            .with_no_client_auth();
        let config = kept.get_or_init(|| Arc::new(config));
        Ok((Arc::clone(config), of_system))
    }

    /// Trusts the system's roots from now on.
    pub(crate) fn widen(&self) {
        self.needs_system.store(true, Ordering::Relaxed);
    }
}

/// Whether a handshake failed because the certificate is under none of the roots.
pub(crate) fn is_unknown_issuer(error: &std::io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    matches!(
        cause,
        Some(Error::InvalidCertificate(CertificateError::UnknownIssuer))
    )
}

fn amazon() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let certificates = AMAZON.map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()));
    roots.add_parsable_certificates(certificates.into_iter().flatten());
    roots
}

fn system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is one that vouches for nobody.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_root_of_amazon_is_read() {
        let roots = amazon();
        assert_eq!(roots.len(), AMAZON.len());
        let names: String = roots
            .subjects()
            .iter()
            .map(|name| String::from_utf8_lossy(name.as_ref()).into_owned())
            .collect();
        for name in [
            "Amazon Root CA 1",
            "Amazon Root CA 2",
            "Amazon Root CA 3",
            "Amazon Root CA 4",
            "Starfield Services Root Certificate Authority - G2",
        ] {
            assert!(names.contains(name), "{name}");
        }
    }

    #[test]
    fn the_system_is_asked_only_when_needed() {
        let trust = Trust::new(false);
        assert!(!trust.config().unwrap().1);
        assert!(trust.system.get().is_none());
        trust.widen();
        assert!(trust.config().unwrap().1);
        assert!(Trust::new(true).config().unwrap().1);
    }
}
