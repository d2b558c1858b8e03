//! Processor time and memory, from `/proc`.
//! <https://man7.org/linux/man-pages/man5/proc.5.html>

use std::hint::black_box;
use std::time::Duration;

use anyhow::Context;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;

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

/// The cost of the bare cryptography: processor time of one HMAC-SHA-256 and of one SHA-256
/// over this many bytes.
pub(crate) fn of_crypto(size: usize) -> anyhow::Result<[Duration; 2]> {
    let bytes = vec![0x5a_u8; size];
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"bench-bench-bench-bench");
    // Enough rounds to be far above the precision of the clock.
    let rounds = u32::try_from(100_000_000 / size.max(1))
        .unwrap_or(u32::MAX)
        .clamp(10, 20_000);
    let mac = of_rounds(rounds, || black_box(hmac::sign(&key, &bytes)))?;
    let hash = of_rounds(rounds, || black_box(digest(&SHA256, &bytes)))?;
    Ok([mac, hash])
}

fn of_rounds<T>(rounds: u32, work: impl Fn() -> T) -> anyhow::Result<Duration> {
    let before = of_this_thread()?;
    for _ in 0..rounds {
        let _ = work();
    }
    Ok((of_this_thread()? - before) / rounds)
}

fn of_this_thread() -> anyhow::Result<Duration> {
    // The kernel updates the figure when the thread leaves the processor.
    std::thread::sleep(Duration::from_millis(1));
    on_cpu(&std::fs::read_to_string("/proc/thread-self/schedstat")?)
}

#[cfg(test)]
mod tests {
    use super::{Duration, Memory, of_this_thread, on_cpu};

    #[test]
    fn reads_proc() {
        assert_eq!(
            on_cpu("1248060 6447205 17\n").unwrap(),
            Duration::from_nanos(1_248_060)
        );
        assert!(on_cpu("").is_err());
        let before = of_this_thread().unwrap();
        let sum = (0..3_000_000_u64).fold(0, |sum, n| std::hint::black_box(sum ^ n));
        assert!(of_this_thread().unwrap() > before, "{sum}");
        let memory = Memory::of_process(std::process::id()).unwrap();
        assert!(memory.peak >= memory.resident && memory.resident > 100_000);
    }
}
