//! TLS on both sides of a function, as on AWS: S3 and the destination are reached over it.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Who the servers say they are.
pub(crate) struct Identity {
    /// What a function must trust.
    file: NamedTempFile,
    acceptor: TlsAcceptor,
}

impl Identity {
    /// A new certificate for this machine, which vouches for itself.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der());
        let key = key.map_err(anyhow::Error::msg)?;
        let mut file = NamedTempFile::new()?;
        file.write_all(made.cert.pem().as_bytes())?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)?;
        Ok(Self {
            file,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }

    /// The certificate, in PEM.
    pub(crate) fn file(&self) -> &Path {
        self.file.path()
    }

    /// Makes the handshakes of all connections at once: one that waits delays no other.
    pub(crate) fn listener(&self, tcp: TcpListener) -> Listener {
        let (ready, accepted) = mpsc::channel(64);
        let acceptor = self.acceptor.clone();
        let address = tcp.local_addr();
        let accepting = Accepting(tokio::spawn(async move {
            let mut handshakes = JoinSet::new();
            loop {
                tokio::select! {
                    connection = tcp.accept() => if let Ok((stream, peer)) = connection {
                        let _ = stream.set_nodelay(true);
                        let (acceptor, ready) = (acceptor.clone(), ready.clone());
                        handshakes.spawn(async move {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                let _ = ready.send((stream, peer)).await;
                            }
                        });
                    },
                    Some(_) = handshakes.join_next() => {}
                }
            }
        }));
        Listener {
            accepted,
            address,
            _accepting: accepting,
        }
    }
}

/// Connections after their handshakes.
pub(crate) struct Listener {
    accepted: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: io::Result<SocketAddr>,
    _accepting: Accepting,
}

struct Accepting(tokio::task::JoinHandle<()>);

impl Drop for Accepting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl axum::serve::Listener for Listener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.accepted.recv().await {
            Some(connection) => connection,
            // The task that accepts ends with this listener only.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.address {
            Ok(address) => Ok(*address),
            Err(problem) => Err(io::Error::new(problem.kind(), problem.to_string())),
        }
    }
}
