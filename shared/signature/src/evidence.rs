use domain::{Headers, Location};

use crate::{TimestampFrom, Verifier, verifier::covers};

impl Verifier {
    /// The headers by which a delivery was judged, with their values: what a
    /// later look at the same body needs to verify it again.
    #[must_use]
    pub fn evidence(&self, headers: &Headers) -> Headers {
        let present = |name: &String| headers.get_all(name).next().is_some();
        let Some((family, signature)) = self
            .headers
            .iter()
            .enumerate()
            .find(|(_, name)| present(name))
        else {
            return Headers::default();
        };
        let clock = match self.timestamp.as_ref().map(|spec| &spec.from) {
            Some(TimestampFrom::Header(names)) => Some(names.at(family)),
            _ => None,
        };
        let mut names: Vec<&str> = self
            .template
            .headers(family)
            .chain([signature.as_str()])
            .chain(clock)
            .collect();
        names.sort_unstable();
        names.dedup();
        Headers::from_pairs(
            names
                .into_iter()
                .flat_map(|name| headers.get_all(name).map(move |value| (name, value))),
        )
    }

    /// Whether every good signature of this scheme covers what stands at a
    /// location, under each of the names its headers go by.
    #[must_use]
    pub fn signs(&self, location: &Location) -> bool {
        (0..self.headers.len()).all(|family| {
            let signed: Vec<String> = self.template.headers(family).map(str::to_owned).collect();
            covers(&signed, location)
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::SchemeRef;

    use super::*;
    use crate::Scheme;

    fn verifier(preset: &str) -> Verifier {
        Verifier::compile(&Scheme::resolve(&SchemeRef::Preset(preset.into())).unwrap()).unwrap()
    }

    #[test]
    fn evidence_is_what_was_read_and_nothing_else() {
        let headers = Headers::from_pairs([
            ("webhook-id", "msg_1"),
            ("Webhook-Timestamp", "1700000000"),
            ("webhook-signature", "v1,x"),
            ("authorization", "Basic x"),
        ]);
        let evidence = verifier("standard-webhooks").evidence(&headers);
        assert_eq!(
            evidence.iter().collect::<Vec<_>>(),
            [
                ("webhook-id", "msg_1"),
                ("webhook-signature", "v1,x"),
                ("webhook-timestamp", "1700000000")
            ]
        );
    }

    #[test]
    fn a_header_is_signed_only_where_the_scheme_says_so() {
        let header = |name: &str| Location::Header(name.into());
        assert!(!verifier("github").signs(&header("x-github-delivery")));
        assert!(verifier("github").signs(&Location::Json("/ref".into())));
        assert!(verifier("stripe").signs(&Location::Literal("x".into())));
    }
}
