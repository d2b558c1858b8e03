//! The server's life: listen, publish the address, serve until asked to stop.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use emulator::{Args, Clock, announce, listen};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tracing::{debug, info, warn};

use crate::domain_name::Handshakes;
use crate::gateway::Gateway;

/// How long running requests may take to end once the process was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(30);

/// How the server for domain names is started.
#[derive(Debug, Clone, clap::Args)]
pub struct TlsArgs {
    /// File that gets the address of the server for domain names, which speaks TLS. Without it there is none.
    #[arg(long, requires = "tls_ca_file")]
    pub tls_ready_file: Option<PathBuf>,
    /// File that gets the certificate of the CA that vouches for that server.
    #[arg(long, requires = "tls_ready_file")]
    pub tls_ca_file: Option<PathBuf>,
}

/// Serves until `stop` is done, then lets running requests end.
///
/// # Errors
/// The address cannot be used, or the ready file cannot be written.
pub(crate) async fn serve(
    args: &Args,
    tls: &TlsArgs,
    clock: Clock,
    gateway: Gateway,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let by_domain = match (&tls.tls_ready_file, &tls.tls_ca_file) {
        (Some(ready), Some(ca)) => {
            let handshakes = Handshakes::new(gateway.domains(), clock, ca)?;
            let listener = TcpListener::bind(SocketAddr::new(args.listen.ip(), 0)).await?;
            announce(ready, listener.local_addr()?)?;
            Some((listener, Arc::new(handshakes)))
        }
        _ => None,
    };
    // Its ready file is the last one, so that one who waits for it finds the others.
    let listener = listen(args).await?;
    let gateway = Arc::new(gateway);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => attend(&gateway, &connections, stream, peer),
                Err(error) => {
                    // Most likely the limit of open files is reached: a moment later it may not be.
                    warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            accepted = accept(by_domain.as_ref().map(|(listener, _)| listener)) => {
                if let (Ok((stream, peer)), Some((_, handshakes))) = (accepted, &by_domain) {
                    attend_by_domain(&gateway, &connections, handshakes, stream, peer);
                }
            }
            () = &mut stop => break,
        }
    }
    drop((listener, by_domain));
    info!("stopping once the running requests have ended");
    if tokio::time::timeout(GRACE, connections.shutdown())
        .await
        .is_err()
    {
        warn!("a request was cut off");
    }
    Ok(())
}

/// The next connection; without a listener there never is one.
async fn accept(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

/// Serves one connection over TLS.
fn attend_by_domain(
    gateway: &Arc<Gateway>,
    connections: &GracefulShutdown,
    handshakes: &Arc<Handshakes>,
    stream: TcpStream,
    address: SocketAddr,
) {
    let (gateway, handshakes) = (Arc::clone(gateway), Arc::clone(handshakes));
    let watcher = connections.watcher();
    tokio::spawn(async move {
        let accepted = tokio::time::timeout(HANDSHAKE, handshakes.accept(stream)).await;
        let (stream, peer) = match accepted {
            Ok(Ok(accepted)) => accepted,
            Ok(Err(error)) => {
                info!(error = %format_args!("{error:#}"), "a handshake failed");
                return;
            }
            Err(_) => return,
        };
        let peer = Arc::new(peer);
        let service = service_fn(move |request| {
            let (gateway, peer) = (Arc::clone(&gateway), Arc::clone(&peer));
            async move {
                let answer = gateway.answer_by_domain(request, address.ip(), &peer);
                Ok::<_, Infallible>(answer.await)
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            debug!(%error, "a connection ended early");
        }
    });
}

/// Serves one connection, in parallel with all others.
fn attend(
    gateway: &Arc<Gateway>,
    connections: &GracefulShutdown,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let gateway = Arc::clone(gateway);
    let service = service_fn(move |request| {
        let gateway = Arc::clone(&gateway);
        async move { Ok::<_, Infallible>(gateway.answer(request, peer.ip()).await) }
    });
    let connection = http1::Builder::new()
        // A request that is passed on keeps the spelling of its headers.
        .preserve_header_case(true)
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            debug!(%error, "a connection ended early");
        }
    });
}
