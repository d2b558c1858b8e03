//! The report as text, for people.

use std::fmt;

use domain::format_time;

use super::report::{ErasedEvent, ErasedFrom, ErasureOutcome, ErasureReport, KeptBackup};
use crate::plural;

impl fmt::Display for ErasureReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (erased, deleted) = if self.dry_run {
            ("would be erased", "would be deleted")
        } else {
            ("erased", "deleted")
        };
        let sum = |of: fn(&ErasedEvent) -> u64| self.events.iter().map(of).sum::<u64>();
        writeln!(
            f,
            "{} {erased}: {} of payloads, {} in pointers, {} of replays, {} of processors",
            plural(self.count(ErasureOutcome::Erased), "event"),
            plural(sum(|one| one.versions), "object version"),
            sum(|one| u64::from(one.inline)),
            plural(sum(|one| one.replays), "row"),
            plural(sum(|one| one.records), "record"),
        )?;
        for (outcome, words) in [
            (
                ErasureOutcome::ErasedBefore,
                "erased before, and looked for again",
            ),
            (ErasureOutcome::NotFound, "not found"),
        ] {
            let count = self.count(outcome);
            if count > 0 {
                writeln!(f, "{} {words}", plural(count, "event"))?;
            }
        }
        for one in self.events.iter().filter(|one| one.problem.is_some()) {
            let why = one.problem.as_deref().unwrap_or_default();
            writeln!(f, "not finished: {}: {why}", one.reference)?;
        }
        for one in self.queues.iter().chain([&self.copies]) {
            one.say(f, self.dry_run, deleted)?;
        }
        for one in &self.backups {
            writeln!(f, "{one}")?;
        }
        writeln!(
            f,
            "the stream of the events table keeps what was written until {}",
            format_time(self.stream_until)
        )?;
        for one in &self.not_reached {
            writeln!(f, "not reached: {one}")?;
        }
        if self.interrupted {
            writeln!(f, "interrupted: run it again with the same arguments")?;
        } else if !self.is_complete() {
            writeln!(
                f,
                "not finished: remove the cause and run it again with the same arguments"
            )?;
        } else if self.should_look_again() && !self.dry_run {
            writeln!(f, "look again in some minutes: run it again with the refs")?;
        }
        Ok(())
    }
}

impl ErasedFrom {
    fn say(&self, f: &mut fmt::Formatter<'_>, dry_run: bool, deleted: &str) -> fmt::Result {
        let name = &self.name;
        if let Some(why) = &self.problem {
            return writeln!(f, "{name}: not looked through: {why}");
        }
        if dry_run && self.unseen > 0 {
            return writeln!(
                f,
                "{name}: about {} to look through",
                plural(self.unseen, "message")
            );
        }
        if self.deleted > 0 {
            writeln!(f, "{name}: {} {deleted}", self.deleted)?;
        }
        if self.unseen > 0 {
            writeln!(
                f,
                "{name}: about {} not seen: a reader has them, or they are behind others",
                plural(self.unseen, "message")
            )?;
        }
        if self.with_others > 0 {
            let some = plural(self.with_others, "message");
            writeln!(f, "{name}: {some} left: each holds other events too")?;
        }
        Ok(())
    }
}

impl fmt::Display for KeptBackup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = &self.table;
        match (&self.problem, self.until) {
            (Some(why), _) => write!(
                f,
                "{table}: it is not known how long it can be restored: {why}"
            ),
            (None, Some(until)) => write!(
                f,
                "{table}: point-in-time recovery keeps what it held until {}",
                format_time(until)
            ),
            (None, None) => write!(f, "{table}: no point-in-time recovery"),
        }
    }
}
