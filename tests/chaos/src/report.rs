//! What a run tells.

use std::{fmt, time::Duration};

use hdrhistogram::Histogram;

use crate::{audit::Verdict, ledger::Book, proxy, trouble::Deeds};

/// Of each kind of problem so many are named.
const NAMED: usize = 20;

/// All of a run.
#[derive(Debug)]
pub struct Report {
    /// What was judged.
    pub verdict: Verdict,
    /// What was sent.
    pub book: Book,
    /// How long it took until all was where it belongs.
    pub settled: Duration,
    /// What was done to the stack, and to its calls; none under load.
    pub trouble: Option<(Deeds, proxy::Report)>,
    /// How it bore it.
    pub load: Load,
}

/// How fast, and what was busy.
#[derive(Debug)]
pub struct Load {
    /// How long events were begun.
    pub time: Duration,
    /// How long answers took, in milliseconds.
    pub latency: Histogram<u64>,
    /// Requests under way at once, at most.
    pub most_in_flight: usize,
    /// Of the machine, in percent.
    pub busy: u64,
    /// By process, in percent of the machine.
    pub used: Vec<(String, u64)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verdict, book) = (&self.verdict, &self.book);
        let mut row = |what: &str, count: usize| writeln!(f, "{what:<22}{count}");
        row("sent", book.sent.len())?;
        row("acknowledged", verdict.acknowledged)?;
        row("forged deliveries", book.forged.len())?;
        row("answered 2xx", book.count(200..300))?;
        row("refused 4xx", book.count(400..500))?;
        row("failed 5xx", book.count(500..600))?;
        row("no answer", book.count(0..1))?;
        row("pointers", verdict.pointers)?;
        row("objects", verdict.objects)?;
        row("processed", verdict.processed)?;
        row("twice", verdict.twice)?;
        row("dead letters", verdict.dead)?;
        if let Some((deeds, calls)) = &self.trouble {
            row("calls of functions", sum(calls.calls.values()))?;
            row("faults", sum(calls.faults.values()))?;
            for (what, count) in deeds {
                row(what, *count)?;
            }
        }
        row("lost", verdict.lost.len())?;
        row("wrong bytes", verdict.wrong.len())?;
        row("out of order", verdict.disorder.len())?;
        row("forged stored", verdict.forged.len())?;
        writeln!(f, "settled within         {} s", self.settled.as_secs())?;
        if self.trouble.is_none() {
            write!(f, "{}", self.load)?;
        }
        for (what, all) in [
            ("lost", &verdict.lost),
            ("wrong", &verdict.wrong),
            ("out of order", &verdict.disorder),
        ] {
            for (reference, why) in all.iter().take(NAMED) {
                writeln!(f, "{what}: {reference}: {why}")?;
            }
        }
        for reference in verdict.forged.iter().take(NAMED) {
            writeln!(f, "forged stored: {reference}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = &self.latency;
        let seconds = self.time.as_secs().max(1);
        writeln!(f, "answers a second       {}", latency.len() / seconds)?;
        for (name, quantile) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)] {
            let name = format!("answer, {name}");
            writeln!(f, "{name:<22} {} ms", latency.value_at_quantile(quantile))?;
        }
        writeln!(f, "answer, longest        {} ms", latency.max())?;
        writeln!(f, "in flight, at most     {}", self.most_in_flight)?;
        writeln!(f, "machine busy           {} %", self.busy)?;
        for (name, percent) in self.used.iter().take(8) {
            writeln!(f, "  {name:<20} {percent} %")?;
        }
        Ok(())
    }
}

fn sum<'a>(counts: impl Iterator<Item = &'a u64>) -> usize {
    usize::try_from(counts.sum::<u64>()).unwrap_or(usize::MAX)
}
