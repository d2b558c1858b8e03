use std::net::IpAddr;

use domain::{
    AlternativeName, Attribute, CertificateDigest, CertificateFacts, CertificateSerial,
    DistinguishedName, Endpoint, Timestamp,
};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use tracing::info;
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, prelude::FromDer, x509::X509Name,
};

/// A certificate with a hundred names and a large key has some 6 kB. Nothing longer is read.
const MAX_PEM_BYTES: usize = 16 * 1024;

/// How much of a subject is logged.
const LOGGED_CHARS: usize = 200;

/// Why a client certificate does not open an endpoint. For the log: the sender learns no more than
/// anyone else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefused {
    /// There is none: the request did not come by the domain with mutual TLS.
    #[error("the request has no client certificate")]
    Missing,
    /// It is too long, no certificate, or more than one.
    #[error("the client certificate cannot be read")]
    Unreadable,
    /// Its time has not come.
    #[error("the client certificate is not valid yet")]
    NotYetValid,
    /// Its time is over.
    #[error("the client certificate has expired")]
    Expired,
    /// It was withdrawn.
    #[error("the client certificate is revoked")]
    Revoked,
    /// It is another one than the endpoint takes.
    #[error("the client certificate is none of those that the endpoint takes")]
    Mismatch,
}

impl CertificateRefused {
    /// The stable code for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "client_certificate_missing",
            Self::Unreadable => "client_certificate_unreadable",
            Self::NotYetValid => "client_certificate_not_yet_valid",
            Self::Expired => "client_certificate_expired",
            Self::Revoked => "client_certificate_revoked",
            Self::Mismatch => "client_certificate_mismatch",
        }
    }
}

/// Judges the client certificate of a request, which API Gateway has verified against the truststore.
/// It also refuses certificates out of their time, but that is not relied on.
///
/// # Errors
/// [`CertificateRefused`].
pub fn judge_certificate(
    endpoint: &Endpoint,
    pem: Option<&str>,
    now: Timestamp,
) -> Result<(), CertificateRefused> {
    let Endpoint { mtls, revoked, .. } = endpoint;
    if mtls.is_none() && revoked.is_none() {
        return Ok(());
    }
    let pem = match pem.filter(|pem| !pem.trim().is_empty()) {
        Some(pem) => pem,
        None if mtls.is_some() => return Err(CertificateRefused::Missing),
        // Without a certificate there is none to revoke.
        None => return Ok(()),
    };
    let der = only_certificate(pem)?;
    let (rest, certificate) =
        X509Certificate::from_der(&der).map_err(|_| CertificateRefused::Unreadable)?;
    if !rest.is_empty() {
        return Err(CertificateRefused::Unreadable);
    }
    let validity = certificate.validity();
    if now.as_second() < validity.not_before.timestamp() {
        return Err(CertificateRefused::NotYetValid);
    }
    if now.as_second() > validity.not_after.timestamp() {
        return Err(CertificateRefused::Expired);
    }
    let facts = CertificateFacts {
        subject: subject(certificate.subject()),
        san: alternative_names(&certificate)?,
        fingerprint: CertificateDigest::of(&der),
        serial: CertificateSerial::of(certificate.raw_serial()),
    };
    if revoked.as_ref().is_some_and(|all| all.include(&facts)) {
        return Err(CertificateRefused::Revoked);
    }
    if mtls.as_ref().is_none_or(|demand| demand.admits(&facts)) {
        return Ok(());
    }
    // Neither is a secret, and anyone who sets up the endpoint needs one of them.
    let subject = facts.subject.map(|name| name.to_string());
    let subject: Option<String> = subject.map(|text| text.chars().take(LOGGED_CHARS).collect());
    info!(
        fingerprint = %facts.fingerprint,
        subject,
        "another client certificate than the endpoint takes"
    );
    Err(CertificateRefused::Mismatch)
}

/// The one certificate of a PEM text. Of two nobody could tell which one made the handshake.
fn only_certificate(pem: &str) -> Result<CertificateDer<'static>, CertificateRefused> {
    let unreadable = CertificateRefused::Unreadable;
    if pem.len() > MAX_PEM_BYTES {
        return Err(unreadable);
    }
    let mut all = CertificateDer::pem_slice_iter(pem.as_bytes());
    match (all.next(), all.next()) {
        (Some(Ok(der)), None) => Ok(der),
        _ => Err(unreadable),
    }
}

/// `None` if a value is none of the types that are text beyond doubt.
fn subject(name: &X509Name<'_>) -> Option<DistinguishedName> {
    let mut parts = Vec::new();
    for part in name.iter_rdn() {
        let mut attributes = Vec::new();
        for attribute in part.iter() {
            attributes.push(Attribute {
                kind: attribute.attr_type().to_id_string(),
                value: attribute.as_str().ok()?.to_owned(),
            });
        }
        parts.push(attributes);
    }
    parts.reverse();
    Some(DistinguishedName::new(parts))
}

fn alternative_names(
    certificate: &X509Certificate<'_>,
) -> Result<Vec<AlternativeName>, CertificateRefused> {
    // An extension that occurs twice is an error, too.
    let extension = certificate
        .subject_alternative_name()
        .map_err(|_| CertificateRefused::Unreadable)?;
    let names = extension.map_or(&[][..], |extension| &extension.value.general_names);
    let known = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(host) => Some(AlternativeName::dns(host)),
        GeneralName::URI(uri) => Some(AlternativeName::Uri((*uri).to_owned())),
        GeneralName::RFC822Name(mailbox) => Some(AlternativeName::Email((*mailbox).to_owned())),
        GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
            .map(IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
            .map(AlternativeName::Ip)
            .ok(),
        _ => None,
    };
    Ok(names.iter().filter_map(known).collect())
}

#[cfg(test)]
#[path = "client_certificate_tests.rs"]
mod tests;
