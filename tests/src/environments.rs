//! Environments of functions in the local cloud: processes whose parent is the cloud.

use std::fs;

use anyhow::{Context, Result};

use crate::Stack;

/// The processes that a local cloud has started for functions of the stack.
#[derive(Debug, Clone, Copy)]
pub struct Environments {
    cloud: u32,
}

impl Environments {
    /// Those of a stack in a local cloud.
    ///
    /// # Errors
    /// If it is not one: nothing on AWS has processes here.
    pub fn of(stack: &Stack) -> Result<Self> {
        let file = stack.dir.join("pids/ministack");
        let text = fs::read_to_string(file).context("only a local cloud has processes")?;
        let pid = text.split(' ').next().unwrap_or_default();
        Ok(Self {
            cloud: pid.parse()?,
        })
    }

    /// Each process, with the function's name.
    #[must_use]
    pub fn running(&self) -> Vec<(u32, String)> {
        let Ok(processes) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        pids.filter_map(|pid| Some((pid, self.function(pid)?)))
            .collect()
    }

    /// None where the process is gone, belongs to another user, or is none of a function.
    fn function(&self, pid: u32) -> Option<String> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // After the name, which may hold any character: the state, then the parent.
        let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?;
        if parent != self.cloud.to_string() {
            return None;
        }
        let environ = fs::read(format!("/proc/{pid}/environ")).ok()?;
        let name = environ
            .split(|byte| *byte == 0)
            .find_map(|variable| variable.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="))?;
        Some(String::from_utf8_lossy(name).into_owned())
    }
}
