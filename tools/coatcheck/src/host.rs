//! The edge of the process: its clock, its environment, the files that arguments name.

use std::{
    ffi::OsString,
    fs,
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, Result};
use domain::Timestamp;

/// The clock and the environment that a command uses; a test may replace them.
pub(crate) struct Host {
    pub(crate) now: fn() -> Timestamp,
    pub(crate) env: fn(&str) -> Option<OsString>,
}

impl Host {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge of the process: everything else gets its clock and environment from here"
    )]
    pub(crate) fn of_this_process() -> Self {
        Self {
            now: Timestamp::now,
            env: |name| std::env::var_os(name),
        }
    }
}

/// The bytes of a file; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    if is_stdin(path) {
        let mut bytes = Vec::new();
        io::stdin()
            .read_to_end(&mut bytes)
            .context("standard input cannot be read")?;
        return Ok(bytes);
    }
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
