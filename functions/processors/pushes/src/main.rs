//! Reference processor (task of a workflow): says who pushed what to GitHub.

mod push;

use std::process::ExitCode;

use processor::{Bytes, Event, Failure, Handler, Outcome};
use push::Push;

struct Pushes;

impl Handler for Pushes {
    async fn handle(&self, event: &Event, payload: Bytes) -> Result<Outcome, Failure> {
        if event.kind() != "push" {
            return Err(Failure::reject("its type is not push"));
        }
        let push = Push::read(&payload).map_err(|why| Failure::reject(why.to_string()))?;
        Ok(Outcome::done(push.to_string()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    processor::run_task(Pushes).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[u8] = br#"{"ref":"refs/heads/main","repository":{"full_name":"octo/hello"},"pusher":{"name":"mona"},"commits":[{}]}"#;

    async fn handle(kind: &str, payload: &'static [u8]) -> Result<Outcome, Failure> {
        let event = serde_json::json!({
            "specversion": "1.0",
            "id": "1",
            "source": "/endpoints/any",
            "type": kind,
            "time": "2026-11-21T20:59:57.000Z",
            "datacontenttype": "application/json",
            "dataref": "s3://bucket/key",
            "datasha256": "0".repeat(64),
            "datasize": payload.len(),
            "ref": "any/1",
            "receivedat": "2026-11-21T20:59:57.414Z",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "deliveryid": "d1",
        });
        let event = Event::decode(&event).unwrap();
        Pushes.handle(&event, Bytes::from_static(payload)).await
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
