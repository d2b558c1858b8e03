//! Processors outside of the workspace, one in each language: examples/processors.

use e2e::wait_for;

use crate::support::{PATIENCE, accepted, processed, send_all, shared};

#[tokio::test]
async fn processors_from_outside_redeem_and_mark_as_ours_do() {
    let stack = shared().await;
    for size in [700, 1_000_000] {
        let (reference, delivery) = accepted(&stack, "polyglot.event", size).await;
        let receipts = processed(
            &stack,
            &reference,
            &["rust-audit", "python-audit", "typescript-audit", "audit"],
        )
        .await;
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
    for function in ["rust-audit", "python-audit", "typescript-audit"] {
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
