//! What a command says, and how the process ends. A command that only judges returns its
//! [`Report`] and writes nothing; one that works on a stack speaks through `console`.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use anyhow::{Context, Result};
use serde::Serialize;

/// What a command has to say.
pub(crate) struct Report {
    text: String,
    warnings: Vec<String>,
    exit: Exit,
}

/// What the exit codes mean, for every --help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  good
  1  judged and not good: an invalid delivery, a bad scheme, something wrong with the stack
  2  not done: an argument is wrong, a file cannot be read, AWS refuses
  130  interrupted by Ctrl-C";

/// How a command ends; [`EXIT_CODES`] says it to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Good = 0,
    Bad = 1,
    Usage = 2,
    /// Ctrl-C: 128 and the signal's number, as shells say it.
    Interrupted = 130,
}

impl Report {
    /// One text for people, ended by a line end.
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

    /// Nothing more: the command has spoken as it went.
    pub(crate) fn said(exit: Exit) -> Self {
        Self {
            text: String::new(),
            warnings: Vec::new(),
            exit,
        }
    }

    /// One JSON document for programs.
    pub(crate) fn json(exit: Exit, value: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_string_pretty(value).context("the answer has no JSON form")?;
        Ok(Self::text(exit, text))
    }

    /// The same thing said in one of the two ways.
    pub(crate) fn either(
        as_json: bool,
        exit: Exit,
        said: &(impl Display + Serialize),
    ) -> Result<Self> {
        if as_json {
            Self::json(exit, said)
        } else {
            Ok(Self::text(exit, said))
        }
    }

    pub(crate) fn with_warnings(self, warnings: Vec<String>) -> Self {
        Self { warnings, ..self }
    }
}

/// Writes what a command says and ends as it ended. An error is one of usage: nothing
/// was judged.
pub(crate) fn finish(outcome: Result<Report>) -> ExitCode {
    let exit = match outcome {
        Ok(report) => {
            for warning in &report.warnings {
                complain(&format!("warning: {warning}"));
            }
            match io::stdout().lock().write_all(report.text.as_bytes()) {
                // The reader has read enough.
                Err(problem) if problem.kind() != io::ErrorKind::BrokenPipe => {
                    complain(&format!("the answer cannot be written: {problem}"));
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

/// No one is left to tell if this fails too.
fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "coatcheck: {text}");
}
