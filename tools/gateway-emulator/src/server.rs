//! The server's life: listen, publish the address, serve until asked to stop.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use emulator::{Args, listen};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tracing::{debug, info, warn};

use crate::gateway::Gateway;

/// How long running requests may take to end once the process was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop` is done, then lets running requests end.
///
/// # Errors
/// The address cannot be used, or the ready file cannot be written.
pub(crate) async fn serve(
    args: &Args,
    gateway: Gateway,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
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
            () = &mut stop => break,
        }
    }
    drop(listener);
    info!("stopping once the running requests have ended");
    if tokio::time::timeout(GRACE, connections.shutdown())
        .await
        .is_err()
    {
        warn!("a request was cut off");
    }
    Ok(())
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
