//! The URL of a destination, of a token endpoint or of a key set.

use hyper::Uri;

/// An absolute URL, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// Whether with TLS.
    pub https: bool,
    /// As it is resolved: a name or an address, without brackets.
    pub host: String,
    /// The scheme's own if the text has none.
    pub port: u16,
    /// What the request asks for: path and query.
    pub target: Uri,
    /// The value of the header `host`.
    pub authority: String,
}

/// Nothing is sent to this URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlProblem {
    /// Not a URL that we would ask.
    #[error("is not an absolute URL in ASCII; write a name with other letters as xn--...")]
    Form,
    /// Unencrypted.
    #[error("must be https; http is for private addresses, with allow_private")]
    Scheme,
    /// Credentials in a place where they get into logs.
    #[error("must not have a user or a password: they belong into the secret")]
    UserInfo,
}

impl Url {
    /// Takes a text apart. `http` only where private addresses are allowed: nothing goes over the internet unencrypted.
    ///
    /// # Errors
    /// [`UrlProblem`].
    pub fn parse(text: &str, allow_private: bool) -> Result<Self, UrlProblem> {
        let uri: Uri = text.parse().map_err(|_| UrlProblem::Form)?;
        let authority = uri.authority().ok_or(UrlProblem::Form)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if allow_private => false,
            _ => return Err(UrlProblem::Scheme),
        };
        if authority.as_str().contains('@') {
            return Err(UrlProblem::UserInfo);
        }
        let host = authority.host();
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let default_port = if https { 443 } else { 80 };
        // `Authority::port` takes a number that is too large for none.
        let after = authority.as_str().strip_prefix(host).unwrap_or_default();
        let port = match after.strip_prefix(':') {
            None if after.is_empty() => default_port,
            None => return Err(UrlProblem::Form),
            Some(port) => port.parse().map_err(|_| UrlProblem::Form)?,
        };
        if host.is_empty() || port == 0 || host.contains('%') {
            return Err(UrlProblem::Form);
        }
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let target = if target.starts_with('?') {
            format!("/{target}")
        } else {
            target.to_owned()
        };
        Ok(Self {
            https,
            host: bare.unwrap_or(host).to_owned(),
            port,
            target: target.parse().map_err(|_| UrlProblem::Form)?,
            authority: if port == default_port {
                host.to_owned()
            } else {
                format!("{host}:{port}")
            },
        })
    }

    /// The whole text, as it is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Url, UrlProblem> {
        Url::parse(text, true)
    }

    #[test]
    fn splits_a_url() {
        for (text, host, port, authority, target) in [
            ("https://a.example", "a.example", 443, "a.example", "/"),
            (
                "https://a.example:443/x?y=1#z",
                "a.example",
                443,
                "a.example",
                "/x?y=1",
            ),
            (
                "https://a.example:8443?y",
                "a.example",
                8443,
                "a.example:8443",
                "/?y",
            ),
            ("http://[::1]:80/x", "::1", 80, "[::1]", "/x"),
            (
                "http://127.0.0.1:9/a%20b",
                "127.0.0.1",
                9,
                "127.0.0.1:9",
                "/a%20b",
            ),
        ] {
            let url = parse(text).unwrap();
            assert_eq!(
                (url.host.as_str(), url.port, url.authority.as_str()),
                (host, port, authority),
                "{text}"
            );
            assert_eq!(url.target.to_string(), target);
            assert_eq!(url.https, text.starts_with("https"));
        }
        let text = "https://a.example:8443/x?y=1";
        assert_eq!(parse(text).unwrap().text(), text);
    }

    #[test]
    fn refuses_what_is_not_one() {
        for text in [
            "",
            "/x",
            "a.example",
            "https://",
            "https:///x",
            "https://a.example:0/",
            "https://a.example:70000/",
            "https://bücher.example/",
            "https://a b/",
            "http://[fe80::1%25eth0]/",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in ["https://user@a.example/", "https://u:p@a.example/"] {
            assert_eq!(parse(text), Err(UrlProblem::UserInfo), "{text}");
        }
        for text in [
            "ftp://a.example/",
            "file:///etc/passwd",
            "gopher://a.example/",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let http = Url::parse("http://a.example/", false);
        assert_eq!(http, Err(UrlProblem::Scheme));
    }
}
