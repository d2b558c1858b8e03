//! Which client certificates an endpoint takes. What a certificate says is read elsewhere: nothing here knows X.509.

mod alternative_name;
mod certificate_digest;
mod distinguished_name;
mod revoked;

use serde::{Deserialize, Serialize};

pub use self::alternative_name::AlternativeName;
pub use self::certificate_digest::CertificateDigest;
pub use self::distinguished_name::{Attribute, DistinguishedName};
pub use self::revoked::{CertificateSerial, RevokedCertificates};

/// What a client certificate must say. Each list that is not empty must match, and one of its
/// entries is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct CertificateDemand {
    stored: Stored,
}

/// As it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Stored {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subject: Vec<DistinguishedName>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    san: Vec<AlternativeName>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fingerprint: Vec<CertificateDigest>,
}

/// The text does not describe a client certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateDemandProblem {
    /// Every certificate would do.
    #[error("mtls needs subject, san or fingerprint")]
    Nothing,
    /// Not a distinguished name.
    #[error("a subject is a distinguished name as in RFC 4514, such as CN=client,O=Acme,C=US")]
    Subject,
    /// Not a subject alternative name.
    #[error("a san is dns:, uri:, email: or ip: and a name")]
    AlternativeName,
    /// Not a digest.
    #[error("a fingerprint is the SHA-256 of the certificate: 64 hexadecimal digits")]
    Fingerprint,
    /// Not a serial number.
    #[error("a serial is 1 to 40 hexadecimal digits in lower case, without zeros in front")]
    Serial,
}

/// What a client certificate says, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// `None`: a value is no text.
    pub subject: Option<DistinguishedName>,
    /// Those of the kinds that are compared.
    pub san: Vec<AlternativeName>,
    /// Of the whole certificate.
    pub fingerprint: CertificateDigest,
    /// Its number at its CA; `None`: it is longer than a CA may make it.
    pub serial: Option<CertificateSerial>,
}

impl CertificateDemand {
    /// Whether this certificate is one of those that the endpoint takes.
    #[must_use]
    pub fn admits(&self, facts: &CertificateFacts) -> bool {
        let Stored {
            subject,
            san,
            fingerprint,
        } = &self.stored;
        let subject_fits = match &facts.subject {
            _ if subject.is_empty() => true,
            Some(name) => subject.contains(name),
            None => false,
        };
        subject_fits
            && (san.is_empty() || san.iter().any(|name| facts.san.contains(name)))
            && (fingerprint.is_empty() || fingerprint.contains(&facts.fingerprint))
    }

    /// Each entry in words, for people.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let Stored {
            subject,
            san,
            fingerprint,
        } = &self.stored;
        let either = |what: &str, all: Vec<String>| {
            (!all.is_empty()).then(|| format!("{what} {}", all.join(" or ")))
        };
        [
            either("subject", subject.iter().map(ToString::to_string).collect()),
            either("name", san.iter().map(ToString::to_string).collect()),
            either(
                "fingerprint",
                fingerprint.iter().map(ToString::to_string).collect(),
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl TryFrom<Stored> for CertificateDemand {
    type Error = CertificateDemandProblem;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        if stored == Stored::default() {
            return Err(CertificateDemandProblem::Nothing);
        }
        Ok(Self { stored })
    }
}

impl From<CertificateDemand> for Stored {
    fn from(demand: CertificateDemand) -> Self {
        demand.stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(json: &str) -> Result<CertificateDemand, serde_json::Error> {
        serde_json::from_str(json)
    }

    fn facts() -> CertificateFacts {
        CertificateFacts {
            subject: DistinguishedName::try_from("CN=client,O=Acme".to_owned()).ok(),
            san: ["dns:client.acme.example", "uri:spiffe://acme/client"]
                .map(|name| AlternativeName::try_from(name.to_owned()).unwrap())
                .to_vec(),
            fingerprint: CertificateDigest::of(b"a certificate"),
            serial: CertificateSerial::of(&[1, 2]),
        }
    }

    #[test]
    fn all_that_is_set_must_match_and_one_of_each_is_enough() {
        let digest = CertificateDigest::of(b"a certificate").to_string();
        let other = CertificateDigest::of(b"another").to_string();
        for (json, fits) in [
            (r#"{"subject":["CN=client,O=Acme"]}"#.to_owned(), true),
            (
                r#"{"subject":["CN=other,O=Acme","CN=client,O=Acme"]}"#.to_owned(),
                true,
            ),
            (r#"{"subject":["CN=client"]}"#.to_owned(), false),
            (r#"{"san":["dns:CLIENT.acme.example"]}"#.to_owned(), true),
            (r#"{"san":["dns:acme.example"]}"#.to_owned(), false),
            (format!(r#"{{"fingerprint":["{other}","{digest}"]}}"#), true),
            (format!(r#"{{"fingerprint":["{other}"]}}"#), false),
            (
                format!(r#"{{"san":["uri:spiffe://acme/client"],"fingerprint":["{other}"]}}"#),
                false,
            ),
            (
                r#"{"subject":["CN=client,O=Acme"],"san":["dns:other.example"]}"#.to_owned(),
                false,
            ),
        ] {
            assert_eq!(demand(&json).unwrap().admits(&facts()), fits, "{json}");
        }
        let unreadable = CertificateFacts {
            subject: None,
            ..facts()
        };
        let subject = demand(r#"{"subject":["CN=client,O=Acme"]}"#).unwrap();
        assert!(!subject.admits(&unreadable));
    }

    #[test]
    fn a_demand_says_something_and_nothing_else() {
        for bad in [
            "{}",
            r#"{"subject":[]}"#,
            r#"{"subject":"CN=client"}"#,
            r#"{"subject":["client"]}"#,
            r#"{"san":["client.acme.example"]}"#,
            r#"{"fingerprint":["00"]}"#,
            r#"{"issuer":["CN=ca"]}"#,
        ] {
            assert!(demand(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn it_is_stored_as_it_is_read() {
        let json = r#"{"subject":["CN=a,O=b"],"san":["dns:a.example","ip:192.0.2.1"]}"#;
        let read = demand(json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
        assert_eq!(
            read.words(),
            ["subject CN=a,O=b", "name dns:a.example or ip:192.0.2.1"]
        );
    }
}
