use std::panic;

use tracing::error;

/// From now on a panic is logged by its location alone: its text may show the
/// handler's data, so the default hook must not print it. The line is within the
/// event's span, so it carries the ref.
pub(crate) fn log_place_only() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        error!(place, "panicked");
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use testkit::{listen, logged};

    use super::*;
    use crate::{
        Failure, Outcome,
        fakes::{Shelf, cloud_event, decode_all, handler, time, work},
    };

    #[tokio::test]
    async fn no_line_shows_the_payload_and_every_line_names_the_event() {
        const CANARY: &[u8] = b"canary";
        listen();
        let before = panic::take_hook();
        log_place_only();

        let work = Arc::new(work(handler(|event| {
            Box::pin(async move {
                let payload = event.payload().await?;
                let text = String::from_utf8_lossy(&payload).into_owned();
                match event.id() {
                    "done" => Ok(Outcome::done(text)),
                    "retry" => Err(Failure::retry("busy")),
                    "reject" => Err(Failure::reject("never")),
                    _ => panic!("{text}"),
                }
            })
        })));
        let ids = ["done", "retry", "reject", "panic", "stale"];
        for id in ids {
            let mut claims = Shelf::new();
            claims.put(id, CANARY);
            let payload = if id == "stale" { b"others" } else { CANARY };
            let input = cloud_event(id, payload);
            let event = decode_all(&input, claims).remove(0).event.unwrap();
            let outcome = work.one(&Arc::new(event), time()).await;
            assert_eq!(outcome.is_ok(), id == "done");
        }

        panic::set_hook(before);
        let log = logged();
        assert!(!log.contains("canary"), "{log}");
        assert!(
            log.contains("panicked") && log.contains("panics.rs"),
            "{log}"
        );
        assert!(log.lines().count() > ids.len(), "{log}");
        for line in log.lines() {
            assert!(line.contains(r#""ref":"stripe/"#), "{line}");
        }
        // What each try came to, and how long it took: the page of an event shows it.
        let ends = ["processed", "to be retried", "rejected"];
        let is_end = |line: &&str| ends.iter().any(|end| line.contains(&format!(":\"{end}\"")));
        let tries: Vec<&str> = log.lines().filter(is_end).collect();
        assert_eq!(tries.len(), ids.len(), "{log}");
        for line in tries {
            assert!(
                line.contains(r#""took_ms":"#) && line.contains(r#""attempt":1"#),
                "{line}"
            );
        }
    }
}
