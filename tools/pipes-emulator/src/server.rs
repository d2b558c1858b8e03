//! The server's life: listen, tell the address, serve until told to stop.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::api::{Api, router};
use crate::definition::Place;
use crate::pipes::{Engine, Pipes};

/// How long calls under way may take to end once the process was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves the API until `stop` is done, then ends every pipe's run.
///
/// # Errors
/// The address cannot be listened at, or the ready file cannot be written.
pub(crate) async fn serve<E: Engine>(
    listen: SocketAddr,
    ready: Option<&Path>,
    place: Place,
    pipes: Arc<Pipes<E>>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen at {listen}"))?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let routes = router(Api {
        pipes: Arc::clone(&pipes),
        place,
    });
    if let Some(path) = ready {
        announce(path, address)?;
    }
    info!(%address, "listening");
    axum::serve(listener, routes)
        .with_graceful_shutdown(stop)
        .await
        .context("the server failed")?;
    info!("stopping every pipe");
    if tokio::time::timeout(GRACE, pipes.shut_down())
        .await
        .is_err()
    {
        warn!("a call to a target was cut off: its records are delivered again by the next run");
    }
    Ok(())
}

/// Writes the address in one step, so that a reader never sees half of it.
fn announce(path: &Path, address: SocketAddr) -> Result<()> {
    let partial = path.with_extension("partial");
    std::fs::write(&partial, format!("{address}\n"))
        .and_then(|()| std::fs::rename(&partial, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
