use std::{
    io,
    sync::{Arc, Mutex},
};

use super::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Catches everything this thread logs from now on.
fn caught() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// The canary: words that stand in the secret, the signature and the body show
/// up in no log line and no answer, whatever the outcome.
#[tokio::test]
async fn no_secret_signature_or_body_is_ever_told() {
    const BODY: &[u8] = br#"{"id":"evt_1","type":"t","canary":"BODYCANARY"}"#;
    let (log, _guard) = caught();
    let good = Delivery::signed(STRIPE, "", BODY);
    let signature = good.header("stripe-signature").to_owned();
    let world = World::new();
    let ingest = world.ingest();
    let mut answers = String::new();
    for delivery in [
        good.clone(),
        good.clone(),
        good.clone().with_body(b"{\"canary\":\"BODYCANARY\"}"),
        good.clone()
            .set("stripe-signature", &format!("{signature},t=1")),
        Delivery::signed(STRIPE, "", b"{\"canary\":\"BODYCANARY\","),
        Delivery::signed_at(STRIPE, "", BODY, NOW - 3600, SECRET),
    ] {
        answers.push_str(&delivery.at(&ingest, now()).await.body);
    }

    let told = log.text() + &answers;
    assert!(told.lines().count() >= 6, "the log was not caught: {told}");
    let mac = signature.rsplit('=').next().unwrap();
    for canary in ["BODYCANARY", SECRET, &SECRET[6..], mac] {
        assert!(!told.contains(canary), "{canary} in {told}");
    }
}

#[tokio::test]
async fn a_change_between_two_deliveries_of_an_event_is_logged() {
    let (log, _guard) = caught();
    let world = World::new();
    let ingest = world.ingest();
    for (body, differs) in [
        (EVENT, false),
        (EVENT, false),
        (&b"{\"type\":\"t\"}"[..], true),
    ] {
        Delivery::signed(STANDARD, "msg_1", body).to(&ingest).await;
        assert_eq!(log.text().contains("came with other bytes"), differs);
    }
}
