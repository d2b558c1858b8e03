//! What runs how often, and its medians.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use crate::child::Function;
use crate::cpu::{self, Memory};
use crate::delivery::{Delivery, Scheme};

/// Invocations before those that are measured: then connections and caches are warm.
pub(crate) const WARM_UP: usize = 3;

/// What to measure.
pub(crate) struct Plan {
    /// Name and bootstrap.
    pub(crate) programs: [(&'static str, PathBuf); 2],
    pub(crate) schemes: Vec<Scheme>,
    pub(crate) sizes: Vec<usize>,
    pub(crate) runs: usize,
    pub(crate) invocations: usize,
}

/// The figures of one program for one kind of delivery: medians over fresh processes.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) program: &'static str,
    pub(crate) scheme: &'static str,
    pub(crate) payload_bytes: usize,
    /// From the start of the process to its first request for an event.
    pub(crate) init_ms: f64,
    /// The first invocation: it connects and reads the secret.
    pub(crate) first_ms: f64,
    /// User and system time of one invocation.
    pub(crate) cpu_ms: f64,
    /// From the event to the response.
    pub(crate) wall_ms: f64,
    /// Resident while it waits for its first event.
    pub(crate) idle_mb: f64,
    /// The highest resident memory.
    pub(crate) peak_mb: f64,
    /// Processor time of one HMAC-SHA-256 over the payload.
    pub(crate) hmac_ms: f64,
    /// Processor time of one SHA-256 over the payload.
    pub(crate) sha256_ms: f64,
    /// `cpu_ms` over the sum of those two.
    pub(crate) cpu_over_crypto: f64,
}

/// One process.
struct Run {
    init: Duration,
    first: Duration,
    cpu: Duration,
    wall: Duration,
    idle: Memory,
    end: Memory,
}

/// Measures all of the plan. The programs take turns, so that changes of the machine's speed
/// affect both.
pub(crate) async fn all(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (_, program) in &plan.programs {
        // The first start reads the file from disk, which is not measured here.
        Function::start(program).await?.stop().await?;
    }
    for &scheme in &plan.schemes {
        for &size in &plan.sizes {
            let mut runs = [const { Vec::new() }; 2];
            let mut crypto = [const { Vec::new() }; 2];
            for _ in 0..plan.runs {
                for ((_, program), runs) in plan.programs.iter().zip(&mut runs) {
                    let delivery = Delivery::new(scheme, size, unix_now()?)?;
                    runs.push(run(program, &delivery, plan.invocations).await?);
                }
                let [mac, hash] = &mut crypto;
                let costs = tokio::task::block_in_place(|| cpu::of_crypto(size))?;
                mac.push(costs[0]);
                hash.push(costs[1]);
            }
            let [mac, hash] = crypto.map(|times| median(times.into_iter().map(ms)));
            eprintln!("{} {size} bytes: done", scheme.name());
            for ((program, _), runs) in plan.programs.iter().zip(runs) {
                let of = |figure: fn(&Run) -> f64| median(runs.iter().map(figure));
                let cpu_ms = of(|run| ms(run.cpu));
                rows.push(Row {
                    program,
                    scheme: scheme.name(),
                    payload_bytes: size,
                    init_ms: of(|run| ms(run.init)),
                    first_ms: of(|run| ms(run.first)),
                    cpu_ms,
                    wall_ms: of(|run| ms(run.wall)),
                    idle_mb: of(|run| mb(run.idle.resident)),
                    peak_mb: of(|run| mb(run.end.peak)),
                    hmac_ms: mac,
                    sha256_ms: hash,
                    cpu_over_crypto: cpu_ms / (mac + hash),
                });
            }
        }
    }
    Ok(rows)
}

async fn run(
    program: &std::path::Path,
    delivery: &Delivery,
    invocations: usize,
) -> anyhow::Result<Run> {
    let event = Bytes::from(delivery.event.clone());
    let mut function = Function::start(program).await?;
    let idle = Memory::of_process(function.pid)?;
    let first = function.invoke(event.clone(), &delivery.sha256).await?;
    for _ in 0..WARM_UP {
        function.invoke(event.clone(), &delivery.sha256).await?;
    }
    let before = cpu::of_process(function.pid)?;
    let mut walls = Vec::with_capacity(invocations);
    for _ in 0..invocations {
        walls.push(function.invoke(event.clone(), &delivery.sha256).await?);
    }
    let cpu = cpu::of_process(function.pid)?.saturating_sub(before);
    let end = Memory::of_process(function.pid)?;
    let init = function.init;
    function.stop().await?;
    Ok(Run {
        init,
        first,
        cpu: cpu.div_f64(invocations as f64),
        wall: Duration::from_secs_f64(median(walls.iter().map(Duration::as_secs_f64))),
        idle,
        end,
    })
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub(crate) fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(
    clippy::disallowed_methods,
    reason = "the functions judge signatures by the real clock"
)]
pub(crate) fn unix_now() -> anyhow::Result<i64> {
    Ok(i64::try_from(
        SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    )?)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn a_median_is_the_middle_one() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([9.0].into_iter()), 9.0);
        assert!(median(std::iter::empty()).is_nan());
    }
}
