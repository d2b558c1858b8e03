//! Stops a reader for a while, and starts it again.

use std::time::Duration;

use domain::{SignedDuration, Timestamp};

use super::{
    Goal, Pipe, Readers, may_stop,
    switch::{PAUSE, Real, Switched, make_so},
    while_stopped,
};
use crate::{
    Problem, Progress, Result, Stack, Stop, format::format_duration, problem::WithContext as _,
};

/// How often to read the wall clock: a machine that sleeps stops the timer.
const LOOK: Duration = Duration::from_secs(15);

/// Why a reader was started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldEnd {
    /// The time was over.
    Over,
    /// You stopped it.
    Stopped,
}

/// Stops a reader, and starts it again after `length` or when `stop` is requested: whatever happens
/// meanwhile, and also if it could not be stopped. It waits up to `patience` for each.
///
/// `switched` is called after each change, with whether there was one; its failure ends the pause. The
/// pause lasts as long as this call: if the process is killed, the reader stays stopped.
pub async fn hold<E: From<Problem>>(
    stack: &Stack,
    pipe: &Pipe<'_>,
    (length, patience): (SignedDuration, Duration),
    progress: &impl Progress,
    stop: &Stop,
    switched: impl FnMut(Goal, bool) -> Result<(), E>,
) -> Result<HoldEnd, E> {
    may_stop(pipe, Some(length), false)?;
    let until = (stack.now)().saturating_add(length).context("--for")?;
    let readers = &Readers::of(stack);
    let hold = Hold {
        pipe: &Real { readers, pipe },
        name: pipe.owner,
        patience: (PAUSE, patience),
        now: stack.now,
        until,
        progress,
        stop,
    };
    let run = hold.run(while_stopped(stack, pipe), switched);
    // It is large: it holds three calls of the SDK.
    let end = Box::pin(run).await?;
    if let Some(remark) = pipe.start_remark() {
        progress.note(remark);
    }
    Ok(end)
}

struct Hold<'a, S, N, P> {
    pipe: &'a S,
    name: &'a str,
    /// Between two looks at the pipe's state, and in all.
    patience: (Duration, Duration),
    now: N,
    until: Timestamp,
    progress: &'a P,
    stop: &'a Stop,
}

impl<S: Switched, N: Fn() -> Timestamp, P: Progress> Hold<'_, S, N, P> {
    async fn run<E: From<Problem>>(
        &self,
        remarks: impl Future<Output = Result<Vec<String>>>,
        mut switched: impl FnMut(Goal, bool) -> Result<(), E>,
    ) -> Result<HoldEnd, E> {
        let end = self.stay_stopped(remarks, &mut switched).await;
        let name = self.name;
        let started = self.switch(Goal::Running).await.context(format_args!(
            "{name} MAY BE STOPPED. Start it: coatcheck subscriptions resume {name}"
        ));
        let told = switched(Goal::Running, started?);
        end.and_then(|end| told.map(|()| end))
    }

    async fn stay_stopped<E: From<Problem>>(
        &self,
        remarks: impl Future<Output = Result<Vec<String>>>,
        switched: &mut impl FnMut(Goal, bool) -> Result<(), E>,
    ) -> Result<HoldEnd, E> {
        // After a request to stop too: a pipe that is still stopping cannot be started.
        switched(Goal::Stopped, self.switch(Goal::Stopped).await?)?;
        for line in remarks.await? {
            self.progress.note(&line);
        }
        loop {
            let left = (self.now)().duration_until(self.until);
            if !left.is_positive() {
                return Ok(HoldEnd::Over);
            }
            self.progress.doing(&format!(
                "{} stays stopped for {} more",
                self.name,
                format_duration(left)
            ));
            let left = Duration::try_from(left).unwrap_or(LOOK);
            tokio::select! {
                () = tokio::time::sleep(left.min(LOOK)) => {}
                () = self.stop.wait() => return Ok(HoldEnd::Stopped),
            }
        }
    }

    async fn switch(&self, goal: Goal) -> Result<bool> {
        make_so(self.pipe, self.name, goal, self.patience, self.progress).await
    }
}

#[cfg(test)]
mod tests {
    use tokio::{sync::watch, time::Instant};

    use super::{super::switch::Script, *};

    const NOW: &str = "2026-11-22T05:00:00Z";

    async fn hold(
        script: &Script,
        minutes: i64,
        stop: Stop,
        switched: impl FnMut(Goal, bool) -> Result<()>,
    ) -> Result<HoldEnd> {
        let began = Instant::now();
        let start: Timestamp = NOW.parse().unwrap();
        let hold = Hold {
            pipe: script,
            name: "ledger",
            patience: (Duration::from_secs(1), Duration::from_secs(10)),
            now: || start.saturating_add(began.elapsed()).unwrap(),
            until: start
                .checked_add(SignedDuration::from_mins(minutes))
                .unwrap(),
            progress: &(),
            stop: &stop,
        };
        hold.run(async { Ok(Vec::new()) }, switched).await
    }

    const BOTH: [&str; 6] = [
        "RUNNING", "STOPPING", "STOPPED", "STOPPED", "STARTING", "RUNNING",
    ];

    #[tokio::test(start_paused = true)]
    async fn it_runs_again_when_the_time_is_over() {
        let script = Script::of(&BOTH);
        let mut seen = Vec::new();
        let began = Instant::now();
        let end = hold(&script, 30, Stop::fixed(false), |goal, changed| {
            seen.push((goal, changed));
            Ok(())
        });
        assert_eq!(end.await.unwrap(), HoldEnd::Over);
        assert!(began.elapsed() >= Duration::from_mins(30));
        assert_eq!(seen, [(Goal::Stopped, true), (Goal::Running, true)]);
        assert_eq!(*script.asked.borrow(), [Goal::Stopped, Goal::Running]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_again_when_you_stop_it() {
        let script = Script::of(&BOTH);
        let (request, requested) = watch::channel(false);
        let stop = Stop::new(requested);
        let began = Instant::now();
        let soon = async {
            tokio::time::sleep(Duration::from_mins(2)).await;
            request.send_replace(true);
        };
        let (end, ()) = tokio::join!(hold(&script, 30, stop, |_, _| Ok(())), soon);
        assert_eq!(end.unwrap(), HoldEnd::Stopped);
        assert!(began.elapsed() < Duration::from_mins(3));
        assert_eq!(*script.asked.borrow(), [Goal::Stopped, Goal::Running]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_again_whatever_fails() {
        let unheard = Script::of(&BOTH);
        let end = hold(&unheard, 30, Stop::fixed(false), |_, _| {
            Err(Problem::Refused("nobody listens".to_owned()))
        });
        assert!(end.await.is_err());
        assert_eq!(*unheard.asked.borrow(), [Goal::Stopped, Goal::Running]);
        // It cannot be stopped, so it runs as before.
        let unstoppable = Script::of(&["RUNNING", "STOP_FAILED", "STARTING", "RUNNING"]);
        let end = hold(&unstoppable, 30, Stop::fixed(false), |_, _| Ok(()));
        let problem = end.await.unwrap_err().to_string();
        assert!(problem.contains("STOP_FAILED"), "{problem}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_does_not_start_is_shouted_about() {
        let script = Script::of(&["RUNNING", "STOPPED", "STOPPED", "STARTING", "START_FAILED"]);
        let end = hold(&script, 1, Stop::fixed(false), |_, _| Ok(()));
        let problem = end.await.unwrap_err().to_string();
        assert!(
            problem.contains("ledger MAY BE STOPPED") && problem.contains("resume ledger"),
            "{problem}"
        );
    }
}
