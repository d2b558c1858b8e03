use crate::site::Url;

/// The components that come from the URL (RFC 9421, 2.2).
pub(super) fn of_url(url: &Url<'_>) -> Vec<(&'static str, String)> {
    let path = if url.path.is_empty() { "/" } else { url.path };
    let query = url
        .query
        .map_or_else(|| "?".to_owned(), |query| format!("?{query}"));
    let default_port = if url.scheme == "https" { ":443" } else { ":80" };
    let authority = url.authority.to_ascii_lowercase();
    let target = match url.query {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    vec![
        ("@target-uri", url.whole.to_owned()),
        (
            "@authority",
            authority
                .strip_suffix(default_port)
                .unwrap_or(&authority)
                .to_owned(),
        ),
        ("@scheme", url.scheme.to_owned()),
        ("@request-target", target),
        ("@path", path.to_owned()),
        ("@query", query),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Site;

    /// RFC 9421, 2.2.
    #[test]
    fn derived_components_are_written_as_the_rfc_says() {
        let site = Site {
            url: Some("https://WWW.Example.com:443/path?param=value"),
            method: "POST",
        };
        let of = of_url(&site.url().unwrap());
        let value = |name: &str| of.iter().find(|(have, _)| *have == name).unwrap().1.clone();
        assert_eq!(value("@authority"), "www.example.com");
        assert_eq!(value("@path"), "/path");
        assert_eq!(value("@query"), "?param=value");
        assert_eq!(value("@request-target"), "/path?param=value");
        let site = Site {
            url: Some("https://example.com"),
            method: "POST",
        };
        let of = of_url(&site.url().unwrap());
        let value = |name: &str| of.iter().find(|(have, _)| *have == name).unwrap().1.clone();
        assert_eq!(
            (value("@path"), value("@query")),
            ("/".to_owned(), "?".to_owned())
        );
    }
}
