//! A declaration, checked against the limits of the API and ready to run.

mod general;
mod parse;
mod source;
mod target;
mod task;

use std::time::Duration;

pub(crate) use self::general::{name_problem, tag_problems};
pub(crate) use self::task::is_job_name;
use crate::api::error::InvalidField;
use crate::api::shapes::{InvocationType, StartingPosition};
use crate::arn::{EnrichmentKind, SourceKind, TargetKind};
use crate::filter::Filter;
use crate::path::Path;
use crate::request::Request;
use crate::runner::plan::Policy;
use crate::template::InputTemplate;

/// Everything a runner needs, parsed.
pub(crate) struct Blueprint {
    pub(crate) source: SourceKind,
    pub(crate) target: TargetKind,
    pub(crate) filter: Filter,
    pub(crate) template: Option<InputTemplate>,
    pub(crate) batch_size: usize,
    pub(crate) window: Duration,
    /// Streams only.
    pub(crate) starting_position: StartingPosition,
    /// Streams only.
    pub(crate) policy: Policy,
    /// Streams only: ARN of a queue.
    pub(crate) dead_letters: Option<String>,
    pub(crate) invocation: InvocationType,
    pub(crate) group: Option<Parameter>,
    pub(crate) deduplication: Option<Parameter>,
    pub(crate) enrichment: Option<Enrichment>,
    pub(crate) bus: Bus,
    /// Kinesis only.
    pub(crate) partition_key: Option<Parameter>,
    /// ECS and Batch only: the call that starts a task or a job.
    pub(crate) request: Option<Request>,
}

/// What enriches the events before they go to the target.
pub(crate) struct Enrichment {
    pub(crate) kind: EnrichmentKind,
    pub(crate) template: Option<InputTemplate>,
}

/// Parameters of an event bus.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bus {
    pub(crate) detail_type: Option<Parameter>,
    pub(crate) source: Option<Parameter>,
    pub(crate) resources: Vec<Parameter>,
    pub(crate) time: Option<Path>,
}

/// A target parameter: a fixed text, or a path into the record before its template.
#[derive(Debug, Clone)]
pub(crate) enum Parameter {
    Text(String),
    Path(Path),
}

impl Parameter {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('$') {
            Some(_) => Path::parse(text).map(Self::Path),
            None => Some(Self::Text(text.to_owned())),
        }
    }
}

struct Check {
    problems: Vec<InvalidField>,
}

impl Check {
    fn fail(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(InvalidField::new(field, message));
    }

    fn range(&mut self, field: &str, value: i64, allowed: std::ops::RangeInclusive<i64>) {
        if !allowed.contains(&value) {
            let (least, most) = (allowed.start(), allowed.end());
            self.fail(field, format!("{value} is not between {least} and {most}"));
        }
    }

    fn parameter(&mut self, field: &str, text: Option<&String>, limit: usize) -> Option<Parameter> {
        let text = text?;
        if text.chars().count() > limit {
            self.fail(field, format!("longer than {limit} characters"));
        }
        let parameter = Parameter::parse(text);
        if parameter.is_none() {
            self.fail(field, "begins with $ and is not a JSON path");
        }
        parameter
    }
}

#[cfg(test)]
mod tests;
