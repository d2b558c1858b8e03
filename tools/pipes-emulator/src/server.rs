//! The server's life: listen, publish the address, serve until asked to stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use emulator::{Args, listen};
use tracing::{info, warn};

use crate::api::{Api, router};
use crate::definition::Place;
use crate::pipes::{Engine, Pipes};

/// How long running calls may take to end once the process was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves the API until `stop` is done, then ends every pipe's run.
///
/// # Errors
/// The address cannot be used, or the ready file cannot be written.
pub(crate) async fn serve<E: Engine>(
    args: &Args,
    place: Place,
    pipes: Arc<Pipes<E>>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let listener = listen(args).await?;
    let routes = router(Api {
        pipes: Arc::clone(&pipes),
        place,
    });
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
