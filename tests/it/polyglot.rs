//! Processors in other languages, by the contract of docs/processors.md alone.

use e2e::wait_for;

use crate::support::{PATIENCE, accepted, send_all, shared};

#[tokio::test]
async fn python_and_typescript_redeem_and_mark_as_rust_does() {
    let stack = shared().await;
    for size in [700, 1_000_000] {
        let (reference, delivery) = accepted(&stack, "polyglot.event", size).await;
        let receipts = stack
            .wait_for_receipts(
                &reference,
                &["python-audit", "typescript-audit", "audit"],
                PATIENCE,
            )
            .await
            .unwrap();
        for receipt in receipts.values() {
            assert_eq!(receipt.sha256, e2e::digest(&delivery.body));
            assert_eq!(receipt.size, size as u64);
            assert_eq!(receipt.attempts, 1);
            assert_eq!(receipt.summary, format!("polyglot.event {size} bytes"));
        }
    }
}

#[tokio::test]
async fn their_logs_name_the_event() {
    let stack = shared().await;
    let reference = send_all(&stack, &["polyglot.event"]).await.remove(0);
    for function in ["python-audit", "typescript-audit"] {
        wait_for("a line that names the event", PATIENCE, async || {
            let lines = stack.log_lines(function, &reference).await?;
            Ok(lines
                .iter()
                .any(|line| line["ref"] == *reference)
                .then_some(()))
        })
        .await
        .unwrap();
    }
}
