//! The terminal of a command that works for a while: what it says as it goes, and how far it is.
//!
//! Results go to standard output, remarks and progress to standard error, so that a pipe
//! gets nothing but results. Colours and bars are for terminals.

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

/// How long a person waits before they want to know what for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a command speaks.
pub(crate) struct Console {
    json: bool,
    asks: bool,
}

/// No one reads any more: end quietly.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the answer any more")]
pub(crate) struct Closed;

impl Console {
    /// `json`: results are JSON, one value a line.
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            asks: io::stdin().is_terminal() && io::stderr().is_terminal(),
        }
    }

    /// Whether results are to be JSON.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// A result for people: one or more lines. Colours are dropped where they are not wanted.
    pub(crate) fn say(&self, text: impl Display) -> Result<()> {
        let mut out = anstream::stdout().lock();
        written(writeln!(out, "{text}").and_then(|()| out.flush()))
    }

    /// A result for programs: one line.
    pub(crate) fn line(&self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(value).context("the answer has no JSON form")?;
        let mut out = io::stdout().lock();
        written(writeln!(out, "{text}").and_then(|()| out.flush()))
    }

    /// The same thing said in one of the two ways.
    pub(crate) fn either(&self, said: &(impl Display + Serialize)) -> Result<()> {
        if self.json {
            self.line(said)
        } else {
            self.say(said)
        }
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut out = io::stdout().lock();
        written(out.write_all(bytes).and_then(|()| out.flush()))
    }

    /// A remark, which is no result.
    pub(crate) fn note(&self, text: impl Display) {
        // Nobody is left to tell if this fails.
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

    /// A spinner for what is only waited for.
    pub(crate) fn waiting(&self, what: impl Into<Cow<'static, str>>) -> Progress {
        let progress = self.progress(what, None);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            progress.0.set_style(style);
        }
        progress
    }

    /// Waits for an answer, and says after five seconds what it waits for.
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

    /// Asks for a yes. Where nobody can answer, says how to go on without: `otherwise`.
    pub(crate) fn confirm(&self, question: &str, otherwise: &str) -> Result<bool> {
        if !self.asks {
            bail!("{question} No one is here to ask: {otherwise}");
        }
        let mut err = io::stderr().lock();
        write!(err, "{question} [y/N] ").and_then(|()| err.flush())?;
        let mut answer = String::new();
        io::stdin()
            .read_line(&mut answer)
            .context("the answer cannot be read")?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }
}

/// How far long work is, on the screen; gone from it when dropped.
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
        // Nobody is left to tell if this fails.
        self.0.suspend(|| {
            let _ = writeln!(anstream::stderr().lock(), "{text}");
        });
    }
}

impl Progress {
    /// So many more are done.
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
        other => other.context("the answer cannot be written"),
    }
}
