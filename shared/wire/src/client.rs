//! Requests over connections that are kept.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use domain::Timestamp;
use http_body_util::Full;
use hyper::{
    Request, Uri,
    body::{Body as _, Frame, Incoming},
};
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    connection::Connection,
    trust::{Trust, is_unknown_issuer},
};

/// DNS, TCP and TLS together.
const CONNECT: Duration = Duration::from_secs(2);

/// No service keeps an idle connection much longer, by the clock of the world: the other one
/// stands still while the function is frozen.
const IDLE_FOR_AT_MOST_S: i64 = 60;

/// What an answer's end may take before its connection is given up instead of kept.
const DRAIN: Duration = Duration::from_millis(100);

/// Answers are a few KB: an item of DynamoDB has 400 KB at most, a secret 64 KB.
const ANSWER_MAX_BYTES: usize = 1024 * 1024;

/// Where a service is.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    https: bool,
    host: String,
    port: u16,
    /// The header `host`.
    authority: String,
}

impl Address {
    /// At this URL, which has a scheme and a host.
    pub(crate) fn of(uri: &Uri) -> Self {
        let https = uri.scheme_str() == Some("https");
        let authority = uri.authority().map(ToString::to_string);
        let host = uri.host().unwrap_or_default();
        Self {
            https,
            host: host.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(if https { 443 } else { 80 }),
            authority: authority.unwrap_or_default(),
        }
    }

    pub(crate) fn of_host(host: String) -> Self {
        Self {
            https: true,
            authority: host.clone(),
            host,
            port: 443,
        }
    }

    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }
}

/// The head of what came back, whatever its status. The body has not been read yet.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) status: u16,
    /// The header `x-amzn-errortype`.
    error_type: Option<String>,
    body: Incoming,
    connection: Connection,
}

impl Opened {
    /// Bytes that are left of the body, where the service said so.
    pub(crate) fn size(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next part of the body; `None` at its end.
    pub(crate) async fn frame(&mut self) -> Option<Result<Frame<Bytes>, hyper::Error>> {
        self.connection.frame(&mut self.body).await
    }
}

/// What came back, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The header `x-amzn-errortype`.
    pub(crate) error_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("no connection")]
    Connect(#[source] io::Error),
    #[error("no connection within 2 s")]
    ConnectTimeout,
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    #[error("the connection broke")]
    Http(#[from] hyper::Error),
    #[error("the answer is longer than 1 MiB")]
    TooLong,
}

struct Idle {
    connection: Connection,
    since: Timestamp,
}

/// Sends requests to one address.
pub(crate) struct Client {
    pub(crate) address: Address,
    trust: Arc<Trust>,
    idle: Mutex<Vec<Idle>>,
    now: fn() -> Timestamp,
}

impl Client {
    pub(crate) fn new(address: Address, trust: Arc<Trust>, now: fn() -> Timestamp) -> Self {
        Self {
            address,
            trust,
            idle: Mutex::default(),
            now,
        }
    }

    /// Opens so many connections at once, for the requests to come. One that fails is opened
    /// when it is needed, and that request reports why.
    pub(crate) async fn warm(&self, connections: usize) {
        let opened = join(connections, || self.connect()).await;
        for connection in opened.into_iter().flatten() {
            self.keep(connection).await;
        }
    }

    /// Sends a request, which is made again for each connection that turns out to be gone. Only
    /// for requests that may arrive twice.
    pub(crate) async fn begin(
        &self,
        request: impl Fn() -> Request<Full<Bytes>>,
    ) -> Result<Opened, Broken> {
        // What happened to idle connections while the function was frozen is known to the kernel
        // only: the runtime looks now.
        tokio::task::yield_now().await;
        while let Some(connection) = self.take() {
            // Where it broke says nothing about the service: it closed the connection long ago.
            if let Ok(opened) = send(connection, request()).await {
                return Ok(opened);
            }
        }
        send(self.connect().await?, request()).await
    }

    /// Reads an answer to its end.
    pub(crate) async fn whole(&self, mut opened: Opened) -> Result<Answer, Broken> {
        let mut body = Vec::new();
        while let Some(frame) = opened.frame().await {
            let data = frame?.into_data().unwrap_or_default();
            if body.len() + data.len() > ANSWER_MAX_BYTES {
                return Err(Broken::TooLong);
            }
            body.extend_from_slice(&data);
        }
        let (status, error_type) = (opened.status, opened.error_type.take());
        self.keep(opened.connection).await;
        Ok(Answer {
            status,
            error_type,
            body,
        })
    }

    /// Keeps the connection of an answer that was read to its end by its owner.
    pub(crate) async fn done(&self, opened: Opened) {
        self.keep(opened.connection).await;
    }

    async fn connect(&self) -> Result<Connection, Broken> {
        // Boxed: TLS has a large state, and most calls open no connection.
        let opened = timeout(CONNECT, Box::pin(self.open())).await;
        opened.map_err(|_| Broken::ConnectTimeout)?
    }

    async fn open(&self) -> Result<Connection, Broken> {
        if !self.address.https {
            return Ok(Connection::over(self.tcp().await?).await?);
        }
        loop {
            let (config, of_system) = self.trust.config()?;
            match self.tls(TlsConnector::from(config)).await {
                Ok(stream) => return Ok(Connection::over(stream).await?),
                Err(Broken::Connect(error)) if !of_system && is_unknown_issuer(&error) => {
                    self.trust.widen();
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn tls(&self, connector: TlsConnector) -> Result<TlsStream<TcpStream>, Broken> {
        let name = ServerName::try_from(self.address.host.clone());
        let name = name.map_err(|error| Broken::Connect(io::Error::other(error)))?;
        let tcp = self.tcp().await?;
        connector.connect(name, tcp).await.map_err(Broken::Connect)
    }

    async fn tcp(&self) -> Result<TcpStream, Broken> {
        let place = (self.address.host.as_str(), self.address.port);
        let stream = TcpStream::connect(place).await.map_err(Broken::Connect)?;
        // Whole pieces are written: waiting for more would only delay them.
        let _no_matter = stream.set_nodelay(true);
        Ok(stream)
    }

    /// A connection that is idle, and has not been for long.
    fn take(&self) -> Option<Connection> {
        let now = (self.now)();
        let fresh = |one: &Idle| {
            let age = now.duration_since(one.since).as_secs();
            (0..IDLE_FOR_AT_MOST_S).contains(&age)
        };
        let mut idle = self.idle();
        idle.retain(fresh);
        while let Some(Idle { mut connection, .. }) = idle.pop() {
            if connection.is_open() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose request is over, unless its end was announced.
    async fn keep(&self, mut connection: Connection) {
        if matches!(timeout(DRAIN, connection.is_ready()).await, Ok(true)) {
            let since = (self.now)();
            self.idle().push(Idle { connection, since });
        }
    }

    /// A panic elsewhere leaves whole entries behind.
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One or two futures at once.
async fn join<T, F: Future<Output = T>>(count: usize, make: impl Fn() -> F) -> Vec<T> {
    match count {
        0 => Vec::new(),
        1 => vec![make().await],
        _ => {
            let (one, other) = tokio::join!(make(), make());
            vec![one, other]
        }
    }
}

async fn send(mut connection: Connection, request: Request<Full<Bytes>>) -> Result<Opened, Broken> {
    let (head, body) = connection.send(request).await?.into_parts();
    let error_type = head.headers.get("x-amzn-errortype");
    let error_type = error_type.and_then(|value| value.to_str().ok());
    Ok(Opened {
        status: head.status.as_u16(),
        error_type: error_type.map(str::to_owned),
        body,
        connection,
    })
}
