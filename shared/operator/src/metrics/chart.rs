use std::{fmt, str::FromStr};

use aws::operator::MetricTimes;
use domain::Timestamp;

use crate::Problem;

/// How far back charts reach, and with it the length of their steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChartSpan {
    /// Sixty steps of a minute.
    #[default]
    Hour,
    /// Ninety-six steps of a quarter of an hour.
    Day,
}

impl ChartSpan {
    pub(crate) const fn step_s(self) -> i32 {
        match self {
            Self::Hour => 60,
            Self::Day => 900,
        }
    }

    const fn count(self) -> usize {
        match self {
            Self::Hour => 60,
            Self::Day => 96,
        }
    }
}

impl fmt::Display for ChartSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hour => "hour",
            Self::Day => "day",
        })
    }
}

impl FromStr for ChartSpan {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "hour" => Ok(Self::Hour),
            "day" => Ok(Self::Day),
            other => Err(Problem::Refused(format!(
                "no time span {other:?}: it is `hour` or `day`"
            ))),
        }
    }
}

/// Numbers over time: one column for each series, one row for each step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// When each step begins, the oldest first. The last one is not over yet.
    pub times: Vec<Timestamp>,
    /// Each as long as `times`.
    pub series: Vec<Series>,
}

/// One line of a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Series {
    /// What it shows: `received`, a reason.
    pub name: String,
    /// A number for each step.
    pub values: Vec<u64>,
}

impl Series {
    /// All its numbers together.
    pub fn total(&self) -> u64 {
        self.values
            .iter()
            .fold(0, |sum, one| sum.saturating_add(*one))
    }
}

/// The steps of a chart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    first_s: i64,
    step_s: i32,
    count: usize,
}

impl Steps {
    /// The last step is the one that is not over yet.
    pub(super) fn until(now: Timestamp, span: ChartSpan) -> Self {
        let step = i64::from(span.step_s());
        let last = now.as_second().div_euclid(step) * step;
        let before = i64::try_from(span.count() - 1).unwrap_or(0);
        Self {
            first_s: last - before * step,
            step_s: span.step_s(),
            count: span.count(),
        }
    }

    /// When they begin and end.
    pub(super) fn times(self) -> MetricTimes {
        MetricTimes {
            from: self.start(0),
            until: self.start(self.count),
            step_s: self.step_s,
        }
    }

    fn start(self, step: usize) -> Timestamp {
        let after = i64::try_from(step).unwrap_or(0) * i64::from(self.step_s);
        Timestamp::from_second(self.first_s + after).unwrap_or_default()
    }

    /// In which step a moment is.
    pub(super) fn step(self, at: Timestamp) -> Option<usize> {
        let since = at.as_second().checked_sub(self.first_s)?;
        let step = usize::try_from(since.div_euclid(i64::from(self.step_s))).ok()?;
        (step < self.count).then_some(step)
    }

    /// A series without numbers so far.
    pub(super) fn series(self, name: &str) -> Series {
        Series {
            name: name.to_owned(),
            values: vec![0; self.count],
        }
    }

    /// A chart of these series.
    pub(super) fn chart(self, series: Vec<Series>) -> Chart {
        Chart {
            times: (0..self.count).map(|step| self.start(step)).collect(),
            series,
        }
    }
}
