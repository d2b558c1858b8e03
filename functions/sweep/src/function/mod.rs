use domain::{EndpointDirectory, SignedDuration, Timestamp, causes, with_causes};
use lambda_runtime::Diagnostic;
use runtime::{Metrics, Unit};
use sweep::{
    Finding, Index, Objects, Options, PointerTable, Span, Stores, SweepError, Tally, sweep,
};
use tracing::{debug, error, info, warn};

/// Kept back from the invocation's end: a call that has begun lasts at most 6 s.
const TO_ANSWER: SignedDuration = SignedDuration::from_secs(20);

/// The sweep as a scheduled function.
pub(crate) struct Function<O, I, P, E, Emit> {
    pub(crate) stack: String,
    pub(crate) pointer_ttl_days: u32,
    pub(crate) look_back_hours: u32,
    pub(crate) stores: Stores<O, I, P, E>,
    pub(crate) now: fn() -> Timestamp,
    pub(crate) emit: Emit,
}

impl<O, I, P, E, Emit> Function<O, I, P, E, Emit>
where
    O: Objects,
    I: Index,
    P: PointerTable,
    E: EndpointDirectory,
    Emit: Fn(Metrics),
{
    /// Does one run and answers with what it found. Lambda ends it at `deadline` (milliseconds of the epoch).
    pub(crate) async fn run(&self, deadline: u64) -> Result<Tally, Diagnostic> {
        let now = (self.now)();
        let look_back = SignedDuration::from_hours(self.look_back_hours.into());
        let span = Span {
            since: now.saturating_sub(look_back).unwrap_or(Timestamp::MIN),
            until: now,
        };
        let options = Options {
            dry_run: false,
            deletes_erased: true,
            older_than: Options::OLDER_THAN,
            pointer_days: self.pointer_ttl_days,
            stop_at: stop_at(deadline),
            announce_at_most: Options::ANNOUNCE_AT_MOST,
        };
        let swept = sweep(&self.stores, span, &options, &self.now, &|_| {}, &log).await;
        match swept {
            Ok(tally) => {
                (self.emit)(self.metrics(tally).metric(
                    "SweepPayloads",
                    Unit::Count,
                    &[tally.payloads],
                ));
                Ok(tally)
            }
            Err(incomplete) => {
                (self.emit)(self.metrics(*incomplete.tally));
                Err(failure(&incomplete))
            }
        }
    }

    /// `SweepPayloads` is not among them: its presence means that everything was swept.
    /// Counts that are usually zero are sent only when they are not, since a metric costs
    /// money in each hour that has it.
    fn metrics(&self, tally: Tally) -> Metrics {
        let mut line = Metrics::of(&self.stack)
            .metric("SweepRescued", Unit::Count, &[tally.rescued])
            .metric("SweepAnnounced", Unit::Count, &[tally.announced])
            .metric("SweepSuperseded", Unit::Count, &[tally.superseded])
            .metric("SweepDangling", Unit::Count, &[tally.dangling])
            .metric("SweepUnreadable", Unit::Count, &[tally.unreadable]);
        let (waiting, left) = (tally.waiting, tally.left);
        for (name, count) in [
            ("SweepErased", tally.erased),
            ("SweepWaiting", waiting),
            ("SweepLeft", left),
        ] {
            if count > 0 {
                line = line.metric(name, Unit::Count, &[count]);
            }
        }
        if waiting + left > 0 {
            warn!(
                waiting,
                left,
                "some objects of the direct lane were not announced: their message may be under way, or the next run announces them"
            );
        }
        line
    }
}

fn stop_at(deadline: u64) -> Option<Timestamp> {
    let ends_at = Timestamp::from_millisecond(deadline.try_into().ok()?).ok()?;
    ends_at.checked_sub(TO_ANSWER).ok()
}

fn failure(incomplete: &SweepError) -> Diagnostic {
    Diagnostic {
        error_type: "Incomplete".to_owned(),
        error_message: with_causes(incomplete),
    }
}

fn log(finding: &Finding<'_>) {
    match finding {
        Finding::Rescued(pointer) => info!(
            "ref" = %pointer.reference(),
            endpoint = %pointer.endpoint,
            key = pointer.object().map(display),
            "rescued: its payload had no pointer"
        ),
        Finding::Announced { key } => warn!(
            key = %key.as_str().escape_default(),
            "announced again: this object of the direct lane was not judged"
        ),
        Finding::Dangling { reference, key } => error!(
            "ref" = %reference,
            key = %key.as_str().escape_default(),
            "dangling: the event's payload is gone; ask the provider to send it again"
        ),
        // At every run until its hour is beyond the look back.
        Finding::Superseded(pointer) => debug!(
            "ref" = %pointer.reference(),
            key = pointer.object().map(display),
            "superseded: its event has a pointer to another payload"
        ),
        Finding::Erased(pointer) => info!(
            "ref" = %pointer.reference(),
            key = pointer.object().map(display),
            "deleted: its event was erased"
        ),
        Finding::Expired(pointer) => warn!(
            "ref" = %pointer.reference(),
            key = pointer.object().map(display),
            "left alone: its pointer may have expired already"
        ),
        Finding::Unreadable { key, problem } => warn!(
            key = %key.as_str().escape_default(),
            %problem,
            "left alone: this object belongs to no known event"
        ),
        Finding::Failed { bucket, key, error } => error!(
            bucket = bucket.map(display),
            key = key.map(|key| display(key.as_str().escape_default())),
            problem = %error,
            cause = causes(error),
            "not swept"
        ),
    }
}

#[cfg(test)]
mod tests;
