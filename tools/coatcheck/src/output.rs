//! What a command prints, and how the process ends. A command that only judges returns its
//! [`Report`] and prints nothing itself; one that works on a stack prints through `terminal`.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use anyhow::{Context, Result};
use serde::Serialize;

/// The result of a command.
pub(crate) struct Report {
    text: String,
    warnings: Vec<String>,
    exit: Exit,
}

/// What the exit codes mean, for every `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    success
  1    the check failed: an invalid delivery, a bad scheme, a problem in the stack
  2    nothing was done: an argument is wrong, a file cannot be read, AWS refused
  130  interrupted by Ctrl-C";

/// How a command ends; [`EXIT_CODES`] describes it for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Good = 0,
    Bad = 1,
    Usage = 2,
    /// Ctrl-C: 128 and the signal's number, as in shells.
    Interrupted = 130,
}

impl Report {
    /// A text for people; a line end is added if it has none.
    pub(crate) fn text(exit: Exit, text: impl Display) -> Self {
        let mut text = text.to_string();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Self {
            text,
            warnings: Vec::new(),
            exit,
        }
    }

    /// Nothing to print: the command has printed as it ran.
    pub(crate) fn said(exit: Exit) -> Self {
        Self {
            text: String::new(),
            warnings: Vec::new(),
            exit,
        }
    }

    /// A JSON document for programs.
    pub(crate) fn json(exit: Exit, value: &impl Serialize) -> Result<Self> {
        let text =
            serde_json::to_string_pretty(value).context("the result cannot be written as JSON")?;
        Ok(Self::text(exit, text))
    }

    /// The same value, as JSON or as text.
    pub(crate) fn either(
        as_json: bool,
        exit: Exit,
        value: &(impl Display + Serialize),
    ) -> Result<Self> {
        if as_json {
            Self::json(exit, value)
        } else {
            Ok(Self::text(exit, value))
        }
    }

    #[cfg(test)]
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn with_warnings(self, warnings: Vec<String>) -> Self {
        Self { warnings, ..self }
    }
}

/// Prints the result of a command, and returns its exit code. After an error nothing was
/// judged.
pub(crate) fn finish(outcome: Result<Report>) -> ExitCode {
    let exit = match outcome {
        Ok(report) => {
            for warning in &report.warnings {
                complain(&format!("warning: {warning}"));
            }
            match io::stdout().lock().write_all(report.text.as_bytes()) {
                // A reader that closes the pipe is not an error.
                Err(problem) if problem.kind() != io::ErrorKind::BrokenPipe => {
                    complain(&format!("the result cannot be written: {problem}"));
                    Exit::Usage
                }
                _ => report.exit,
            }
        }
        Err(problem) => {
            complain(&format!("{problem:#}"));
            Exit::Usage
        }
    };
    ExitCode::from(exit as u8)
}

/// Nothing is left to do if this fails too.
fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "coatcheck: {text}");
}
