use std::sync::OnceLock;

use rustls::RootCertStore;

/// The system's CAs. Read once: the bundle has more than a hundred certificates.
pub fn system_roots() -> &'static RootCertStore {
    static SYSTEM: OnceLock<RootCertStore> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        // Some bundles have one that no library takes; the others count. Without any, no server is
        // trusted.
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        roots
    })
}
