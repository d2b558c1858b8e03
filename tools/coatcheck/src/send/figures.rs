//! What is counted of many deliveries.

use std::{collections::BTreeMap, fmt, time::Duration};

use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use provider::{Reply, Unanswered};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::table;

/// A delivery that waited longer than this was late: all connections were in use.
const LATE: Duration = Duration::from_millis(20);

/// An hour, in microseconds: a longer answer counts as one.
const LONGEST_US: u64 = 3_600_000_000;

/// How many, and how fast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) count: u64,
    /// A second; none for as fast as it goes.
    pub(super) rate: Option<f64>,
    pub(super) concurrency: usize,
}

/// What became of one delivery.
pub(super) struct Delivered {
    pub(super) end: Result<Reply, Unanswered>,
    /// Of its body.
    pub(super) bytes: usize,
    /// Beyond the first.
    pub(super) retries: u32,
    /// The answer's, from when it was due.
    pub(super) took: Duration,
}

#[derive(Clone)]
pub(super) struct Figures {
    /// How long answers took, in microseconds.
    latency: Histogram<u64>,
    /// By status and word.
    answers: BTreeMap<(u16, String), u64>,
    /// By what went wrong, with what the first one said.
    unanswered: BTreeMap<&'static str, (u64, String)>,
    bytes: u64,
    retries: u64,
    late: u64,
    wanted: u64,
    elapsed: Duration,
    rate: Option<f64>,
}

impl Figures {
    pub(super) fn new() -> Result<Self> {
        let latency = Histogram::new_with_bounds(1, LONGEST_US, 3)
            .context("the histogram cannot be created")?;
        Ok(Self {
            latency,
            answers: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            bytes: 0,
            retries: 0,
            late: 0,
            wanted: 0,
            elapsed: Duration::ZERO,
            rate: None,
        })
    }

    /// One more, that waited so long for its turn.
    pub(super) fn add(&mut self, delivered: &Delivered, waited: Duration) {
        match &delivered.end {
            Ok(reply) => {
                let took = u64::try_from(delivered.took.as_micros()).unwrap_or(u64::MAX);
                self.latency.saturating_record(took);
                let word = if reply.is_good() {
                    &reply.body.status
                } else {
                    &reply.body.error
                };
                let counted = self.answers.entry((reply.status, word.clone()));
                *counted.or_default() += 1;
            }
            Err(problem) => {
                let first = || (0, problem.detail.clone());
                self.unanswered.entry(problem.what).or_insert_with(first).0 += 1;
            }
        }
        self.bytes += u64::try_from(delivered.bytes).unwrap_or(u64::MAX);
        self.retries += u64::from(delivered.retries);
        self.late += u64::from(waited > LATE);
    }

    /// Ends the measurement.
    pub(super) fn end(&mut self, pace: Pace, elapsed: Duration) {
        self.wanted = pace.count;
        self.rate = pace.rate;
        self.elapsed = elapsed;
    }

    /// Whether every one was answered with a 2xx.
    pub(super) fn is_good(&self) -> bool {
        self.unanswered.is_empty()
            && self
                .answers
                .keys()
                .all(|(status, _)| (200..300).contains(status))
    }

    /// What a person should know before believing the figures.
    pub(super) fn remark(&self) -> Option<String> {
        let rate = self.rate?;
        (self.late > 0).then(|| {
            format!(
                "{} of the deliveries waited for a free connection: {rate}/s is more than --concurrency allows \
                 with answers this slow. Their latency counts from when they were due",
                self.late
            )
        })
    }

    fn done(&self) -> u64 {
        let unanswered = self.unanswered.values().map(|(count, _)| count);
        self.answers.values().chain(unanswered).sum()
    }

    fn per_second(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            self.done() as f64 / seconds
        } else {
            0.0
        }
    }

    fn latency_ms(&self) -> Latency {
        let at = |quantile| self.latency.value_at_quantile(quantile) as f64 / 1_000.0;
        Latency {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: self.latency.max() as f64 / 1_000.0,
        }
    }
}

#[derive(Serialize)]
struct Latency {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

#[derive(Serialize)]
struct Count<'a> {
    status: u16,
    /// What the endpoint called it: `accepted`, `duplicate`, or the code of a refusal.
    word: &'a str,
    count: u64,
}

#[derive(Serialize)]
struct Lost<'a> {
    problem: &'static str,
    detail: &'a str,
    count: u64,
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let answers = self.answers.iter().map(|((status, word), count)| Count {
            status: *status,
            word,
            count: *count,
        });
        let unanswered = self
            .unanswered
            .iter()
            .map(|(problem, (count, detail))| Lost {
                problem,
                detail,
                count: *count,
            });
        let mut all = serializer.serialize_struct("Figures", 10)?;
        all.serialize_field("deliveries", &self.done())?;
        all.serialize_field("wanted", &self.wanted)?;
        all.serialize_field("bytes", &self.bytes)?;
        all.serialize_field("seconds", &self.elapsed.as_secs_f64())?;
        all.serialize_field("per_second", &self.per_second())?;
        all.serialize_field("latency_ms", &self.latency_ms())?;
        all.serialize_field("answers", &answers.collect::<Vec<_>>())?;
        all.serialize_field("unanswered", &unanswered.collect::<Vec<_>>())?;
        all.serialize_field("retries", &self.retries)?;
        all.serialize_field("late", &self.late)?;
        all.end()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Latency { p50, p90, p99, max } = self.latency_ms();
        write!(
            f,
            "{} of {} deliveries, {}, in {:.1} s: {:.1}/s",
            self.done(),
            self.wanted,
            table::bytes(self.bytes),
            self.elapsed.as_secs_f64(),
            self.per_second()
        )?;
        if self.retries > 0 {
            write!(f, ", {} retries", self.retries)?;
        }
        if !self.latency.is_empty() {
            write!(
                f,
                "\n  latency  p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, max {max:.1} ms"
            )?;
        }
        for ((status, word), count) in &self.answers {
            write!(f, "\n  {count:>7}  {status} {word}")?;
        }
        for (problem, (count, detail)) in &self.unanswered {
            write!(f, "\n  {count:>7}  {problem} ({detail})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use provider::ReplyBody;

    use super::*;

    fn delivered(end: Result<(u16, &str), &'static str>, ms: u64) -> Delivered {
        Delivered {
            end: end
                .map(|(status, word)| Reply {
                    status,
                    body: ReplyBody {
                        status: word.to_owned(),
                        error: word.to_owned(),
                        ..ReplyBody::default()
                    },
                    ..Reply::default()
                })
                .map_err(|what| Unanswered {
                    what,
                    detail: "refused".to_owned(),
                }),
            bytes: 1_000,
            retries: 1,
            took: Duration::from_millis(ms),
        }
    }

    fn figures(all: &[(Delivered, u64)]) -> Figures {
        let mut figures = Figures::new().unwrap();
        for (one, waited) in all {
            figures.add(one, Duration::from_millis(*waited));
        }
        let pace = Pace {
            count: 5,
            rate: Some(2.0),
            concurrency: 1,
        };
        figures.end(pace, Duration::from_secs(2));
        figures
    }

    #[test]
    fn everything_is_counted_and_answers_alone_are_timed() {
        let figures = figures(&[
            (delivered(Ok((200, "accepted")), 10), 0),
            (delivered(Ok((200, "accepted")), 20), 0),
            (delivered(Ok((429, "throttled")), 1_000), 30),
            (delivered(Err("no connection"), 90_000), 0),
        ]);
        assert!(!figures.is_good());
        let json = serde_json::to_value(&figures).unwrap();
        for (name, expected) in [
            ("deliveries", 4.into()),
            ("wanted", 5.into()),
            ("bytes", 4_000.into()),
            ("per_second", 2.0.into()),
            ("retries", 4.into()),
            ("late", 1.into()),
        ] {
            let expected: serde_json::Value = expected;
            assert_eq!(json[name], expected, "{name}");
        }
        assert_eq!(json["answers"][0]["count"], 2);
        assert_eq!(json["answers"][1]["word"], "throttled");
        assert_eq!(json["unanswered"][0]["problem"], "no connection");
        let ms = |name: &str| json["latency_ms"][name].as_f64().unwrap();
        assert!((ms("p50") - 20.0).abs() < 0.1, "{json}");
        assert!((ms("max") - 1_000.0).abs() < 1.0, "{json}");
        let text = figures.to_string();
        assert!(text.starts_with("4 of 5 deliveries, 4.0 KB, in 2.0 s: 2.0/s, 4 retries"));
        assert!(text.contains("2  200 accepted") && text.contains("1  no connection (refused)"));
        assert!(figures.remark().unwrap().contains("--concurrency"));
    }

    #[test]
    fn good_is_two_hundred_alone() {
        let good = figures(&[(delivered(Ok((204, "")), 10), 0)]);
        assert!(good.is_good() && good.remark().is_none());
        assert!(!figures(&[(delivered(Ok((302, "")), 10), 0)]).is_good());
        assert!(!figures(&[(delivered(Err("no connection"), 10), 0)]).is_good());
    }
}
