//! What API Gateway says of a client certificate: `requestContext.identity.clientCert`.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html> shows the
//! members. How AWS spells names and times beyond that example is not written down.

use base64_simd::STANDARD;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

/// The facts of a certificate; `None` if it cannot be read.
pub(crate) fn describe(der: &CertificateDer<'_>) -> Option<Value> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let validity = certificate.validity();
    Some(json!({
        "clientCertPem": pem(der),
        "subjectDN": certificate.subject().to_string(),
        "issuerDN": certificate.issuer().to_string(),
        "serialNumber": certificate.raw_serial_as_string(),
        "validity": {
            "notBefore": time(validity.not_before.timestamp())?,
            "notAfter": time(validity.not_after.timestamp())?,
        },
    }))
}

/// `May 28 12:30:02 2019 GMT`.
fn time(second: i64) -> Option<String> {
    let at = Timestamp::from_second(second).ok()?;
    Some(at.strftime("%b %e %H:%M:%S %Y GMT").to_string())
}

fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode_to_string(der);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, SerialNumber, date_time_ymd};
    use rustls::pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn as_the_document_shows_it() {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "www.example.com");
        params.serial_number = Some(SerialNumber::from_slice(&[0x0a, 0x1b]));
        params.not_before = date_time_ymd(2019, 5, 8);
        params.not_after = date_time_ymd(2021, 8, 15);
        let key = KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        let described = describe(made.der()).unwrap();
        assert_eq!(described["subjectDN"], "CN=www.example.com");
        assert_eq!(described["issuerDN"], "CN=www.example.com");
        assert_eq!(described["serialNumber"], "0a:1b");
        assert_eq!(
            described["validity"],
            json!({"notBefore": "May  8 00:00:00 2019 GMT", "notAfter": "Aug 15 00:00:00 2021 GMT"})
        );
        let pem = described["clientCertPem"].as_str().unwrap();
        assert!(pem.lines().all(|line| line.len() <= 64));
        let read = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        assert_eq!(&read, made.der());
    }
}
