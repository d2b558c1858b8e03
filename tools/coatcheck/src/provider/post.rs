use std::{error::Error, time::Duration};

use anyhow::{Context, Result, bail};
use reqwest::{Client, Url, redirect::Policy};

use super::{Answer, Pairs};

/// Bytes of an answer that are read, at most: ours have a few hundred.
const ANSWER_MAX_BYTES: usize = 64 * 1024;

/// Posts deliveries over connections that stay open, as large providers do.
#[derive(Clone)]
pub(crate) struct Poster {
    client: Client,
    url: Url,
}

/// No HTTP answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {detail}")]
pub(crate) struct NoAnswer {
    /// What went wrong, in a few fixed words.
    pub(crate) what: &'static str,
    pub(crate) detail: String,
}

impl Poster {
    /// For this URL. `timeout` bounds one request as a whole.
    pub(crate) fn new(url: &str, timeout: Duration) -> Result<Self> {
        let url = Url::parse(url).with_context(|| format!("{url:?} is no URL"))?;
        let Some(host) = url
            .host_str()
            .filter(|_| ["http", "https"].contains(&url.scheme()))
        else {
            bail!("{url} is no URL of http or https");
        };
        let is_here = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
        let mut client = Client::builder()
            .timeout(timeout)
            // A provider takes a redirect for a failure.
            .redirect(Policy::none())
            .user_agent(concat!("coatcheck/", env!("CARGO_PKG_VERSION")));
        if is_here {
            client = client.no_proxy();
        }
        let client = client.build().context("no HTTP client can be made")?;
        Ok(Self { client, url })
    }

    /// Where it posts to.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Posts one delivery, once.
    pub(crate) async fn post(&self, headers: &Pairs, body: Vec<u8>) -> Result<Answer, NoAnswer> {
        let mut request = self.client.post(self.url.clone()).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = request.send().await.map_err(NoAnswer::from)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(NoAnswer::from)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > ANSWER_MAX_BYTES {
                break;
            }
        }
        Ok(Answer::new(status, retry_after, &bytes))
    }
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        let what = if error.is_timeout() {
            "no answer in time"
        } else if error.is_connect() {
            "no connection"
        } else if error.is_builder() {
            "a header cannot be sent"
        } else {
            "the connection broke off"
        };
        // What lies deepest says what it was; the rest repeats itself.
        let mut deepest: &dyn Error = &error;
        while let Some(source) = deepest.source() {
            deepest = source;
        }
        Self {
            what,
            detail: deepest.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_is_posted_to() {
        for bad in ["hooks.example.com", "ftp://a/b", "/v1/hooks/a", ""] {
            let problem = Poster::new(bad, Duration::from_secs(1)).err().unwrap();
            assert!(problem.to_string().contains("no URL"), "{bad}: {problem}");
        }
        let good = Poster::new("http://127.0.0.1:1/a?b=c", Duration::from_secs(1)).unwrap();
        assert_eq!(good.url().as_str(), "http://127.0.0.1:1/a?b=c");
    }

    #[tokio::test]
    async fn a_connection_that_is_refused_is_told_without_its_url() {
        // Nobody listens: the port was given back.
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let url = format!("http://127.0.0.1:{port}/secret-path");
        let poster = Poster::new(&url, Duration::from_secs(5)).unwrap();
        let problem = poster.post(&Vec::new(), Vec::new()).await.unwrap_err();
        assert_eq!(problem.what, "no connection");
        assert!(!problem.to_string().contains("secret-path"), "{problem}");
    }

    #[tokio::test]
    async fn a_header_that_no_request_may_have_is_told() {
        let poster = Poster::new("http://127.0.0.1:1/", Duration::from_secs(5)).unwrap();
        let headers = vec![("x-a".to_owned(), "a\nb".to_owned())];
        let problem = poster.post(&headers, Vec::new()).await.unwrap_err();
        assert_eq!(problem.what, "a header cannot be sent");
    }
}
