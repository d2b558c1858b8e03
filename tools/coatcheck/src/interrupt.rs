//! Ctrl-C, for work that must not be cut off in the middle.

pub(crate) use operator::Stop;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Listens for Ctrl-C, a closed terminal and SIGTERM. From then on only the command itself
/// ends the process.
pub(crate) fn listen() -> Stop {
    let (request, requested) = watch::channel(false);
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let request = request.clone();
        // Without a handler the signal ends the process as it always does.
        let Ok(mut signal) = signal(kind) else {
            continue;
        };
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                request.send_replace(true);
            }
        });
    }
    Stop::new(requested)
}
