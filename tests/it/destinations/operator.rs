//! What the command line says about deliveries to a destination.

use super::*;
use crate::support::{ask, operate, shared};

const SUBSCRIPTION: &str = "http-answers";

#[tokio::test]
async fn a_test_says_what_the_destination_answered() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let outcome = ask(&stack, &["subscriptions", "test", SUBSCRIPTION]).await;
    assert_eq!(
        (&outcome["outcome"], &outcome["good"]),
        (&json!("delivered"), &json!(true)),
        "{outcome}"
    );
    assert_eq!(outcome["summary"], "delivered: HTTP 200", "{outcome}");
    assert!(
        outcome["to"].as_str().unwrap().ends_with("/http-answers"),
        "{outcome}"
    );
    let requests = destination.requests(outcome["ref"].as_str().unwrap());
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0].header("ce-type"), Some("coatcheck.test"));
    assert!(requests[0].complete);
}

#[tokio::test]
async fn an_event_says_to_which_destination_it_was_delivered() {
    let stack = shared().await;
    let Some(_) = destination(&stack).await else {
        return;
    };
    let (reference, delivery) = billing(&stack, "http.answer", 2_000).await;
    send(&stack, &delivery).await;
    delivered(&stack, SUBSCRIPTION, &reference).await;
    let event = ask(&stack, &["events", "show", &reference]).await;
    let records = event["processed"].as_array().unwrap();
    let ours = records
        .iter()
        .find(|record| record["delivered_to"] == SUBSCRIPTION)
        .unwrap_or_else(|| panic!("{event}"));
    assert_eq!(ours["state"], "completed", "{event}");
    let text = operate(&stack, &["events", "show", &reference]).await;
    let said = format!("delivery to {SUBSCRIPTION}");
    assert!(text.out.contains(&said), "{text:?}");
    assert!(!text.err.contains(SUBSCRIPTION), "{text:?}");
}

#[tokio::test]
async fn the_status_says_what_reads_the_queue_and_whether_deliveries_go_on() {
    let stack = shared().await;
    let Some(_) = destination(&stack).await else {
        return;
    };
    let status = ask(&stack, &["subscriptions", "status", SUBSCRIPTION]).await;
    let function = status["function"].as_str().unwrap();
    assert!(function.ends_with("-deliver-http-answers"), "{status}");
    assert_eq!(
        (&status["pipe"], &status["breaker"]["state"]),
        (&json!(null), &json!("closed")),
        "{status}"
    );
}
