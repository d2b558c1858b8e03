//! Plain HTTP/1.1 to the local cloud.

use std::error::Error as StdError;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::{Request, Response, Uri, Version};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tracing::debug;

/// An answer: the cloud's, as it comes, or one of ours.
pub(crate) type UpstreamResponse = Response<Either<Incoming, Full<Bytes>>>;

/// Headers about one connection, not about the request.
const OF_A_CONNECTION: [HeaderName; 3] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Why the cloud gave no answer.
#[derive(Debug, Error)]
pub(crate) enum Unreachable {
    /// No connection.
    #[error("the local cloud cannot be reached")]
    Connect(#[source] std::io::Error),
    /// A connection, and no whole answer.
    #[error("the local cloud did not respond")]
    Exchange(#[source] hyper::Error),
}

/// The local cloud as an HTTP server.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    /// `host:port`, as in a Host header.
    authority: String,
}

impl Upstream {
    /// From the cloud's URL.
    ///
    /// # Errors
    /// It is not `http://host:port`.
    pub(crate) fn new(url: &str) -> Result<Self> {
        let authority = url
            .strip_prefix("http://")
            .map(|rest| rest.trim_end_matches('/'))
            .filter(|rest| rest.contains(':') && !rest.contains('/'))
            .with_context(|| {
                format!("{url} is not the URL of a local cloud: write http://host:port")
            })?;
        Ok(Self {
            authority: authority.to_owned(),
        })
    }

    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Sends one request over its own connection: so none uses a connection that the cloud is just
    /// closing.
    pub(crate) async fn send<B>(
        &self,
        request: Request<B>,
    ) -> Result<Response<Incoming>, Unreachable>
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let stream = TcpStream::connect(&self.authority)
            .await
            .map_err(Unreachable::Connect)?;
        let (mut sender, connection) = http1::Builder::new()
            .preserve_header_case(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(Unreachable::Exchange)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "a connection to the cloud ended early");
            }
        });
        sender
            .send_request(request)
            .await
            .map_err(Unreachable::Exchange)
    }

    /// Passes a request on and its answer back: method, target, headers (Host too: signatures cover
    /// it) and body unchanged. Nothing is held: both bodies are streamed.
    pub(crate) async fn pass(
        &self,
        request: Request<Incoming>,
    ) -> Result<UpstreamResponse, Unreachable> {
        let (mut parts, body) = request.into_parts();
        if let Some(target) = parts.uri.path_and_query() {
            parts.uri = Uri::from(target.clone());
        }
        parts.version = Version::HTTP_11;
        strip(&mut parts.headers);
        let answer = self.send(Request::from_parts(parts, body)).await?;
        let (mut parts, body) = answer.into_parts();
        strip(&mut parts.headers);
        Ok(Response::from_parts(parts, Either::Left(body)))
    }
}

fn strip(headers: &mut HeaderMap) {
    for name in &OF_A_CONNECTION {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_with_a_port() {
        assert_eq!(
            Upstream::new("http://127.0.0.1:4566/").unwrap().authority(),
            "127.0.0.1:4566"
        );
        for url in ["https://h:1", "http://h", "h:1", "http://h:1/x"] {
            assert!(Upstream::new(url).is_err(), "{url}");
        }
    }
}
