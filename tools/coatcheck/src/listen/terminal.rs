//! The key `r` on a terminal.

use std::{
    io::{self, Read},
    thread,
};

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// While it lives, the terminal gives each key at once. Ctrl-C still interrupts.
pub(super) struct Keys {
    saved: Option<Termios>,
    pressed: UnboundedReceiver<()>,
    /// Without a terminal nobody presses a key, and the channel stays open.
    _open: UnboundedSender<()>,
}

impl Keys {
    pub(super) fn of(is_terminal: bool) -> Self {
        let (press, pressed) = unbounded_channel();
        let saved = is_terminal.then(|| each_key_at_once().ok()).flatten();
        if saved.is_some() {
            let press = press.clone();
            // A read of the terminal cannot be cancelled: this thread ends with the process.
            thread::spawn(move || {
                let keys = io::stdin().lock().bytes().map_while(Result::ok);
                for _ in keys.filter(|key| key.eq_ignore_ascii_case(&b'r')) {
                    if press.send(()).is_err() {
                        break;
                    }
                }
            });
        }
        Self {
            saved,
            pressed,
            _open: press,
        }
    }

    pub(super) fn are_read(&self) -> bool {
        self.saved.is_some()
    }

    /// Waits for `r`.
    pub(super) async fn pressed(&mut self) {
        self.pressed.recv().await;
        // One press is enough.
        while self.pressed.try_recv().is_ok() {}
    }

    /// Whether `r` was pressed since.
    pub(super) fn were_pressed(&mut self) -> bool {
        let was = self.pressed.try_recv().is_ok();
        while self.pressed.try_recv().is_ok() {}
        was
    }
}

fn each_key_at_once() -> nix::Result<Termios> {
    let saved = tcgetattr(io::stdin())?;
    let mut raw = saved.clone();
    raw.local_flags
        .remove(LocalFlags::ICANON | LocalFlags::ECHO);
    tcsetattr(io::stdin(), SetArg::TCSANOW, &raw)?;
    Ok(saved)
}

impl Drop for Keys {
    fn drop(&mut self) {
        if let Some(saved) = &self.saved {
            // Nothing is left to do if this fails.
            let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, saved);
        }
    }
}
