//! Processor time and memory, from `/proc`.
//! <https://man7.org/linux/man-pages/man5/proc.5.html>

use std::time::Duration;

use anyhow::Context;

/// User and system time of all threads of a process. Precise for threads that are not running;
/// the time of a thread that ended is lost.
pub(crate) fn of_process(pid: u32) -> anyhow::Result<Duration> {
    let mut total = Duration::ZERO;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        // It may end during the read.
        if let Ok(text) = std::fs::read_to_string(thread?.path().join("schedstat")) {
            total += on_cpu(&text)?;
        }
    }
    Ok(total)
}

/// The first number of a `schedstat`: nanoseconds spent running.
fn on_cpu(schedstat: &str) -> anyhow::Result<Duration> {
    let nanoseconds = schedstat
        .split_whitespace()
        .next()
        .context("schedstat is empty")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Resident now.
    pub(crate) resident: u64,
    /// The highest resident memory so far.
    pub(crate) peak: u64,
}

impl Memory {
    pub(crate) fn of_process(pid: u32) -> anyhow::Result<Self> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let bytes = |field: &str| -> anyhow::Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(field));
            let line = line.with_context(|| format!("no {field} in /proc"))?;
            let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
            Ok(kilobytes * 1024)
        };
        Ok(Self {
            resident: bytes("VmRSS:")?,
            peak: bytes("VmHWM:")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Memory, of_process, on_cpu};

    #[test]
    fn reads_proc() {
        assert_eq!(
            on_cpu("1248060 6447205 17\n").unwrap(),
            Duration::from_nanos(1_248_060)
        );
        assert!(on_cpu("").is_err());
        let own = std::process::id();
        let before = of_process(own).unwrap();
        let sum = (0..3_000_000_u64).fold(0, |sum, n| std::hint::black_box(sum ^ n));
        // The kernel updates the figure when the thread leaves the processor.
        std::thread::sleep(Duration::from_millis(1));
        assert!(of_process(own).unwrap() > before, "{sum}");
        let memory = Memory::of_process(own).unwrap();
        assert!(memory.peak >= memory.resident && memory.resident > 100_000);
    }
}
