//! Runs the binary, and gives it files.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

/// The result of a run of the binary.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The answer to `--json`.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|problem| panic!("{problem}: {self:?}"))
    }

    /// The outcome in the answer to `--json`.
    pub(crate) fn outcome(&self) -> String {
        self.json()["outcome"].as_str().unwrap().to_owned()
    }
}

/// A folder of its own for one test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), bytes).unwrap();
    }

    pub(crate) fn run<S: AsRef<str>>(&self, args: &[S]) -> Run {
        self.run_with(args, b"", None)
    }

    /// Runs with something at standard input, and a secret in the environment.
    pub(crate) fn run_with<S: AsRef<str>>(
        &self,
        args: &[S],
        stdin: &[u8],
        secret: Option<&str>,
    ) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coatcheck"));
        command
            .args(args.iter().map(AsRef::as_ref))
            .current_dir(&self.0)
            .env_remove("COATCHECK_SECRET")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(secret) = secret {
            command.env("COATCHECK_SECRET", secret);
        }
        let mut child = command.spawn().unwrap();
        // A run that does not read it may be over before it is written.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

/// One argument a word.
pub(crate) fn split(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}
