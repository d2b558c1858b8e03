//! Which process used the machine.

use std::{collections::BTreeMap, fs};

use e2e::Environments;

/// Processor time by process, in ticks of the kernel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// By what the process is: a function's name, or the name of a program.
    by_name: BTreeMap<String, u64>,
    /// Of the whole machine: all ticks, and those when it had nothing to do.
    all: u64,
    idle: u64,
}

impl Usage {
    /// What was used so far.
    #[must_use]
    pub(crate) fn now(environments: Environments) -> Self {
        let functions: BTreeMap<u32, String> = environments.running().into_iter().collect();
        let (all, idle) = machine(&fs::read_to_string("/proc/stat").unwrap_or_default());
        let mut usage = Self {
            all,
            idle,
            ..Self::default()
        };
        let processes = fs::read_dir("/proc").into_iter().flatten();
        let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        for pid in pids {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if let Some((program, ticks)) = process(&stat) {
                let name = functions.get(&pid).map_or(program, String::as_str);
                *usage.by_name.entry(name.to_owned()).or_default() += ticks;
            }
        }
        usage
    }

    /// How busy the machine was since then, in percent, and the names that used most of that, in percent of the machine.
    /// A process that ended meanwhile is not among them.
    #[must_use]
    pub(crate) fn since(&self, before: &Self) -> (u64, Vec<(String, u64)>) {
        let all = self.all.saturating_sub(before.all).max(1);
        let idle = self.idle.saturating_sub(before.idle);
        let mut used: Vec<(String, u64)> = self
            .by_name
            .iter()
            .map(|(name, ticks)| {
                let ticks_before = before.by_name.get(name).copied().unwrap_or_default();
                (name.clone(), ticks.saturating_sub(ticks_before) * 100 / all)
            })
            .filter(|(_, percent)| *percent > 0)
            .collect();
        used.sort_by_key(|(_, percent)| std::cmp::Reverse(*percent));
        (100 - (idle * 100 / all).min(100), used)
    }
}

/// From `/proc/stat`: the sum of the first line, and its idle ticks with those of waiting for a disk.
fn machine(stat: &str) -> (u64, u64) {
    let first = stat.lines().next().unwrap_or_default();
    let ticks: Vec<u64> = first
        .split(' ')
        .filter_map(|one| one.parse().ok())
        .collect();
    (ticks.iter().sum(), ticks.iter().skip(3).take(2).sum())
}

/// From `/proc/PID/stat`: the program, and its ticks in user and kernel mode.
fn process(stat: &str) -> Option<(&str, u64)> {
    let (head, rest) = stat.rsplit_once(") ")?;
    let (_, program) = head.split_once('(')?;
    let mut fields = rest.split(' ').skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    Some((program, user + kernel))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_the_kernel_writes() {
        assert_eq!(machine("cpu  10 1 5 80 4 0 0 0 0 0\ncpu0 1"), (100, 84));
        let stat = "12 (a name) S 1 12 12 0 -1 4194560 1 0 0 0 70 30 0 0 20 0";
        assert_eq!(process(stat), Some(("a name", 100)));
        assert_eq!(process(""), None);
    }

    #[test]
    fn the_busiest_comes_first() {
        let usage = |all, idle, names: &[(&str, u64)]| Usage {
            by_name: names
                .iter()
                .map(|(name, ticks)| ((*name).to_owned(), *ticks))
                .collect(),
            all,
            idle,
        };
        let before = usage(1_000, 500, &[("ingest", 10), ("python", 100)]);
        let after = usage(2_000, 600, &[("ingest", 310), ("python", 700), ("idle", 0)]);
        let (busy, used) = after.since(&before);
        assert_eq!(busy, 90);
        assert_eq!(used, [("python".to_owned(), 60), ("ingest".to_owned(), 30)]);
    }
}
