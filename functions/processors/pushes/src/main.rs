//! Reference processor (task of a workflow): says who pushed what to GitHub.

mod push;

use std::process::ExitCode;

use processor::{Event, Failure, Handler, Outcome};
use push::Push;

struct Pushes;

impl Handler for Pushes {
    async fn handle(&self, event: &Event) -> Result<Outcome, Failure> {
        if event.kind() != "push" {
            return Err(Failure::reject("the event's type is not push"));
        }
        let payload = event.payload().await?;
        let push = Push::read(&payload).map_err(|why| Failure::reject(why.to_string()))?;
        Ok(Outcome::done(push.to_string()))
    }
}

fn main() -> ExitCode {
    processor::run_task(Pushes)
}

#[cfg(test)]
mod tests {
    use processor::testing;

    use super::*;

    const GOOD: &[u8] = br#"{"ref":"refs/heads/main","repository":{"full_name":"octo/hello"},"pusher":{"name":"mona"},"commits":[{}]}"#;

    async fn handle(kind: &str, payload: &'static [u8]) -> Result<Outcome, Failure> {
        Pushes.handle(&testing::event(kind, payload).unwrap()).await
    }

    #[tokio::test]
    async fn its_own_type_is_summarised_and_the_rest_is_rejected() {
        assert_eq!(
            handle("push", GOOD).await.unwrap().summary,
            "octo/hello main: 1 commit by mona"
        );
        for (kind, payload) in [("issues", GOOD), ("push", b"no JSON")] {
            let outcome = handle(kind, payload).await;
            assert!(matches!(outcome, Err(Failure::Reject(_))), "{outcome:?}");
        }
    }
}
