//! The identity source: every request must reach the authorizer.
//!
//! What another source would do is tested in `tools/gateway-emulator/tests/server`: there is one authorizer here, and all
//! tests go through it.

use e2e::Provider;

use crate::support::{JSON, fresh, shared};

/// With the default of the Terraform provider, the header Authorization, API Gateway itself would answer 401.
#[tokio::test]
async fn a_delivery_without_an_authorization_header_reaches_the_function_in_both_lanes() {
    let stack = shared().await;
    for endpoint in ["billing", "direct"] {
        let provider = Provider::of(&stack, endpoint).await.unwrap();
        let id = fresh("msg");
        let headers = [("webhook-id", id.as_str()), JSON];
        let good = provider
            .sign(&headers, testkit::json(&id, "identity.none", 200))
            .unwrap();
        let named = |(name, _): &(String, String)| name.eq_ignore_ascii_case("authorization");
        assert!(!good.headers.iter().any(named), "{:?}", good.headers);
        let answer = good.send(&stack).await.unwrap();
        assert_eq!(
            (answer.status, answer.body.status.as_str()),
            (200, "accepted"),
            "{endpoint}: {answer:?}"
        );

        // And the authorizer itself says so where it refuses: the log line is the function's.
        let unsigned = good.without("webhook-signature");
        let answer = unsigned.send(&stack).await.unwrap();
        assert_eq!(answer.status, 401, "{endpoint}: {answer:?}");
        let lines = e2e::wait_for(
            "the authorizer's line",
            crate::support::PATIENCE,
            async || {
                let lines = stack.log_lines("authorizer", &answer.request_id).await?;
                Ok((!lines.is_empty()).then_some(lines))
            },
        )
        .await
        .unwrap();
        assert!(
            lines
                .iter()
                .any(|line| line["request_id"] == *answer.request_id),
            "{endpoint}: {lines:?}"
        );
    }
}
