use crate::SchemeError;

/// What is configured about an endpoint and may be signed: constant for a verifier,
/// and never rebuilt from a request, whose host and path a proxy may have changed.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The public URL, byte for byte as the provider knows it: `https://host/path?query`.
    pub url: Option<&'a str>,
    /// The method that deliveries come with.
    pub method: &'a str,
}

impl Default for Site<'_> {
    fn default() -> Self {
        Self {
            url: None,
            method: "POST",
        }
    }
}

/// A URL, taken apart and left as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Url<'a> {
    pub(crate) whole: &'a str,
    pub(crate) scheme: &'a str,
    pub(crate) authority: &'a str,
    /// Empty if the URL ends with its authority.
    pub(crate) path: &'a str,
    /// Without the question mark.
    pub(crate) query: Option<&'a str>,
    pub(crate) path_query: &'a str,
}

impl<'a> Site<'a> {
    /// The URL, of a scheme that needs one.
    pub(crate) fn url(&self) -> Result<Url<'a>, SchemeError> {
        const FORM: &str = "set the endpoint's url to the one the provider was given, https://host/path, byte for byte";
        let whole = self.url.ok_or_else(|| {
            SchemeError::rule(
                "url",
                "the scheme signs it, and the endpoint has none",
                FORM,
            )
        })?;
        Url::parse(whole)
            .ok_or_else(|| SchemeError::rule("url", format!("{whole:?} is not a plain URL"), FORM))
    }
}

impl<'a> Url<'a> {
    fn parse(whole: &'a str) -> Option<Self> {
        let (scheme, rest) = whole.split_once("://")?;
        let plain = whole.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        if !plain || !["https", "http"].contains(&scheme) {
            return None;
        }
        let (authority, path_query) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = match path_query.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path_query, None),
        };
        (!authority.is_empty()).then_some(Self {
            whole,
            scheme,
            authority,
            path,
            query,
            path_query,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_and_left_as_it_is() {
        let url = Url::parse("https://Hooks.example:8443/v1/%7Ea?x=1&y=%20?").unwrap();
        assert_eq!(
            (
                url.scheme,
                url.authority,
                url.path,
                url.query,
                url.path_query
            ),
            (
                "https",
                "Hooks.example:8443",
                "/v1/%7Ea",
                Some("x=1&y=%20?"),
                "/v1/%7Ea?x=1&y=%20?"
            )
        );
        let bare = Url::parse("https://hooks.example").unwrap();
        assert_eq!((bare.path, bare.query), ("", None));
        assert_eq!(Url::parse("https://h?x").unwrap().query, Some("x"));
    }

    #[test]
    fn what_is_not_a_plain_url_is_refused_by_name() {
        for bad in [
            "",
            "hooks.example/a",
            "ftp://a/b",
            "https://",
            "https://a/#b",
            "https://a/ b",
            "https://é/",
        ] {
            let site = Site {
                url: Some(bad),
                ..Site::default()
            };
            assert!(
                matches!(site.url(), Err(SchemeError::Rule { field: "url", .. })),
                "{bad}"
            );
        }
        assert!(Site::default().url().is_err());
    }
}
