//! What runs how often, and its medians.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use bytes::Bytes;

use crate::child::{Function, Spent};
use crate::cpu::{self, Memory};
use crate::delivery::Object;
use crate::program::Program;
use crate::seen::Expected;
use crate::stats::{mb, median, ms};
use crate::tls::Identity;

/// Invocations between the first and those that are measured: then connections and caches are warm.
const WARM_UP: usize = 3;

/// Measured even if they take longer than the plan's time.
const LEAST: usize = 5;

/// What a function is sent, and what it must do with it.
pub(crate) struct Work {
    /// The n-th event. No two messages of a queue are the same.
    pub(crate) event: Box<dyn Fn(usize) -> Bytes + Send + Sync>,
    pub(crate) expected: Expected,
    /// In the bucket and the table, before the first event.
    pub(crate) object: Object,
    /// Parts of an event: the processor time is that of one.
    pub(crate) parts: usize,
}

/// Makes work that is signed now (Unix seconds).
pub(crate) type Making<'a> = Box<dyn Fn(i64) -> anyhow::Result<Work> + 'a>;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Fresh processes of each program.
    pub(crate) rounds: usize,
    /// The most invocations that are measured in each process.
    pub(crate) invocations: usize,
    /// They end after this time, too.
    pub(crate) time: Duration,
}

/// Medians over fresh processes.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Figures {
    /// From the start of the process to its first request for an event.
    pub(crate) init_ms: f64,
    /// Processor time of the same.
    pub(crate) init_cpu_ms: f64,
    /// The first invocation, from the event to the response. It reads the secret.
    pub(crate) first_ms: f64,
    /// Processor time from then to the next request for an event.
    pub(crate) first_cpu_ms: f64,
    /// User and system time of one part of a warm invocation.
    pub(crate) cpu_ms: f64,
    /// Of a warm invocation, from the event to the response.
    pub(crate) wall_ms: f64,
    /// Resident while it waits for its first event.
    pub(crate) idle_mb: f64,
    /// The highest resident memory.
    pub(crate) peak_mb: f64,
    /// To AWS, in a warm invocation.
    pub(crate) requests: f64,
    /// Of its log, in a warm invocation.
    pub(crate) log_bytes: f64,
}

/// One process.
struct Run {
    init: Spent,
    first: Spent,
    cpu: Duration,
    wall: Duration,
    idle: Memory,
    end: Memory,
    requests: f64,
    log_bytes: f64,
}

/// Measures programs one after the other, in rounds, so that changes of the machine's speed
/// affect all of them.
pub(crate) async fn compare(
    programs: &[(&Program, Making<'_>)],
    identity: Option<&Identity>,
    plan: Plan,
) -> anyhow::Result<Vec<Figures>> {
    let mut runs: Vec<Vec<Run>> = programs.iter().map(|_| Vec::new()).collect();
    for _ in 0..plan.rounds.max(1) {
        for ((program, making), runs) in programs.iter().zip(&mut runs) {
            let done = run(program, &making(unix_now()?)?, identity, plan).await;
            runs.push(done.with_context(|| program.name.clone())?);
        }
    }
    Ok(runs.iter().map(|runs| medians(runs)).collect())
}

fn medians(runs: &[Run]) -> Figures {
    let of = |figure: fn(&Run) -> f64| median(runs.iter().map(figure));
    Figures {
        init_ms: of(|run| ms(run.init.wall)),
        init_cpu_ms: of(|run| ms(run.init.cpu)),
        first_ms: of(|run| ms(run.first.wall)),
        first_cpu_ms: of(|run| ms(run.first.cpu)),
        cpu_ms: of(|run| ms(run.cpu)),
        wall_ms: of(|run| ms(run.wall)),
        idle_mb: of(|run| mb(run.idle.resident)),
        peak_mb: of(|run| mb(run.end.peak)),
        requests: of(|run| run.requests),
        log_bytes: of(|run| run.log_bytes),
    }
}

async fn run(
    program: &Program,
    work: &Work,
    identity: Option<&Identity>,
    plan: Plan,
) -> anyhow::Result<Run> {
    let mut function = Function::start(program, identity, &[]).await?;
    function.hold(work.object.clone()).await;
    let idle = Memory::of_process(function.pid)?;
    let mut number = 0;
    let mut invoke = async |function: &mut Function| {
        number += 1;
        function
            .invoke((work.event)(number - 1), &work.expected)
            .await
    };
    let wall = invoke(&mut function).await?;
    let first = Spent {
        wall,
        cpu: cpu::of_process(function.pid)?.saturating_sub(function.init.cpu),
    };
    for _ in 0..WARM_UP {
        invoke(&mut function).await?;
    }
    settle().await;
    let (before, requests, logged) = (
        cpu::of_process(function.pid)?,
        function.requests(),
        function.logged(),
    );
    let (started, mut walls) = (Instant::now(), Vec::new());
    while walls.len() < plan.invocations.max(1)
        && (walls.len() < LEAST || started.elapsed() < plan.time)
    {
        walls.push(invoke(&mut function).await?);
    }
    settle().await;
    let cpu = cpu::of_process(function.pid)?.saturating_sub(before);
    let invocations = walls.len() as f64;
    let run = Run {
        init: function.init,
        first,
        cpu: cpu.div_f64(invocations * work.parts as f64),
        wall: Duration::from_secs_f64(median(walls.iter().map(Duration::as_secs_f64))),
        idle,
        end: Memory::of_process(function.pid)?,
        requests: (function.requests() - requests) as f64 / invocations,
        log_bytes: (function.logged() - logged) as f64 / invocations,
    };
    function.stop().await?;
    Ok(run)
}

/// Until the kernel has noted the time of threads that sleep now, and the last line of the log is
/// read.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(5)).await;
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
