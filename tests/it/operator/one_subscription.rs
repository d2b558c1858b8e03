//! `coatcheck subscriptions test`.

use serde_json::Value;

use crate::support::{ask, run, shared};

/// The name of the processor is the subscription's. None of them takes the type of tests.
#[tokio::test]
async fn a_test_goes_through_one_subscription_and_says_what_became_of_it() {
    let stack = shared().await;
    for (name, endpoint) in [("audit-lambda", "billing"), ("trial-queue", "github")] {
        let args = ["subscriptions", "test", name, "--endpoint", endpoint];
        let outcome = ask(&stack, &args).await;
        assert_eq!(outcome["outcome"], "processed", "{outcome}");
        assert_eq!(
            (&outcome["by"], &outcome["good"]),
            (&name.into(), &true.into())
        );
        let reference = outcome["ref"].as_str().unwrap();
        assert!(reference.starts_with(&format!("{endpoint}/coatcheck-test-")));
        // `audit` takes all types, and did not get it.
        let receipts = stack.receipts(reference).await.unwrap();
        assert_eq!(receipts.keys().collect::<Vec<_>>(), [name]);
        // It is no event of a provider.
        let pointers = stack.pointers_of(reference).await.unwrap();
        assert!(pointers.is_empty(), "{pointers:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_tested_is_refused_before_anything_is_sent() {
    let stack = shared().await;
    for (args, why) in [
        (&["no-such"][..], "no subscription"),
        (&["router"], "no subscription"),
        (
            &["pushes", "--endpoint", "billing"],
            "takes no events of an endpoint",
        ),
    ] {
        let output = run(&stack, &[&["subscriptions", "test"][..], args].concat()).await;
        assert_eq!(output.exit, Some(2), "{output:?}");
        assert!(output.err.contains(why), "{output:?}");
    }
    let listed: Vec<Value> = stack
        .rows(&["dlq", "show", "pushes"])
        .await
        .unwrap_or_default();
    assert!(
        listed
            .iter()
            .all(|one| one["event"]["type"] != "coatcheck.test"),
        "{listed:?}"
    );
}
