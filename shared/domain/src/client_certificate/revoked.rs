use serde::{Deserialize, Serialize};

use super::{CertificateDemandProblem, CertificateDigest, CertificateFacts};

/// Certificates that open nothing any more, although they are valid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RevokedCertificates {
    /// By their digests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<CertificateDigest>,
    /// By their numbers, whichever CA gave them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<CertificateSerial>,
}

impl RevokedCertificates {
    /// Whether this certificate is one of them.
    #[must_use]
    pub fn include(&self, facts: &CertificateFacts) -> bool {
        let Self {
            fingerprints,
            serials,
        } = self;
        fingerprints.contains(&facts.fingerprint)
            || facts
                .serial
                .as_ref()
                .is_some_and(|serial| serials.contains(serial))
    }
}

/// A certificate's number: hexadecimal digits in lower case, without zeros in front.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CertificateSerial(String);

impl CertificateSerial {
    /// Of the number's bytes. `None`: there are more than 20, which RFC 5280 does not allow.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let digits = hex::encode(bytes);
        let plain = digits.trim_start_matches('0');
        let plain = if plain.is_empty() { "0" } else { plain };
        Self::try_from(plain.to_owned()).ok()
    }
}

impl TryFrom<String> for CertificateSerial {
    type Error = CertificateDemandProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_plain = text == "0" || !text.starts_with('0');
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if (1..=40).contains(&text.len()) && is_plain && text.bytes().all(is_digit) {
            Ok(Self(text))
        } else {
            Err(CertificateDemandProblem::Serial)
        }
    }
}

impl From<CertificateSerial> for String {
    fn from(serial: CertificateSerial) -> Self {
        serial.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(serial: &[u8]) -> CertificateFacts {
        CertificateFacts {
            subject: None,
            san: Vec::new(),
            fingerprint: CertificateDigest::of(b"a certificate"),
            serial: CertificateSerial::of(serial),
        }
    }

    #[test]
    fn either_list_is_enough() {
        let digest = CertificateDigest::of(b"a certificate");
        for (json, expected) in [
            ("{}".to_owned(), false),
            (format!(r#"{{"fingerprints":["{digest}"]}}"#), true),
            (r#"{"serials":["a1b"]}"#.to_owned(), true),
            (r#"{"serials":["a1b0","b"]}"#.to_owned(), false),
        ] {
            let revoked: RevokedCertificates = serde_json::from_str(&json).unwrap();
            // The first byte of a positive number may have to be zero in DER.
            assert_eq!(
                revoked.include(&facts(&[0, 0x0a, 0x1b])),
                expected,
                "{json}"
            );
        }
    }

    #[test]
    fn a_serial_is_written_one_way() {
        for bad in ["", "0a", "A1", "a:1", "x", &"1".repeat(41)] {
            assert!(
                CertificateSerial::try_from(bad.to_owned()).is_err(),
                "{bad}"
            );
        }
        assert_eq!(CertificateSerial::of(&[0]), CertificateSerial::of(&[]));
        assert_eq!(CertificateSerial::of(&[1; 21]), None);
    }
}
