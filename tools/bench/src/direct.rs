//! `admit`, compared with the minimum: to read the object once, one HMAC-SHA-256 and one
//! SHA-256 over it.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::child::Function;
use crate::cpu::{self, Memory};
use crate::delivery::Stored;
use crate::measure::{WARM_UP, mb, median, ms, unix_now};

/// What to measure.
pub(crate) struct Plan {
    pub(crate) admit: PathBuf,
    /// Reads the object by the same SDK, and does nothing with it.
    pub(crate) reader: PathBuf,
    pub(crate) sizes: Vec<usize>,
    pub(crate) runs: usize,
    pub(crate) invocations: usize,
}

/// Medians over fresh processes, for one size.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) payload_bytes: usize,
    /// Processor time of one warm invocation.
    pub(crate) admit_ms: f64,
    /// The same, of one that only reads.
    pub(crate) read_ms: f64,
    pub(crate) hmac_ms: f64,
    pub(crate) sha256_ms: f64,
    /// `admit_ms` over the sum of the other three.
    pub(crate) ratio: f64,
    /// Resident while it waits for its first message, and the highest.
    pub(crate) idle_mb: f64,
    pub(crate) peak_mb: f64,
}

/// Measures all sizes. The programs take turns.
pub(crate) async fn all(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for program in [&plan.admit, &plan.reader] {
        Function::start(program).await?.stop().await?;
    }
    for &size in &plan.sizes {
        let (mut admit, mut read, mut crypto) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..plan.runs {
            // It writes its claim on the object, and then the pointer.
            admit.push(run(&plan.admit, size, 2, plan.invocations).await?);
            read.push(run(&plan.reader, size, 0, plan.invocations).await?);
            crypto.push(tokio::task::block_in_place(|| cpu::of_crypto(size))?);
        }
        let of = |runs: &[Run], figure: fn(&Run) -> f64| median(runs.iter().map(figure));
        let admit_ms = of(&admit, |run| run.cpu_ms);
        let read_ms = of(&read, |run| run.cpu_ms);
        let hmac_ms = median(crypto.iter().map(|[mac, _]| ms(*mac)));
        let sha256_ms = median(crypto.iter().map(|[_, hash]| ms(*hash)));
        rows.push(Row {
            payload_bytes: size,
            admit_ms,
            read_ms,
            hmac_ms,
            sha256_ms,
            ratio: admit_ms / (read_ms + hmac_ms + sha256_ms),
            idle_mb: of(&admit, |run| mb(run.idle.resident)),
            peak_mb: of(&admit, |run| mb(run.end.peak)),
        });
        eprintln!("admit {size} bytes: done");
    }
    Ok(rows)
}

struct Run {
    cpu_ms: f64,
    idle: Memory,
    end: Memory,
}

async fn run(program: &Path, size: usize, items: usize, invocations: usize) -> anyhow::Result<Run> {
    let Stored { event, object } = Stored::new(size, unix_now()?)?;
    let event = Bytes::from(event);
    let mut function = Function::start(program).await?;
    function.hold(object).await;
    let idle = Memory::of_process(function.pid)?;
    for _ in 0..WARM_UP {
        function.judge(event.clone(), items).await?;
    }
    let before = cpu::of_process(function.pid)?;
    for _ in 0..invocations {
        function.judge(event.clone(), items).await?;
    }
    let spent = cpu::of_process(function.pid)?.saturating_sub(before);
    let end = Memory::of_process(function.pid)?;
    function.stop().await?;
    Ok(Run {
        cpu_ms: ms(spent.div_f64(invocations as f64)),
        idle,
        end,
    })
}
