//! An emulator as a process: its flags, its log, its signals, the address it listens at.

use std::{
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use jiff::Timestamp;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing::info;
use tracing_subscriber::{
    filter::Targets, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// How an emulator is started.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Address to listen at; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// File that gets the address once the server listens.
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
    /// URL of the local cloud: http://host:port.
    #[arg(long)]
    pub cloud: String,
    /// Region in the ARNs.
    #[arg(long, default_value = "us-east-1")]
    pub region: String,
    /// Account in the ARNs.
    #[arg(long, default_value = "000000000000")]
    pub account: String,
    /// Least level that is logged: error, warn, info, debug or trace.
    #[arg(long, default_value_t = tracing::Level::INFO)]
    pub log_level: tracing::Level,
}

/// The source of the current time; tests use a fixed one.
#[derive(Debug, Clone, Copy)]
pub struct Clock(fn() -> Timestamp);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the edge of the process: the clock that all else is given"
        )]
        Self(Timestamp::now)
    }

    /// The current time.
    #[must_use]
    pub fn now(self) -> Timestamp {
        (self.0)()
    }
}

/// Starts the log of the crate of this name, and returns a future that ends when the process is asked to stop.
///
/// # Errors
/// The signals cannot be listened for.
pub fn start(
    krate: &'static str,
    level: tracing::Level,
) -> Result<impl Future<Output = ()> + Send + 'static> {
    let filter = Targets::new()
        .with_default(tracing::Level::WARN)
        .with_target(krate, level)
        .with_target("emulator", level);
    tracing_subscriber::registry()
        .with(fmt::layer().with_writer(std::io::stderr))
        .with(filter)
        .init();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Listens, and writes the address into the ready file.
///
/// # Errors
/// The address cannot be listened at, or the file cannot be written.
pub async fn listen(args: &Args) -> Result<TcpListener> {
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen at {}", args.listen))?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    if let Some(path) = &args.ready_file {
        announce(path, address)?;
    }
    info!(%address, "listening");
    Ok(listener)
}

/// Writes an address into a file in one step, so that a reader never sees half of it.
///
/// # Errors
/// The file cannot be written.
pub fn announce(path: &Path, address: SocketAddr) -> Result<()> {
    let partial = path.with_extension("partial");
    std::fs::write(&partial, format!("{address}\n"))
        .and_then(|()| std::fs::rename(&partial, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
