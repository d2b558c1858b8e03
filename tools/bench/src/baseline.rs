//! The committed counts of instructions, and how new ones compare with them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::stats::figure;
use crate::table::Table;

/// The most that a count may grow: a change that costs more must be meant, and recorded.
const MORE: f64 = 0.05;

/// A count that shrank by more makes the baseline stale: a later loss would hide behind it.
const LESS: f64 = 0.15;

/// On what the counts depend besides the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// `rustc`'s release.
    pub(crate) rustc: String,
    /// `rustc`'s host.
    pub(crate) target: String,
    /// Those that the crypto library chooses its code by, as far as valgrind has them.
    pub(crate) cpu: String,
    pub(crate) valgrind: String,
}

/// What is committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    /// Of the code that was counted.
    pub(crate) commit: String,
    pub(crate) machine: Machine,
    /// Of one invocation, by case.
    pub(crate) instructions: BTreeMap<String, u64>,
}

impl Machine {
    pub(crate) fn this() -> anyhow::Result<Self> {
        let rustc = output("rustc", &["-vV"])?;
        let of = |name: &str| {
            let line = rustc.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim().to_owned())
                .with_context(|| format!("rustc -vV says no {name}"))
        };
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let has = |flag: &str| info.split_whitespace().any(|word| word == flag);
        let cpu: Vec<&str> = ["avx2", "bmi2"]
            .into_iter()
            .filter(|flag| has(flag))
            .collect();
        Ok(Self {
            rustc: of("release:")?,
            target: of("host:")?,
            cpu: cpu.join(" "),
            valgrind: output("valgrind", &["--version"])?,
        })
    }
}

impl Baseline {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path);
        let text = text.with_context(|| {
            format!(
                "{} cannot be read: record one with --record",
                path.display()
            )
        })?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(path, text).with_context(|| path.display().to_string())
    }

    /// Fails, and says what to do, if counts of this machine say nothing beside these.
    pub(crate) fn fits(&self, machine: &Machine) -> anyhow::Result<()> {
        let (theirs, commit) = (&self.machine, &self.commit);
        ensure!(
            theirs == machine,
            "the baseline was recorded with {theirs:?}, and this is {machine:?}: other code is compiled and other code \
             is chosen at run time, so the counts cannot be compared. To judge a change here, check out {commit}, run \
             `make bench-check ARGS=--record`, go back to your change with that file, and run `make bench-check`. If the \
             project's toolchain has changed, record the baseline at the commit that changes it, and commit it."
        );
        Ok(())
    }
}

/// What a count says beside the baseline's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    /// It fails the check.
    More,
    /// The baseline is stale. It does not fail the check.
    Less,
    /// The baseline lacks it. It fails the check.
    New,
}

pub(crate) fn judge(before: Option<u64>, now: u64) -> Verdict {
    let Some(before) = before else {
        return Verdict::New;
    };
    let (now, before) = (now as f64, before as f64);
    if now > before * (1.0 + MORE) {
        Verdict::More
    } else if now < before * (1.0 - LESS) {
        Verdict::Less
    } else {
        Verdict::Same
    }
}

/// A line for each case, and what fails.
pub(crate) fn compare(
    baseline: &Baseline,
    counted: &BTreeMap<String, u64>,
) -> (Table, Vec<String>) {
    let mut table = Table::new(&["instructions", "baseline", "now", "change, %", ""]);
    let mut failed = Vec::new();
    for (name, &now) in counted {
        let before = baseline.instructions.get(name).copied();
        let percent = before.map_or(f64::NAN, |before| {
            (now as f64 / before as f64 - 1.0) * 100.0
        });
        let word = match judge(before, now) {
            Verdict::Same => "",
            Verdict::More => "more than may be",
            Verdict::Less => "far less: the baseline is stale, record it",
            Verdict::New => "not in the baseline: record it",
        };
        if matches!(judge(before, now), Verdict::More | Verdict::New) {
            failed.push(format!("{name}: {word}"));
        }
        table.row([
            name.clone(),
            before.map_or("-".to_owned(), |before| figure(before as f64)),
            figure(now as f64),
            if percent.is_nan() {
                "-".to_owned()
            } else {
                format!("{percent:+.1}")
            },
            word.to_owned(),
        ]);
    }
    for name in baseline.instructions.keys() {
        if !counted.contains_key(name) {
            failed.push(format!("{name}: in the baseline, and not counted any more"));
        }
    }
    (table, failed)
}

/// The commit that is checked out, with a + if files differ from it.
pub(crate) fn commit() -> anyhow::Result<String> {
    let commit = output("git", &["rev-parse", "--short=12", "HEAD"])?;
    let changed = output("git", &["status", "--porcelain", "--untracked-files=no"])?;
    Ok(if changed.is_empty() {
        commit
    } else {
        commit + "+"
    })
}

fn output(program: &str, args: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program).args(args).output();
    let output = output.with_context(|| format!("{program} cannot be run: is it installed?"))?;
    ensure!(
        output.status.success(),
        "{program} {}: {}",
        args.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[cfg(test)]
#[path = "baseline_tests.rs"]
mod tests;
