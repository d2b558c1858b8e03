//! Reads a declaration, and finds all that is wrong with it.

use std::time::Duration;

use super::general::check_general;
use super::source::{filter_of, queue_of, stream_of};
use super::target::{enrichment_of, target_of, template_of};
use super::{Blueprint, Bus, Check};
use crate::api::error::InvalidField;
use crate::api::shapes::{InvocationType, StartingPosition};
use crate::arn::{SourceKind, TargetKind};
use crate::definition::Definition;
use crate::runner::plan::Policy;

impl Blueprint {
    /// Checks a declaration.
    ///
    /// # Errors
    /// Every problem found, each with its field.
    pub(crate) fn of(definition: &Definition) -> Result<Self, Vec<InvalidField>> {
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
            enrichment: enrichment_of(&mut check, definition),
            bus: Bus::default(),
            partition_key: None,
            request: None,
        };
        match source {
            SourceKind::Stream => stream_of(&mut check, definition, &mut blueprint),
            SourceKind::Queue { fifo } => {
                queue_of(&mut check, definition, &mut blueprint, fifo);
            }
        }
        target_of(&mut check, definition, &mut blueprint);
        if check.problems.is_empty() {
            Ok(blueprint)
        } else {
            Err(check.problems)
        }
    }
}
