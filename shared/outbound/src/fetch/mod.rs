//! A small document from a server on the internet.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::{
    Request, StatusCode,
    client::conn::http1,
    header::{ACCEPT, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore, crypto::aws_lc_rs::default_provider, pki_types::ServerName,
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{Reach, Url, UrlProblem, system_roots};

/// From the first look at DNS to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The largest document, unless [`Fetcher::up_to`] says otherwise.
const MAX_BYTES: usize = 64 * 1024;

/// Gets documents over HTTPS from public addresses.
pub struct Fetcher {
    tls: TlsConnector,
    max_bytes: usize,
    /// Stands for the internet in tests.
    #[cfg(any(test, feature = "test-util"))]
    pub(crate) public: Vec<IpAddr>,
}

/// The document could not be fetched. Has no text of the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchProblem {
    /// Nothing is asked at this URL.
    #[error("the URL {0}")]
    Url(UrlProblem),
    /// The name has no address.
    #[error("the name has no address")]
    Dns,
    /// No address of the host is on the internet.
    #[error("the host has no public address")]
    PrivateAddress,
    /// No connection, or it was lost.
    #[error("there is no connection")]
    Connection,
    /// The server cannot prove who it is.
    #[error("the server has no certificate that a public CA vouches for")]
    Tls,
    /// Not done within 10 seconds.
    #[error("it took longer than 10 seconds")]
    Timeout,
    /// A redirect, which is never followed: it would lead where nobody configured.
    #[error("the answer is a redirect")]
    Redirect,
    /// Another status than 200.
    #[error("the answer has the status {0}")]
    Status(u16),
    /// More than the fetcher takes.
    #[error("the answer is too large")]
    TooLarge,
}

impl Fetcher {
    /// Trusts the system's CAs.
    ///
    /// # Errors
    /// [`rustls::Error`] if TLS cannot be set up.
    pub fn new() -> Result<Self, rustls::Error> {
        Self::trusting(system_roots().clone())
    }

    /// Trusts these CAs alone.
    ///
    /// # Errors
    /// [`rustls::Error`] if TLS cannot be set up.
    pub fn trusting(roots: RootCertStore) -> Result<Self, rustls::Error> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            max_bytes: MAX_BYTES,
            #[cfg(any(test, feature = "test-util"))]
            public: Vec::new(),
        })
    }

    /// Takes documents up to this size, instead of 64 KiB.
    #[must_use]
    pub fn up_to(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// Takes these addresses for public ones: a test's server.
    #[cfg(any(test, feature = "test-util"))]
    #[must_use]
    pub fn reaching(mut self, addresses: &[IpAddr]) -> Self {
        self.public.extend(addresses);
        self
    }

    /// The document at this URL.
    ///
    /// # Errors
    /// [`FetchProblem`].
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        let url = Url::parse(url, false).map_err(FetchProblem::Url)?;
        // Boxed: a handshake's state is large.
        let exchange = Box::pin(self.exchange(&url));
        let outcome = timeout(TIMEOUT, exchange).await;
        outcome.unwrap_or(Err(FetchProblem::Timeout))
    }

    async fn exchange(&self, url: &Url) -> Result<Vec<u8>, FetchProblem> {
        let lost = |_| FetchProblem::Connection;
        let stream = TokioIo::new(self.connect(url).await?);
        let (mut sender, connection) = http1::handshake(stream).await.map_err(lost)?;
        // Its failure is that of the request on it.
        tokio::spawn(async { drop(connection.await) });
        let request = Request::get(url.target.clone())
            .header(HOST, &url.authority)
            .header(ACCEPT, "application/json, text/plain;q=0.9")
            .header(USER_AGENT, "coatcheck")
            .body(Empty::<Bytes>::new())
            .map_err(|_| FetchProblem::Url(UrlProblem::Form))?;
        let answer = sender.send_request(request).await.map_err(lost)?;
        match answer.status() {
            StatusCode::OK => {}
            status if status.is_redirection() => return Err(FetchProblem::Redirect),
            status => return Err(FetchProblem::Status(status.as_u16())),
        }
        let body = Limited::new(answer.into_body(), self.max_bytes)
            .collect()
            .await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                FetchProblem::TooLarge
            } else {
                FetchProblem::Connection
            }
        })?;
        Ok(body.to_bytes().to_vec())
    }

    async fn connect(&self, url: &Url) -> Result<TlsStream<TcpStream>, FetchProblem> {
        let found = lookup_host((url.host.as_str(), url.port)).await;
        let found: Vec<_> = found.map_err(|_| FetchProblem::Dns)?.collect();
        let public: Vec<_> = found
            .into_iter()
            .filter(|one| self.is_public(one.ip()))
            .collect();
        if public.is_empty() {
            return Err(FetchProblem::PrivateAddress);
        }
        let tcp = TcpStream::connect(public.as_slice()).await;
        let tcp = tcp.map_err(|_| FetchProblem::Connection)?;
        let name = ServerName::try_from(url.host.clone()).map_err(|_| FetchProblem::Tls)?;
        self.tls
            .connect(name, tcp)
            .await
            .map_err(|error| match error.kind() {
                // What rustls refuses is of this kind; the rest is the connection's end.
                io::ErrorKind::InvalidData => FetchProblem::Tls,
                _ => FetchProblem::Connection,
            })
    }

    fn is_public(&self, address: IpAddr) -> bool {
        #[cfg(any(test, feature = "test-util"))]
        if self.public.contains(&address) {
            return true;
        }
        Reach::of(address) == Reach::Public
    }
}

#[cfg(test)]
mod tests;
