use std::fmt;

use serde::{Deserialize, Serialize};

use super::CertificateDemandProblem;

/// Names of attributes that may be written for their object identifier: those of RFC 4514, and two that `openssl` and
/// API Gateway write.
const NAMES: [(&str, &str); 11] = [
    ("CN", "2.5.4.3"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("C", "2.5.4.6"),
    ("ST", "2.5.4.8"),
    ("L", "2.5.4.7"),
    ("STREET", "2.5.4.9"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("EMAILADDRESS", "1.2.840.113549.1.9.1"),
];

/// A distinguished name as RFC 4514 writes it: the most specific part first, which is the last one in a certificate.
///
/// Two are equal if they have the same parts in the same order. Of a part with several attributes the order does not
/// count. Values are compared letter by letter, whatever type of text they are stored as. RFC 5280 would also take other
/// case and more spaces for equal: a name that differs in these is refused here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DistinguishedName(Vec<Vec<Attribute>>);

/// One attribute of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// Its object identifier, in dots.
    pub kind: String,
    /// Its text.
    pub value: String,
}

impl DistinguishedName {
    /// From the parts, the most specific first.
    #[must_use]
    pub fn new(mut parts: Vec<Vec<Attribute>>) -> Self {
        for part in &mut parts {
            part.sort_unstable();
        }
        Self(parts)
    }
}

impl TryFrom<String> for DistinguishedName {
    type Error = CertificateDemandProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut parts = vec![Vec::new()];
        let mut rest = text.as_str();
        loop {
            let (attribute, after) = attribute(rest).ok_or(CertificateDemandProblem::Subject)?;
            if let Some(part) = parts.last_mut() {
                part.push(attribute);
            }
            match after.split_at_checked(1) {
                None => return Ok(Self::new(parts)),
                Some((",", next)) => {
                    parts.push(Vec::new());
                    rest = next;
                }
                Some((_, next)) => rest = next,
            }
        }
    }
}

/// The first attribute, and what follows it: nothing, or `,` or `+` and more.
fn attribute(text: &str) -> Option<(Attribute, &str)> {
    let (name, rest) = text.split_once('=')?;
    // RFC 4514 has no spaces here; RFC 2253 allowed them, and people write them.
    let kind = kind(name.trim_start_matches(' '))?;
    let mut value = Vec::new();
    // Spaces at the end count if they are escaped.
    let mut solid = 0;
    let mut chars = rest.char_indices();
    let mut end = rest.len();
    while let Some((at, c)) = chars.next() {
        match c {
            ',' | '+' => {
                end = at;
                break;
            }
            '\\' => {
                let (_, next) = chars.next()?;
                if " \"#+,;<=>\\".contains(next) {
                    value.push(u8::try_from(next).ok()?);
                } else {
                    let (_, low) = chars.next()?;
                    let digits = [u8::try_from(next).ok()?, u8::try_from(low).ok()?];
                    let mut byte = [0];
                    hex::decode_to_slice(digits, &mut byte).ok()?;
                    value.extend(byte);
                }
                solid = value.len();
            }
            '"' | ';' | '<' | '>' | '\0' => return None,
            // A value in hexadecimal digits is DER, not text.
            '#' if value.is_empty() => return None,
            ' ' if value.is_empty() => {}
            ' ' => value.push(b' '),
            _ => {
                value.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
                solid = value.len();
            }
        }
    }
    value.truncate(solid);
    let value = String::from_utf8(value)
        .ok()
        .filter(|value| !value.is_empty())?;
    Some((Attribute { kind, value }, rest.get(end..)?))
}

/// The object identifier for its name, or as it is.
fn kind(name: &str) -> Option<String> {
    let known = NAMES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((_, oid)) = known {
        return Some((*oid).to_owned());
    }
    let is_number = |arc: &str| {
        !arc.is_empty()
            && arc.bytes().all(|b| b.is_ascii_digit())
            && (arc == "0" || !arc.starts_with('0'))
    };
    (name.contains('.') && name.split('.').all(is_number)).then(|| name.to_owned())
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            for (j, attribute) in part.iter().enumerate() {
                if j > 0 {
                    f.write_str("+")?;
                }
                write!(f, "{attribute}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, oid)| *oid == self.kind);
        write!(f, "{}=", name.map_or(self.kind.as_str(), |(name, _)| name))?;
        let last = self.value.chars().count().saturating_sub(1);
        for (at, c) in self.value.chars().enumerate() {
            match c {
                '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{c}")?,
                ' ' if at == 0 || at == last => f.write_str("\\ ")?,
                '#' if at == 0 => f.write_str("\\#")?,
                c if c.is_control() => {
                    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                        write!(f, "\\{byte:02x}")?;
                    }
                }
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

impl From<DistinguishedName> for String {
    fn from(name: DistinguishedName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DistinguishedName, CertificateDemandProblem> {
        DistinguishedName::try_from(text.to_owned())
    }

    /// The examples of RFC 4514, section 4, but for the one in hexadecimal digits.
    #[test]
    fn the_examples_of_the_standard() {
        for (text, parts) in [
            ("UID=jsmith,DC=example,DC=net", 3),
            ("OU=Sales+CN=J.  Smith,DC=example,DC=net", 3),
            (r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#, 3),
            (r"CN=Before\0dAfter,DC=example,DC=net", 3),
            (r"CN=Lu\C4\8Di\C4\87", 1),
        ] {
            let name = read(text).unwrap();
            assert_eq!(name.0.len(), parts, "{text}");
            assert_eq!(read(&name.to_string()), Ok(name), "{text}");
        }
        assert_eq!(read(r"CN=Lu\C4\8Di\C4\87"), read("CN=Lučić"));
        assert!(read("1.3.6.1.4.1.1466.0=#04024869").is_err());
    }

    #[test]
    fn how_it_is_written_makes_no_difference() {
        let name = read("CN=J. Smith+OU=Sales,O=Acme,C=US");
        assert!(name.is_ok());
        for same in [
            "cn=J. Smith+ou=Sales,o=Acme,c=US",
            "OU=Sales+CN=J. Smith,O=Acme,C=US",
            "CN=J. Smith + OU=Sales, O=Acme, C=US",
            r"2.5.4.3=J\2E Smith+OU=Sales,O=Acme,C=US",
        ] {
            assert_eq!(read(same), name, "{same}");
        }
    }

    #[test]
    fn what_it_says_does() {
        let name = read("CN=client,OU=a,O=Acme");
        for other in [
            "CN=client,O=Acme",
            "O=Acme,OU=a,CN=client",
            "CN=client+OU=a,O=Acme",
            "CN=Client,OU=a,O=Acme",
            "CN=client,OU=a,O=Acme,C=US",
            "CN=client,OU=a,O=Acme\\ ",
            "CN=client\\00,OU=a,O=Acme",
            "CN=client,OU=a,O=A  cme",
        ] {
            let other = read(other).unwrap();
            assert_ne!(Ok(other), name);
        }
        // An equal text, other parts.
        assert_ne!(read(r"CN=a\,OU=b"), read("CN=a,OU=b"));
    }

    #[test]
    fn what_is_no_name() {
        for bad in [
            "",
            "client",
            "CN",
            "CN=",
            "CN=a,",
            "CN=a,,O=b",
            "CN=a+",
            "=a",
            "XX=a",
            "CN=\"a\"",
            "CN=a;O=b",
            "CN=a<b",
            "CN=#0402",
            "CN=a\\",
            "CN=a\\x",
            "CN=a\\4",
            "CN=\\ff",
            "CN=a\0",
            "1=a",
            "1..2=a",
            "01.2=a",
            "CN=  ",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
