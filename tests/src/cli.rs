use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;
use tokio::process::Command;

use crate::Stack;

/// What the command line said, and how it ended.
#[derive(Debug)]
pub struct Told {
    /// Its exit code; none if a signal ended it.
    pub exit: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Told {
    /// The JSON values of its lines.
    ///
    /// # Errors
    /// If a line is something else.
    pub fn lines<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let read = |line| serde_json::from_str(line).with_context(|| format!("no JSON: {line}"));
        self.out.lines().map(read).collect()
    }

    /// The JSON value that it answered with.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let mut all = self.lines()?;
        ensure!(all.len() == 1, "not one answer: {self:?}");
        all.pop().context("no answer")
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Stack {
    /// The command line as an operator of this stack would use it, with a state of its own
    /// in this directory.
    ///
    /// # Errors
    /// If it was not built.
    pub fn coatcheck(&self, state: &Path, args: &[&str]) -> Result<Command> {
        let mut command = Command::new(program()?);
        command
            .args(args)
            .env("COATCHECK_STACK", &self.outputs.stack.stack)
            .env("COATCHECK_STATE_DIR", state)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Ok(command)
    }

    /// Runs the command line to its end.
    ///
    /// # Errors
    /// If it was not built or cannot be run.
    pub async fn run(&self, args: &[&str]) -> Result<Told> {
        // No state: commands that keep some are given a directory of the test's.
        let output = self.coatcheck(Path::new("/dev/null"), args)?.output();
        Ok(output.await.context("coatcheck cannot be run")?.into())
    }

    /// Runs the command line and wants it to end well.
    ///
    /// # Errors
    /// With what it said, if it did not.
    pub async fn operate(&self, args: &[&str]) -> Result<Told> {
        let told = self.run(args).await?;
        ensure!(
            told.exit == Some(0),
            "coatcheck {}: {told:?}",
            args.join(" ")
        );
        Ok(told)
    }
}

/// Cargo builds it beside the suite; `scripts/e2e` names both.
fn program() -> Result<PathBuf> {
    let suite = std::env::current_exe()?;
    let path = suite
        .ancestors()
        .map(|dir| dir.join("coatcheck"))
        .find(|path| path.is_file());
    path.context(
        "there is no coatcheck beside the suite: run `make e2e`, or cargo build --workspace --all-targets",
    )
}
