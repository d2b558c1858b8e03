use std::{
    error::Error,
    time::{Duration, Instant},
};

use reqwest::{Client, RequestBuilder, Url, redirect::Policy};

use crate::{Pairs, ProviderError, Reply, ReplyBody};

/// Bytes of a reply that are read, at most: the endpoint's own have a few hundred.
const REPLY_MAX_BYTES: usize = 64 * 1024;

/// Posts deliveries over connections that stay open, as large providers do.
#[derive(Clone)]
pub struct Poster {
    client: Client,
    url: Url,
}

/// A request without an HTTP response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {detail}")]
pub struct Unanswered {
    /// What went wrong, in a few fixed words.
    pub what: &'static str,
    /// What the network said.
    pub detail: String,
}

impl Poster {
    /// For this URL. `timeout` limits one request as a whole.
    ///
    /// # Errors
    /// [`ProviderError::Url`], [`ProviderError::Client`].
    pub fn new(url: &str, timeout: Duration) -> Result<Self, ProviderError> {
        let is_http = |url: &Url| url.has_host() && ["http", "https"].contains(&url.scheme());
        let parsed = Url::parse(url).ok().filter(is_http);
        let url = parsed.ok_or_else(|| ProviderError::Url(url.to_owned()))?;
        let mut client = Client::builder()
            .timeout(timeout)
            // A provider takes a redirect for a failure.
            .redirect(Policy::none())
            .user_agent(concat!("coatcheck/", env!("CARGO_PKG_VERSION")));
        if ["127.0.0.1", "[::1]", "localhost"].contains(&url.host_str().unwrap_or_default()) {
            client = client.no_proxy();
        }
        let client = client.build()?;
        Ok(Self { client, url })
    }

    /// Where it posts to.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Posts one delivery, once.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn post(&self, headers: &Pairs, body: Vec<u8>) -> Result<Reply, Unanswered> {
        let mut request = self.client.post(self.url.clone()).body(body);
        for (name, value) in headers {
            request = request.header(name, value.as_bytes());
        }
        exchange(request).await
    }
}

/// Sends a request and reads the endpoint's reply.
///
/// # Errors
/// [`Unanswered`].
pub async fn exchange(request: RequestBuilder) -> Result<Reply, Unanswered> {
    let started = Instant::now();
    let mut response = request.send().await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > REPLY_MAX_BYTES {
            break;
        }
    }
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    Ok(Reply {
        status: response.status().as_u16(),
        retry_after: header("retry-after")
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs),
        request_id: header("x-amzn-requestid").unwrap_or_default().to_owned(),
        took: started.elapsed(),
        body: ReplyBody::read(&body),
    })
}

impl From<reqwest::Error> for Unanswered {
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
        // The innermost error says what happened; the others repeat it.
        let mut innermost: &dyn Error = &error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Self {
            what,
            detail: innermost.to_string(),
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
            assert!(
                problem.to_string().contains("is not a URL"),
                "{bad}: {problem}"
            );
        }
        let good = Poster::new("http://127.0.0.1:1/a?b=c", Duration::from_secs(1)).unwrap();
        assert_eq!(good.url().as_str(), "http://127.0.0.1:1/a?b=c");
    }

    #[tokio::test]
    async fn a_refused_connection_is_reported_without_its_url() {
        // Nothing listens: the port was given back.
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
    async fn a_header_that_no_request_may_have_is_reported() {
        let poster = Poster::new("http://127.0.0.1:1/", Duration::from_secs(5)).unwrap();
        let headers = vec![("x-a".to_owned(), "a\nb".to_owned())];
        let problem = poster.post(&headers, Vec::new()).await.unwrap_err();
        assert_eq!(problem.what, "a header cannot be sent");
    }
}
