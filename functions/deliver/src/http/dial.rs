//! Connects to an address that was judged, so that nothing can change between the judgement and the
//! connection.

use std::{future::Future, io, net::IpAddr, sync::Arc, time::Duration};

use outbound::{Reach, Url};
use rustls::pki_types::ServerName;
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout_at},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::attempt::retry;
use crate::destination::Outcome;

/// DNS, TCP and TLS together take no longer, so that most of the time is left for the answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Finds the addresses of a name.
pub(crate) trait Resolve: Clone + Send + Sync {
    /// All of them, the best one first.
    fn resolve(&self, host: &str) -> impl Future<Output = io::Result<Vec<IpAddr>>> + Send;
}

/// The resolver of the system. It reads `2130706433` and `0x7f.1` as addresses, too: they are
/// judged as what it makes of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemResolver;

impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let found = lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Which addresses are allowed.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    allow_private: bool,
    /// Stands for the internet in tests of this crate.
    #[cfg(test)]
    pub(super) public: Vec<IpAddr>,
    /// So that such a test needs no certificate.
    #[cfg(test)]
    pub(super) plain: bool,
}

impl Guard {
    pub(super) fn new(allow_private: bool) -> Self {
        Self {
            allow_private,
            #[cfg(test)]
            public: Vec::new(),
            #[cfg(test)]
            plain: false,
        }
    }

    fn reach(&self, address: IpAddr) -> Reach {
        #[cfg(test)]
        if self.public.contains(&address) {
            return Reach::Public;
        }
        Reach::of(address)
    }

    /// Whether to connect. Plain HTTP stays in private networks.
    fn allows(&self, address: IpAddr, https: bool) -> bool {
        #[cfg(test)]
        let https = https || self.plain;
        match self.reach(address) {
            Reach::Public => https,
            Reach::Private => self.allow_private,
            Reach::Never => false,
        }
    }
}

/// A connection, without or with TLS.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Opens connections to one URL.
pub(super) struct Dialer<R> {
    pub(super) url: Arc<Url>,
    pub(super) guard: Guard,
    pub(super) resolver: R,
    pub(super) tls: TlsConnector,
}

impl<R: Resolve> Dialer<R> {
    /// A new connection.
    pub(super) async fn dial(&self, until: Instant) -> Result<Stream, Outcome> {
        let until = until.min(Instant::now() + CONNECT_TIMEOUT);
        let timed_out = |_| retry("connect_timeout");
        let tcp = timeout_at(until, self.connect())
            .await
            .map_err(timed_out)??;
        if !self.url.https {
            return Ok(Stream::Plain(tcp));
        }
        let name = ServerName::try_from(self.url.host.clone()).map_err(|_| retry("tls"))?;
        let tls = timeout_at(until, self.tls.connect(name, tcp)).await;
        match tls.map_err(timed_out)? {
            Ok(tls) => Ok(Stream::Tls(Box::new(tls))),
            // What rustls refuses is of this kind; the rest is the connection's end.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(retry("tls")),
            Err(_) => Err(retry("connection_lost")),
        }
    }

    async fn connect(&self) -> Result<TcpStream, Outcome> {
        let mut reason = "private_address";
        for address in self.addresses().await? {
            if !self.guard.allows(address, self.url.https) {
                continue;
            }
            match TcpStream::connect((address, self.url.port)).await {
                Ok(stream) => {
                    // Whole pieces are written: waiting for more would only delay them.
                    let _no_matter = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => {
                    reason = match error.kind() {
                        io::ErrorKind::ConnectionRefused => "connection_refused",
                        _ => "unreachable",
                    }
                }
            }
        }
        Err(retry(reason))
    }

    async fn addresses(&self) -> Result<Vec<IpAddr>, Outcome> {
        if let Ok(address) = self.url.host.parse() {
            return Ok(vec![address]);
        }
        match self.resolver.resolve(&self.url.host).await {
            Ok(addresses) if !addresses.is_empty() => Ok(addresses),
            _ => Err(retry("dns")),
        }
    }
}
