//! What happens with one event.

use std::time::Duration;

use anyhow::Result;
use operator::{Problem, listen::Original};
use provider::Pairs;
use tokio::time::Instant;

use super::{
    journal::Event,
    send::Attempt,
    shown::{Ending, Shown},
    worker::{AWS, Flow, Worker},
};

/// Between two looks whether the target is back.
const DOWN: Duration = Duration::from_secs(1);

impl Worker<'_> {
    /// Delivers one event, or keeps it. While nothing listens, it waits.
    pub(super) async fn deliver(&mut self, event: &Event) -> Result<Flow> {
        let original = match self.fetch(event).await? {
            None => return Ok(Flow::Stopped),
            Some(Err(ending)) => return self.ended(event, &ending),
            Some(Ok(original)) => original,
        };
        let mut tries = 0;
        loop {
            if self.stop.is_requested() {
                return Ok(Flow::Stopped);
            }
            // After a wait, a new signature has a new time.
            let headers = self.sender.headers(event, &original, (self.stack.now)());
            let headers = match headers {
                Ok(headers) => headers,
                Err(ending) => return self.ended(event, &ending),
            };
            let Some(attempt) = self.post(&headers, original.body.clone()).await else {
                self.terminal
                    .note("cut off: this delivery will be made again");
                return Ok(Flow::Stopped);
            };
            let problem = match attempt {
                Attempt::Ended(ending) => return self.ended(event, &ending),
                Attempt::NoConnection(problem) => problem,
            };
            self.say_once(format!("nothing listens there ({problem}): waiting"));
            if self.options.once && tries >= self.options.retry {
                return Ok(Flow::Given);
            }
            tries += 1;
            if self.pause(DOWN).await == Flow::Stopped {
                return Ok(Flow::Stopped);
            }
        }
    }

    /// `None`: Ctrl-C.
    async fn fetch(
        &mut self,
        event: &Event,
    ) -> Result<Option<std::result::Result<Original, Ending>>> {
        loop {
            match self.sender.fetch(self.stack, event).await {
                Ok(ready) => return Ok(Some(ready)),
                Err(error) => match error.downcast_ref::<Problem>() {
                    Some(problem) if self.is_passing(problem) => self.say_once(problem.to_string()),
                    _ => return Err(error),
                },
            }
            if self.pause(AWS).await == Flow::Stopped {
                return Ok(None);
            }
        }
    }

    /// Waits for the response even after Ctrl-C, because the program may have taken the event.
    /// `None`: a second Ctrl-C.
    async fn post(&self, headers: &Pairs, body: Vec<u8>) -> Option<Attempt> {
        let again = async {
            self.stop.wait().await;
            self.terminal
                .note("waiting for the response; Ctrl-C again cuts it off");
            // An error: there is no such signal, so the response decides.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            attempt = self.sender.post(headers, body) => Some(attempt),
            () = again => None,
        }
    }

    fn ended(&mut self, event: &Event, ending: &Ending) -> Result<Flow> {
        self.trouble = None;
        let mark = event.mark();
        let before = self.tries.get(&mark).map_or(0, |(failed, _)| *failed);
        let attempt = before + 1;
        let mut next = String::new();
        if matches!(ending, Ending::Delivered { .. } | Ending::Gone(_)) {
            self.tries.remove(&mark);
            self.journal.done(event)?;
        } else {
            let pause = (attempt <= self.options.retry).then(|| pause(attempt));
            next = match pause {
                Some(pause) => format!("kept: sent again in {} s", pause.as_secs()),
                None if self.keys.are_read() => "kept: press r to send it again".to_owned(),
                None => "kept".to_owned(),
            };
            let due = pause.map(|pause| Instant::now() + pause);
            self.tries.insert(mark, (attempt, due));
            self.journal.keep(event)?;
        }
        self.totals.count(event, ending);
        let shown = Shown::new(event, attempt, ending, &next);
        self.terminal.either(&shown)?;
        Ok(Flow::On)
    }
}

/// 1, 2, 4 s and so on, up to a minute.
fn pause(attempt: u32) -> Duration {
    let seconds = 1_u64.checked_shl(attempt.saturating_sub(1));
    Duration::from_secs(seconds.unwrap_or(60).min(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_minute() {
        let pauses = [1, 2, 3, 6, 7, 64, 65, u32::MAX].map(|attempt| pause(attempt).as_secs());
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60, 60, 60]);
    }
}
