use domain::Headers;
use signature::{Names, Part, Proof, Scheme, SignatureSpec, SignedScheme, TimestampFrom};

/// A header that a scheme reads, under any of these names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) names: Vec<String>,
    /// Whether `sign` writes it.
    pub(crate) is_written: bool,
}

impl Read {
    fn one(name: impl Into<String>, is_written: bool) -> Self {
        Self {
            names: vec![name.into()],
            is_written,
        }
    }

    pub(crate) fn is_in(&self, headers: &Headers) -> bool {
        self.names
            .iter()
            .any(|name| headers.get_all(name).next().is_some())
    }
}

/// The headers that prove a delivery of this scheme. Where a scheme has two families of
/// names, and where the request itself names headers, it depends on what is there.
pub(crate) fn reads(scheme: &Scheme, headers: &Headers) -> Vec<Read> {
    let mut reads = match &scheme.proof {
        Proof::Signed(signed) => of_template(signed, headers),
        Proof::Token(token) => vec![Read::one(&token.header, true)],
        Proof::Basic => vec![Read::one("authorization", true)],
        Proof::Message(message) => {
            let mut reads: Vec<_> = ["signature-input", "signature", "content-digest"]
                .map(|name| Read::one(name, true))
                .into();
            let input = headers.get_all("signature-input").next();
            let listed = input
                .and_then(|input| input.split_once('(')?.1.split_once(')'))
                .map_or("", |(listed, _)| listed);
            let needed = message.components.iter().map(String::as_str);
            let covered = needed.chain(listed.split('"').skip(1).step_by(2));
            reads.extend(
                covered
                    .filter(|name| !name.starts_with('@'))
                    .map(|name| Read::one(name, false)),
            );
            reads
        }
        Proof::Plaid => vec![Read::one("plaid-verification", true)],
        Proof::Contentful => {
            const LIST: &str = "x-contentful-signed-headers";
            let listed = headers.get_all(LIST).next().unwrap_or_default();
            [LIST, "x-contentful-timestamp", "x-contentful-signature"]
                .into_iter()
                .chain(listed.split(',').filter(|name| !name.is_empty()))
                .map(|name| Read::one(name, true))
                .collect()
        }
        Proof::Twilio => vec![Read::one("x-twilio-signature", true)],
        Proof::Mailgun | Proof::Adyen => Vec::new(),
    };
    if scheme.also_basic {
        reads.push(Read::one("authorization", true));
    }
    let mut seen: Vec<Read> = Vec::new();
    for read in reads {
        if !seen.iter().any(|have| have.names == read.names) {
            seen.push(read);
        }
    }
    seen
}

fn of_template(scheme: &SignedScheme, headers: &Headers) -> Vec<Read> {
    let SignatureSpec {
        headers: names,
        more_headers,
        ..
    } = &scheme.signature;
    let mut reads = vec![Read {
        names: names.iter().chain(more_headers).cloned().collect(),
        is_written: true,
    }];
    let family = names
        .iter()
        .position(|name| headers.get_all(name).next().is_some());
    let read = |names: &Names, is_written| Read {
        names: match (names, family) {
            (Names::One(name), _) => vec![name.clone()],
            (Names::Each(names), Some(family)) => names.get(family).into_iter().cloned().collect(),
            (Names::Each(names), None) => names.clone(),
        },
        is_written,
    };
    let clock = scheme.timestamp.as_ref().map(|spec| &spec.from);
    if let Some(TimestampFrom::Header(names)) = clock {
        reads.push(read(names, true));
    }
    for part in &scheme.content {
        if let Part::Header(names) = part {
            reads.push(read(names, false));
        }
    }
    reads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::preset;

    fn names(scheme: &str, given: &[(&str, &str)]) -> Vec<String> {
        let headers = Headers::from_pairs(given.iter().copied());
        reads(&preset(scheme).unwrap(), &headers)
            .iter()
            .map(|read| read.names.join("|"))
            .collect()
    }

    #[test]
    fn a_family_of_names_is_kept_together() {
        assert_eq!(
            names("standard-webhooks-v1a", &[("svix-signature", "v1a,x")]),
            [
                "webhook-signature|svix-signature",
                "svix-timestamp",
                "svix-id"
            ]
        );
        assert_eq!(
            names("marqeta", &[]),
            ["x-marqeta-signature", "authorization"]
        );
    }

    #[test]
    fn what_a_request_lists_is_read_too() {
        let listed = [(
            "x-contentful-signed-headers",
            "x-contentful-topic,x-contentful-timestamp",
        )];
        assert!(names("contentful", &listed).contains(&"x-contentful-topic".to_owned()));
    }
}
