//! Ctrl-C, for work that must not be cut off in the middle.

pub(crate) use operator::Stop;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Ctrl-C, a closed terminal, or a polite kill. Once it listens nothing but the command
/// itself ends the process.
pub(crate) fn listen() -> Stop {
    let (came, asked) = watch::channel(false);
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let came = came.clone();
        // Without a handler the signal ends the process as it always does.
        let Ok(mut signal) = signal(kind) else {
            continue;
        };
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                came.send_replace(true);
            }
        });
    }
    Stop::when(asked)
}
