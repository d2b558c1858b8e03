//! A declaration, checked against the limits of the API and ready to run.

mod general;
mod source;
mod target;

use std::time::Duration;

use self::general::check_general;
pub(crate) use self::general::{name_problem, tag_problems};
use self::source::{filter_of, queue_of, stream_of};
use self::target::{target_of, template_of};
use crate::api::error::Problem;
use crate::api::shapes::{InvocationType, StartingPosition};
use crate::arn::{SourceKind, TargetKind};
use crate::definition::Definition;
use crate::filter::Filter;
use crate::path::Path;
use crate::runner::plan::Policy;
use crate::template::Template;

/// Everything a runner needs, parsed.
pub(crate) struct Blueprint {
    pub(crate) source: SourceKind,
    pub(crate) target: TargetKind,
    pub(crate) filter: Filter,
    pub(crate) template: Option<Template>,
    pub(crate) batch_size: usize,
    pub(crate) window: Duration,
    /// Streams only.
    pub(crate) starting_position: StartingPosition,
    /// Streams only.
    pub(crate) policy: Policy,
    /// Streams only: ARN of a queue or topic.
    pub(crate) dead_letters: Option<String>,
    pub(crate) invocation: InvocationType,
    pub(crate) group: Option<Parameter>,
    pub(crate) deduplication: Option<Parameter>,
    pub(crate) bus: Bus,
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
    problems: Vec<Problem>,
}

impl Check {
    fn fail(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(field, message));
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

impl Blueprint {
    /// Checks a declaration.
    ///
    /// # Errors
    /// Every problem found, each with its field.
    pub(crate) fn of(definition: &Definition) -> Result<Self, Vec<Problem>> {
        let mut check = Check {
            problems: Vec::new(),
        };
        let source = SourceKind::of(&definition.source);
        let target = TargetKind::of(&definition.target);
        check_general(&mut check, definition);
        if let Err(reason) = &source {
            check.fail("Source", reason.clone());
        }
        if let Err(reason) = &target {
            check.fail("Target", reason.clone());
        }
        let filter = filter_of(&mut check, definition);
        let template = template_of(&mut check, definition);
        let parts = (source.ok(), target.ok(), filter);
        let (Some(source), Some(target), Some(filter)) = parts else {
            return Err(check.problems);
        };
        let mut blueprint = Self {
            source,
            target,
            filter,
            template,
            batch_size: 1,
            window: Duration::ZERO,
            starting_position: StartingPosition::TrimHorizon,
            policy: Policy {
                retries: None,
                max_age: None,
                bisect: false,
            },
            dead_letters: None,
            invocation: InvocationType::default(),
            group: None,
            deduplication: None,
            bus: Bus::default(),
        };
        match source {
            SourceKind::Stream => stream_of(&mut check, definition, &mut blueprint),
            SourceKind::Queue { fifo } => queue_of(&mut check, definition, &mut blueprint, fifo),
        }
        target_of(&mut check, definition, &mut blueprint);
        if check.problems.is_empty() {
            Ok(blueprint)
        } else {
            Err(check.problems)
        }
    }
}

#[cfg(test)]
mod tests;
