use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;
use tokio::process::Command;

use crate::Stack;

/// The output of the command line, and how it ended.
#[derive(Debug)]
pub struct CommandOutput {
    /// Its exit code; none if a signal ended it.
    pub exit: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl CommandOutput {
    /// The JSON values of its lines.
    ///
    /// # Errors
    /// If a line is something else.
    pub fn lines<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let read = |line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"));
        self.out.lines().map(read).collect()
    }

    /// The JSON value of its answer.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let mut all = self.lines()?;
        ensure!(all.len() == 1, "not one JSON value: {self:?}");
        all.pop().context("no answer")
    }
}

impl From<Output> for CommandOutput {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Stack {
    /// The command line as an operator of this stack would use it, with its own state in
    /// this directory.
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
    pub async fn run(&self, args: &[&str]) -> Result<CommandOutput> {
        // No state: commands that keep some get a directory of the test.
        let output = self.coatcheck(Path::new("/dev/null"), args)?.output();
        Ok(output.await.context("coatcheck cannot be run")?.into())
    }

    /// Runs the command line and expects success.
    ///
    /// # Errors
    /// With its output, if it fails.
    pub async fn operate(&self, args: &[&str]) -> Result<CommandOutput> {
        let output = self.run(args).await?;
        ensure!(
            output.exit == Some(0),
            "coatcheck {}: {output:?}",
            args.join(" ")
        );
        Ok(output)
    }

    /// Runs the command line with `--json` and expects one value.
    ///
    /// # Errors
    /// With its output, if it fails or prints anything else.
    pub async fn ask<T: DeserializeOwned>(&self, args: &[&str]) -> Result<T> {
        self.operate(&[args, &["--json"]].concat()).await?.json()
    }

    /// Runs the command line with `--json` and expects a value a line.
    ///
    /// # Errors
    /// With its output, if it fails or prints anything else.
    pub async fn rows<T: DeserializeOwned>(&self, args: &[&str]) -> Result<Vec<T>> {
        self.operate(&[args, &["--json"]].concat()).await?.lines()
    }
}

/// Cargo builds it together with the suite; `scripts/e2e` names both.
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
