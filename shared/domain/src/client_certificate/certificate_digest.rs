use std::fmt;

use serde::{Deserialize, Serialize};

use super::CertificateDemandProblem;
use crate::Digest;

/// The SHA-256 of a certificate's DER: its fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CertificateDigest(Digest);

impl CertificateDigest {
    /// Of a certificate in DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self(Digest::of(der))
    }
}

impl fmt::Display for CertificateDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0.0))
    }
}

impl TryFrom<String> for CertificateDigest {
    type Error = CertificateDemandProblem;

    /// Pairs of digits, with colons between all of them or none, in any case: as `openssl` and
    /// browsers show it.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = CertificateDemandProblem::Fingerprint;
        let plain = match text.len() {
            64 => text,
            95 if text.split(':').all(|pair| pair.len() == 2) => text.replace(':', ""),
            _ => return Err(wrong),
        };
        let mut digest = [0; 32];
        hex::decode_to_slice(plain, &mut digest).map_err(|_| wrong)?;
        Ok(Self(Digest(digest)))
    }
}

impl From<CertificateDigest> for String {
    fn from(digest: CertificateDigest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<CertificateDigest, CertificateDemandProblem> {
        CertificateDigest::try_from(text.to_owned())
    }

    #[test]
    fn colons_and_case_make_no_difference() {
        let plain = CertificateDigest::of(b"der").to_string();
        let pairs: Vec<_> = plain.as_bytes().chunks(2).map(<[u8]>::to_vec).collect();
        let colons = String::from_utf8(pairs.join(&b':')).unwrap();
        for same in [plain.to_uppercase(), colons.to_uppercase(), colons] {
            assert_eq!(read(&same), Ok(CertificateDigest::of(b"der")), "{same}");
        }
    }

    #[test]
    fn only_a_whole_digest_is_one() {
        let plain = CertificateDigest::of(b"der").to_string();
        let (short, long) = (&plain[1..], format!("{plain}0"));
        let shifted = format!(":{}", "abc:".repeat(23)) + "ab";
        for bad in ["", short, &long, &"g".repeat(64), &"a".repeat(95), &shifted] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
