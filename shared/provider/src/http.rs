use std::{
    error::Error,
    net::{SocketAddr, ToSocketAddrs},
    time::{Duration, Instant},
};

use reqwest::{Client, ClientBuilder, RequestBuilder, Url, header::HeaderValue, redirect::Policy};

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

impl Unanswered {
    /// [`what`](Self::what) of a request that reached nobody.
    pub const NO_CONNECTION: &'static str = "no connection";
    /// [`what`](Self::what) of a header that no request can have.
    pub const BAD_HEADER: &'static str = "a header cannot be sent";
}

impl Poster {
    /// For this URL. `timeout` limits one request as a whole.
    ///
    /// # Errors
    /// [`ProviderError::Url`], [`ProviderError::Client`].
    pub fn new(url: &str, timeout: Duration) -> Result<Self, ProviderError> {
        let url = parse(url)?;
        let mut client = client(timeout);
        if ["127.0.0.1", "[::1]", "localhost"].contains(&url.host_str().unwrap_or_default()) {
            client = client.no_proxy();
        }
        let client = client.build()?;
        Ok(Self { client, url })
    }

    /// For a URL on this machine: all addresses of its host must be loopback addresses. It
    /// connects to these and to no others, whatever the name means later, and through no proxy.
    ///
    /// # Errors
    /// The same, [`ProviderError::Unresolved`], [`ProviderError::NotLocal`].
    pub fn on_this_machine(url: &str, timeout: Duration) -> Result<Self, ProviderError> {
        let url = parse(url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let port = url.port_or_known_default().unwrap_or_default();
        let found: Vec<SocketAddr> = (bare, port)
            .to_socket_addrs()
            .map_err(|error| ProviderError::Unresolved(host.clone(), error))?
            .collect();
        let is_other = |address: &&SocketAddr| !address.ip().to_canonical().is_loopback();
        if let Some(other) = found.iter().find(is_other) {
            return Err(ProviderError::NotLocal(host, other.ip()));
        }
        let client = client(timeout)
            .no_proxy()
            .resolve_to_addrs(&host, &found)
            .build()?;
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
        Ok(Reply::from(&exchange(request).await?))
    }
}

fn parse(url: &str) -> Result<Url, ProviderError> {
    let is_http = |url: &Url| url.has_host() && ["http", "https"].contains(&url.scheme());
    let parsed = Url::parse(url).ok().filter(is_http);
    parsed.ok_or_else(|| ProviderError::Url(url.to_owned()))
}

fn client(timeout: Duration) -> ClientBuilder {
    Client::builder()
        .timeout(timeout)
        // A provider takes a redirect for a failure.
        .redirect(Policy::none())
        .user_agent(concat!("coatcheck/", env!("CARGO_PKG_VERSION")))
}

/// What an endpoint replied, as it came.
#[derive(Debug, Clone)]
pub struct RawReply {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, or the start of a long one.
    pub body: Vec<u8>,
    /// How long it took.
    pub took: Duration,
}

/// Sends a request and reads the endpoint's reply.
///
/// # Errors
/// [`Unanswered`].
pub async fn exchange(request: RequestBuilder) -> Result<RawReply, Unanswered> {
    let started = Instant::now();
    let mut response = request.send().await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > REPLY_MAX_BYTES {
            break;
        }
    }
    let headers = response.headers().iter();
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).ok();
    Ok(RawReply {
        status: response.status().as_u16(),
        headers: headers
            .filter_map(|(name, value)| Some((name.to_string(), text(value)?)))
            .collect(),
        body,
        took: started.elapsed(),
    })
}

impl From<&RawReply> for Reply {
    fn from(raw: &RawReply) -> Self {
        let header = |wanted: &str| {
            let mut headers = raw.headers.iter();
            let found = headers.find(|(name, _)| name == wanted)?;
            Some(found.1.as_str())
        };
        Self {
            status: raw.status,
            retry_after: header("retry-after")
                .and_then(|seconds| seconds.parse().ok())
                .map(Duration::from_secs),
            request_id: header("x-amzn-requestid").unwrap_or_default().to_owned(),
            took: raw.took,
            body: ReplyBody::read(&raw.body),
        }
    }
}

impl From<reqwest::Error> for Unanswered {
    fn from(error: reqwest::Error) -> Self {
        let what = if error.is_timeout() {
            "no answer in time"
        } else if error.is_connect() {
            Self::NO_CONNECTION
        } else if error.is_builder() {
            Self::BAD_HEADER
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

    #[test]
    fn only_this_machine_is_posted_to_where_that_is_asked() {
        let try_it = |url: &str| Poster::on_this_machine(url, Duration::from_secs(1));
        for good in [
            "http://127.0.0.1:1/a",
            "http://127.1.2.3/",
            "https://[::1]:8443/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost:3000/webhooks",
            "http://0x7f.1/",
        ] {
            assert!(try_it(good).is_ok(), "{good}");
        }
        for bad in [
            "http://0.0.0.0:3000/",
            "http://192.0.2.1/",
            "http://[::]/",
            "http://[2001:db8::1]/",
            "http://169.254.169.254/",
        ] {
            let problem = try_it(bad).err().unwrap();
            assert!(
                matches!(problem, ProviderError::NotLocal(..)),
                "{bad}: {problem}"
            );
        }
        let problem = try_it("http://none.invalid/").err().unwrap();
        assert!(
            matches!(problem, ProviderError::Unresolved(..)),
            "{problem}"
        );
        assert!(try_it("localhost:3000").is_err());
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
