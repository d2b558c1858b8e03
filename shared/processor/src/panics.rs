use std::panic;

use tracing::error;

/// From now on a panic is logged by its place alone: its text may show what the
/// handler had in hands, so the default hook must not print it. The line is
/// within the event's span, so it carries the ref.
pub(crate) fn log_place_only() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        error!(place, "panicked");
    }));
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use super::*;
    use crate::{
        Event, Failure, Outcome,
        fakes::{Book, Shelf, at, cloud_event, handler},
        work::Work,
    };

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn no_line_shows_the_payload_and_every_line_names_the_event() {
        const CANARY: &[u8] = b"canary";
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let before = panic::take_hook();
        log_place_only();

        let ids = ["done", "retry", "reject", "panic", "stale"];
        let mut claims = Shelf::new();
        for id in ids {
            claims.put(id, CANARY);
        }
        let work = Work {
            handler: handler(|event, payload| match event.id() {
                "done" => Ok(Outcome::done(String::from_utf8_lossy(&payload))),
                "retry" => Err(Failure::retry("busy")),
                "reject" => Err(Failure::reject("never")),
                _ => panic!("{}", String::from_utf8_lossy(&payload)),
            }),
            claims,
            receipts: Book::default(),
            receipt_ttl: std::time::Duration::from_hours(1),
            now: || at("2026-11-21T21:00:00Z"),
        };
        for id in ids {
            let payload = if id == "stale" { b"others" } else { CANARY };
            let event = Event::decode(&cloud_event(id, payload)).unwrap();
            assert_eq!(work.one(&event).await.is_ok(), id == "done");
        }

        panic::set_hook(before);
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(!log.contains("canary"), "{log}");
        assert!(
            log.contains("panicked") && log.contains("panics.rs"),
            "{log}"
        );
        assert!(log.lines().count() > ids.len(), "{log}");
        for line in log.lines() {
            assert!(line.contains(r#""ref":"stripe/"#), "{line}");
        }
    }
}
