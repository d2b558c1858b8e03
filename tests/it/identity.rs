//! The identity source: every request must reach the authorizer.
//!
//! `tools/gateway-emulator/tests/server` tests what another source would do: there is one
//! authorizer here, and all tests go through it.

use e2e::Sender;

use crate::support::{acceptance, shared, signed};

/// With the default of the Terraform provider, the header Authorization, API Gateway itself would answer 401.
#[tokio::test]
async fn a_delivery_without_an_authorization_header_reaches_the_function_in_both_lanes() {
    let stack = shared().await;
    // Their schemes are verified by ingest and by the authorizer's context: a 200 comes from the
    // functions.
    for endpoint in ["billing", "direct"] {
        let provider = Sender::of(&stack, endpoint).await.unwrap();
        let (_, good) = signed(&provider, "identity.none", 200);
        let named = |(name, _): &(String, String)| name.eq_ignore_ascii_case("authorization");
        assert!(!good.headers.iter().any(named), "{:?}", good.headers);
        let answer = good.send(&stack).await.unwrap();
        assert_eq!(
            acceptance(&answer),
            (200, "accepted"),
            "{endpoint}: {answer:?}"
        );
    }
}
