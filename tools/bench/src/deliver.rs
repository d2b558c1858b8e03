//! `deliver`, compared with the minimum: to read each object once and to post it once.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::child::Function;
use crate::cpu::{self, Memory};
use crate::delivery::Published;
use crate::measure::{WARM_UP, mb, median, ms};
use crate::tls::Identity;

/// The most memory that `deliver` may ever have, whatever the payloads and however many come at
/// once.
const MOST_MEMORY_MB: f64 = 80.0;

/// A larger payload is streamed, and read twice if it is signed: `HELD_BYTES` of `deliver`.
const HELD_BYTES: usize = 2 * 1024 * 1024;

/// Payloads in one process, in bytes. More say nothing new and take long.
const MOST_BYTES: usize = 1_000_000_000;

/// What to measure.
pub(crate) struct Plan {
    pub(crate) deliver: PathBuf,
    /// Reads and posts the object with the same libraries, and does nothing else.
    pub(crate) forwarder: PathBuf,
    pub(crate) sizes: Vec<usize>,
    pub(crate) runs: usize,
    pub(crate) invocations: usize,
}

/// How events come, and how they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Way {
    /// Whether S3, the other services and the destination are behind TLS.
    pub(crate) tls: bool,
    /// Events in an invocation.
    pub(crate) events: usize,
}

/// The second is the deployed one for an event that comes alone, the third under a backlog.
const WAYS: [Way; 3] = [
    Way {
        tls: false,
        events: 1,
    },
    Way {
        tls: true,
        events: 1,
    },
    Way {
        tls: true,
        events: 10,
    },
];

/// Medians over fresh processes, for one size and one way.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) payload_bytes: usize,
    #[serde(flatten)]
    pub(crate) way: Way,
    /// Processor time of one event in a warm invocation.
    pub(crate) deliver_ms: f64,
    /// The same, of one that only reads and posts.
    pub(crate) forward_ms: f64,
    pub(crate) hmac_ms: f64,
    pub(crate) sha256_ms: f64,
    /// `deliver_ms` over `forward_ms`.
    pub(crate) ratio: f64,
    /// Requests of `deliver` to AWS in an invocation.
    pub(crate) requests: f64,
    /// Resident while it waits for its first message, and the highest.
    pub(crate) idle_mb: f64,
    pub(crate) peak_mb: f64,
}

/// Measures all sizes in all ways. The programs take turns.
pub(crate) async fn all(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let identity = Identity::new()?;
    let mut rows = Vec::new();
    for program in [&plan.deliver, &plan.forwarder] {
        Function::start(program).await?.stop().await?;
    }
    for &size in &plan.sizes {
        for way in WAYS {
            rows.push(of_way(plan, size, way, &identity).await?);
        }
        eprintln!("deliver {size} bytes: done");
    }
    Ok(rows)
}

/// Fails if something took more memory than `deliver` may ever take, or other requests than it makes:
/// the breaker's record for an invocation; the claim, the payload and the mark for an event.
pub(crate) fn within_bounds(rows: &[Row]) -> anyhow::Result<()> {
    for row in rows {
        anyhow::ensure!(
            row.peak_mb <= MOST_MEMORY_MB,
            "deliver took {} MB with payloads of {} bytes: more than {MOST_MEMORY_MB}",
            row.peak_mb,
            row.payload_bytes
        );
        let twice = usize::from(row.payload_bytes > HELD_BYTES);
        let expected = 1 + row.way.events * (3 + twice);
        anyhow::ensure!(
            row.requests == expected as f64,
            "deliver made {} requests to AWS in an invocation with {} events of {} bytes, and not {expected}",
            row.requests,
            row.way.events,
            row.payload_bytes
        );
    }
    Ok(())
}

async fn of_way(plan: &Plan, size: usize, way: Way, identity: &Identity) -> anyhow::Result<Row> {
    let (mut deliver, mut forward, mut crypto) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        let run = |program| run(program, size, way, identity, plan.invocations);
        deliver.push(run(&plan.deliver).await?);
        forward.push(run(&plan.forwarder).await?);
        crypto.push(tokio::task::block_in_place(|| cpu::of_crypto(size))?);
    }
    let of = |runs: &[Run], figure: fn(&Run) -> f64| median(runs.iter().map(figure));
    let deliver_ms = of(&deliver, |run| run.cpu_ms);
    let forward_ms = of(&forward, |run| run.cpu_ms);
    Ok(Row {
        payload_bytes: size,
        way,
        deliver_ms,
        forward_ms,
        hmac_ms: median(crypto.iter().map(|[mac, _]| ms(*mac))),
        sha256_ms: median(crypto.iter().map(|[_, hash]| ms(*hash))),
        ratio: deliver_ms / forward_ms,
        requests: of(&deliver, |run| run.requests),
        idle_mb: of(&deliver, |run| mb(run.idle.resident)),
        peak_mb: of(&deliver, |run| mb(run.end.peak)),
    })
}

struct Run {
    /// Of one event.
    cpu_ms: f64,
    /// Of one invocation.
    requests: f64,
    idle: Memory,
    end: Memory,
}

async fn run(
    program: &Path,
    size: usize,
    way: Way,
    identity: &Identity,
    invocations: usize,
) -> anyhow::Result<Run> {
    let identity = Some(identity).filter(|_| way.tls);
    let mut function = Function::start_with(program, identity).await?;
    let idle = Memory::of_process(function.pid)?;
    let published = Published::new(size);
    function.hold(published.object.clone()).await;
    let send = async |number: usize, function: &mut Function| {
        let first = number * way.events;
        let messages = Bytes::from(published.batch(first..first + way.events));
        function
            .forward(messages, way.events, &published.sha256)
            .await
    };
    for number in 0..WARM_UP {
        send(number, &mut function).await?;
    }
    let invocations = invocations.min(MOST_BYTES / (size * way.events)).max(1);
    let (before, requests) = (cpu::of_process(function.pid)?, function.requests());
    for number in 0..invocations {
        send(WARM_UP + number, &mut function).await?;
    }
    let spent = cpu::of_process(function.pid)?.saturating_sub(before);
    let requests = function.requests() - requests;
    let end = Memory::of_process(function.pid)?;
    function.stop().await?;
    Ok(Run {
        cpu_ms: ms(spent.div_f64((invocations * way.events) as f64)),
        requests: requests as f64 / invocations as f64,
        idle,
        end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(events: usize, payload_bytes: usize, requests: f64, peak_mb: f64) -> Row {
        Row {
            payload_bytes,
            way: Way { tls: true, events },
            deliver_ms: 1.0,
            forward_ms: 1.0,
            hmac_ms: 0.1,
            sha256_ms: 0.1,
            ratio: 1.0,
            requests,
            idle_mb: 10.0,
            peak_mb,
        }
    }

    #[test]
    fn memory_and_requests_have_bounds() {
        let judge = |row| within_bounds(&[row]).is_ok();
        assert!(judge(row(1, 1_000, 4.0, 20.0)));
        assert!(judge(row(10, 2_000_000, 31.0, MOST_MEMORY_MB)));
        assert!(judge(row(10, 10_000_000, 41.0, 20.0)));
        assert!(!judge(row(1, 1_000, 4.0, MOST_MEMORY_MB + 0.1)));
        assert!(!judge(row(1, 1_000, 5.0, 20.0)));
        assert!(!judge(row(1, 10_000_000, 4.0, 20.0)));
    }
}
