//! What a command prints while it runs, and its progress.
//!
//! Results go to standard output, remarks and progress to standard error, so that a pipe
//! gets only results. Colours and progress bars are for terminals.

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

/// How long a command waits before it says what for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a command prints.
#[derive(Clone, Copy)]
pub(crate) struct Terminal {
    json: bool,
    asks: bool,
}

/// The reader has closed the pipe: end quietly.
#[derive(Debug, thiserror::Error)]
#[error("the reader has closed the pipe")]
pub(crate) struct Closed;

impl Terminal {
    /// `json`: results are JSON, one value per line.
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            asks: io::stdin().is_terminal() && io::stderr().is_terminal(),
        }
    }

    /// Whether results are JSON.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// Prints a result for people: one or more lines. Colours are dropped unless it is a terminal.
    pub(crate) fn say(&self, text: impl Display) -> Result<()> {
        let mut out = anstream::stdout().lock();
        written(writeln!(out, "{text}").and_then(|()| out.flush()))
    }

    /// Prints a result for programs: one line.
    pub(crate) fn line(&self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(value).context("the result cannot be written as JSON")?;
        let mut out = io::stdout().lock();
        written(writeln!(out, "{text}").and_then(|()| out.flush()))
    }

    /// Prints results for programs: one line each.
    pub(crate) fn lines<T: Serialize>(&self, values: &[T]) -> Result<()> {
        values.iter().try_for_each(|value| self.line(value))
    }

    /// Prints the same value, as JSON or as text.
    pub(crate) fn either(&self, value: &(impl Display + Serialize)) -> Result<()> {
        if self.json {
            self.line(value)
        } else {
            self.say(value)
        }
    }

    /// Prints bytes as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut out = io::stdout().lock();
        written(out.write_all(bytes).and_then(|()| out.flush()))
    }

    /// Prints a remark.
    pub(crate) fn note(&self, text: impl Display) {
        // Nothing is left to do if this fails.
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// A bar for work of known length, or a spinner with a count.
    pub(crate) fn progress(&self, what: impl Into<Cow<'static, str>>, of: Option<u64>) -> Progress {
        let bar = match of {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::new_spinner(),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        let template = if of.is_some() {
            "{msg} {bar:30} {pos}/{len} ({elapsed}, {eta} to go)"
        } else {
            "{spinner} {msg} {pos} ({elapsed})"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress(bar)
    }

    /// A spinner without a count.
    pub(crate) fn waiting(&self, what: impl Into<Cow<'static, str>>) -> Progress {
        let progress = self.progress(what, None);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            progress.0.set_style(style);
        }
        progress
    }

    /// Waits for something, and says after five seconds what it waits for.
    pub(crate) async fn patiently<T>(
        &self,
        what: impl Display,
        answer: impl Future<Output = T>,
    ) -> T {
        tokio::pin!(answer);
        tokio::select! {
            answer = &mut answer => answer,
            () = tokio::time::sleep(PATIENCE) => {
                self.note(format_args!("still waiting for {what}"));
                answer.await
            }
        }
    }

    /// Asks for a yes. Without a terminal it fails, and says what to do instead: `otherwise`.
    pub(crate) fn confirm(&self, question: &str, otherwise: &str) -> Result<bool> {
        if !self.asks {
            bail!("{question} There is no terminal to ask on: {otherwise}");
        }
        let mut err = io::stderr().lock();
        write!(err, "{question} [y/N] ").and_then(|()| err.flush())?;
        let mut answer = String::new();
        io::stdin()
            .read_line(&mut answer)
            .context("your answer cannot be read")?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }
}

/// The progress of a long operation, on the terminal until it is dropped.
pub(crate) struct Progress(ProgressBar);

impl operator::Progress for Progress {
    fn doing(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    fn of(&self, many: u64) {
        self.0.set_length(many);
    }

    fn done(&self, many: u64) {
        self.0.set_position(many);
    }

    fn note(&self, text: &str) {
        // Nothing is left to do if this fails.
        self.0.suspend(|| {
            let _ = writeln!(anstream::stderr().lock(), "{text}");
        });
    }
}

impl Progress {
    /// Prints something else meanwhile.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }

    /// Adds to the count of finished items.
    pub(crate) fn add(&self, more: u64) {
        self.0.inc(more);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn written(outcome: io::Result<()>) -> Result<()> {
    match outcome {
        Err(problem) if problem.kind() == io::ErrorKind::BrokenPipe => bail!(Closed),
        other => other.context("the result cannot be written"),
    }
}
