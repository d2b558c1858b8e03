use std::{fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

use super::CertificateDemandProblem;

/// A name of a certificate's holder, written as its kind, a colon, and the name. It is compared
/// whole: a star stands for itself, so `*.acme.example` in a certificate is no other name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AlternativeName {
    /// A host, in lower case.
    Dns(String),
    /// For instance a SPIFFE id.
    Uri(String),
    /// A mailbox.
    Email(String),
    /// An address.
    Ip(IpAddr),
}

impl AlternativeName {
    /// A host; its case does not count.
    #[must_use]
    pub fn dns(host: &str) -> Self {
        Self::Dns(host.to_ascii_lowercase())
    }
}

impl fmt::Display for AlternativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(host) => write!(f, "dns:{host}"),
            Self::Uri(uri) => write!(f, "uri:{uri}"),
            Self::Email(mailbox) => write!(f, "email:{mailbox}"),
            Self::Ip(address) => write!(f, "ip:{address}"),
        }
    }
}

impl TryFrom<String> for AlternativeName {
    type Error = CertificateDemandProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = CertificateDemandProblem::AlternativeName;
        let (kind, name) = text.split_once(':').ok_or(wrong)?;
        // These are all ASCII in a certificate: RFC 5280, 4.2.1.6.
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(wrong);
        }
        match kind {
            "dns" => Ok(Self::dns(name)),
            "uri" => Ok(Self::Uri(name.to_owned())),
            "email" => Ok(Self::Email(name.to_owned())),
            "ip" => name.parse().map(Self::Ip).map_err(|_| wrong),
            _ => Err(wrong),
        }
    }
}

impl From<AlternativeName> for String {
    fn from(name: AlternativeName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<AlternativeName, CertificateDemandProblem> {
        AlternativeName::try_from(text.to_owned())
    }

    #[test]
    fn each_kind_is_compared_with_its_own() {
        assert_eq!(read("dns:A.Example"), Ok(AlternativeName::dns("a.example")));
        assert_ne!(read("uri:a"), read("uri:A"));
        assert_ne!(read("email:a@b"), read("email:A@b"));
        assert_ne!(read("dns:a"), read("email:a"));
        // Two spellings of one address.
        assert_eq!(read("ip:2001:db8::1"), read("ip:2001:db8:0::1"));
        assert_ne!(read("dns:*.acme.example"), read("dns:a.acme.example"));
    }

    #[test]
    fn what_is_no_name() {
        for bad in [
            "",
            "dns",
            "dns:",
            "dns:a b",
            "dns:a\0b",
            "DNS:a",
            "ip:a",
            "ip:192.0.2",
            "x:a",
            "dns:ü",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
