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

    pub(crate) fn listener(&self, tcp: TcpListener) -> Listener {
        Listener {
            tcp,
            acceptor: self.acceptor.clone(),
        }
    }
}

/// Accepts one connection after the other, each with its handshake.
pub(crate) struct Listener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Listener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            if let Ok((stream, address)) = self.tcp.accept().await
                && let Ok(stream) = self.acceptor.accept(stream).await
            {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
