//! `deliver`, compared with the minimum: to read the object once and to post it once.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::child::Function;
use crate::cpu::{self, Memory};
use crate::delivery::Published;
use crate::measure::{WARM_UP, mb, median, ms};

/// What to measure.
pub(crate) struct Plan {
    pub(crate) deliver: PathBuf,
    /// Reads and posts the object with the same libraries, and does nothing else.
    pub(crate) forwarder: PathBuf,
    pub(crate) sizes: Vec<usize>,
    pub(crate) runs: usize,
    pub(crate) invocations: usize,
}

/// Medians over fresh processes, for one size.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) payload_bytes: usize,
    /// Processor time of one warm invocation with one event.
    pub(crate) deliver_ms: f64,
    /// The same, of one that only reads and posts.
    pub(crate) forward_ms: f64,
    pub(crate) hmac_ms: f64,
    pub(crate) sha256_ms: f64,
    /// `deliver_ms` over `forward_ms`.
    pub(crate) ratio: f64,
    /// Resident while it waits for its first message, and the highest.
    pub(crate) idle_mb: f64,
    pub(crate) peak_mb: f64,
}

/// Measures all sizes. The programs take turns.
pub(crate) async fn all(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for program in [&plan.deliver, &plan.forwarder] {
        Function::start(program).await?.stop().await?;
    }
    for &size in &plan.sizes {
        let (mut deliver, mut forward, mut crypto) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..plan.runs {
            deliver.push(run(&plan.deliver, size, plan.invocations).await?);
            forward.push(run(&plan.forwarder, size, plan.invocations).await?);
            crypto.push(tokio::task::block_in_place(|| cpu::of_crypto(size))?);
        }
        let of = |runs: &[Run], figure: fn(&Run) -> f64| median(runs.iter().map(figure));
        let deliver_ms = of(&deliver, |run| run.cpu_ms);
        let forward_ms = of(&forward, |run| run.cpu_ms);
        rows.push(Row {
            payload_bytes: size,
            deliver_ms,
            forward_ms,
            hmac_ms: median(crypto.iter().map(|[mac, _]| ms(*mac))),
            sha256_ms: median(crypto.iter().map(|[_, hash]| ms(*hash))),
            ratio: deliver_ms / forward_ms,
            idle_mb: of(&deliver, |run| mb(run.idle.resident)),
            peak_mb: of(&deliver, |run| mb(run.end.peak)),
        });
        eprintln!("deliver {size} bytes: done");
    }
    Ok(rows)
}

struct Run {
    cpu_ms: f64,
    idle: Memory,
    end: Memory,
}

async fn run(program: &Path, size: usize, invocations: usize) -> anyhow::Result<Run> {
    let mut function = Function::start(program).await?;
    let idle = Memory::of_process(function.pid)?;
    let published = Published::new(size);
    function.hold(published.object.clone()).await;
    let send = async |number: usize, function: &mut Function| {
        let event = Bytes::from(published.event(number));
        function.forward(event, &published.sha256).await
    };
    for number in 0..WARM_UP {
        send(number, &mut function).await?;
    }
    let before = cpu::of_process(function.pid)?;
    for number in 0..invocations {
        send(WARM_UP + number, &mut function).await?;
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
