//! What the handlers of all pages share.

use std::sync::Arc;

use operator::{Stack, Stop};
use tokio::sync::Semaphore;

use crate::{
    jobs::Jobs,
    limits::Limits,
    nonces::Nonces,
    session::Host,
    snapshot::{Pace, Snapshot},
};

/// How a console is started.
pub struct Settings {
    /// The stack that it shows.
    pub stack: Stack,
    /// The ARN whose credentials it uses, for the log of changes.
    pub caller: String,
    /// Whether it may change anything.
    pub operate: bool,
    /// The name under which the browser reaches it.
    pub host: Host,
    /// The port on loopback; 0 takes a free one.
    pub port: u16,
    /// Where it says what it does: one line of text for each call.
    pub say: Say,
    /// Ends it.
    pub stop: Stop,
}

/// Prints a line for the person who started the console.
pub type Say = Box<dyn Fn(&str) + Send + Sync>;

/// The state of axum's handlers.
pub(crate) type App = Arc<Console>;

/// A console that runs.
pub(crate) struct Console {
    /// The stack that it shows.
    pub(crate) stack: Stack,
    /// The ARN whose credentials it uses.
    pub(crate) caller: String,
    /// Whether it may change anything.
    pub(crate) operate: bool,
    /// Ends it.
    pub(crate) stop: Stop,
    /// What it takes at most.
    pub(crate) limits: Limits,
    /// The changes that go on.
    pub(crate) jobs: Jobs,
    /// The forms that count once.
    pub(crate) nonces: Nonces,
    /// Whole payloads in memory at once: each may have 10 MB.
    pub(crate) payloads: Arc<Semaphore>,
    /// What it knows about the stack.
    pub(crate) snapshot: Snapshot,
    /// Places for live streams.
    pub(crate) streams: Arc<Semaphore>,
    say: Say,
}

impl Console {
    pub(crate) fn new(settings: Settings, limits: Limits) -> Self {
        let pace = Pace::of(&settings.stack.description, limits.live);
        Self {
            snapshot: Snapshot::new(pace),
            streams: Arc::new(Semaphore::new(limits.streams)),
            stack: settings.stack,
            caller: settings.caller,
            operate: settings.operate,
            stop: settings.stop,
            payloads: Arc::new(Semaphore::new(limits.payloads)),
            limits,
            jobs: Jobs::default(),
            nonces: Nonces::default(),
            say: settings.say,
        }
    }

    /// Prints a line for the person who started the console, with the time. What would steer
    /// their terminal is spelled out.
    pub(crate) fn log(&self, text: &str) {
        let at = domain::format_time((self.stack.now)());
        (self.say)(&format!("{at} {}", operator::visible(text)));
    }
}
