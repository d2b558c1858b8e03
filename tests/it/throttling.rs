//! 429 from API Gateway.

use std::collections::HashMap;

use aws_sdk_apigateway::types::{MethodSetting, Op, PatchOperation};
use e2e::Stack;

use crate::support::{alone, billing, shared};

/// The stage's settings by method.
async fn settings(stack: &Stack) -> HashMap<String, MethodSetting> {
    let stage = aws_sdk_apigateway::Client::new(&stack.sdk)
        .get_stage()
        .rest_api_id(&stack.outputs.api.id)
        .stage_name(&stack.outputs.api.stage)
        .send()
        .await
        .unwrap();
    stage.method_settings.unwrap_or_default()
}

/// Terraform finds it again under this key, so its second plan is empty.
#[tokio::test]
async fn the_direct_lane_has_a_rate_of_its_own() {
    let stack = shared().await;
    let settings = settings(&stack).await;
    let all = settings.get("*/*").unwrap();
    let direct = settings
        .get("~1direct~1{endpoint}/POST")
        .unwrap_or_else(|| panic!("{:?}", settings.keys()));
    assert!(direct.throttling_rate_limit > 0.0);
    assert!(direct.throttling_rate_limit < all.throttling_rate_limit);
    assert!(direct.throttling_burst_limit < all.throttling_burst_limit);
}

#[tokio::test]
async fn beyond_the_stages_rate_the_answer_is_429() {
    let stack = alone().await;
    let api = aws_sdk_apigateway::Client::new(&stack.sdk);
    let set = async |rate: &str, burst: &str| {
        let patch = |name: &str, value: &str| {
            PatchOperation::builder()
                .op(Op::Replace)
                .path(format!("/*/*/throttling/{name}"))
                .value(value)
                .build()
        };
        api.update_stage()
            .rest_api_id(&stack.outputs.api.id)
            .stage_name(&stack.outputs.api.stage)
            .patch_operations(patch("rateLimit", rate))
            .patch_operations(patch("burstLimit", burst))
            .send()
            .await
            .unwrap();
    };
    let before = settings(&stack).await.remove("*/*").unwrap();

    set("1", "1").await;
    let (_, delivery) = billing(&stack, "order.paid", 500).await;
    let mut throttled = None;
    for _ in 0..20 {
        let answer = delivery.send(&stack).await.unwrap();
        if answer.status == 429 {
            throttled = Some(answer);
            break;
        }
    }
    set(
        &before.throttling_rate_limit.to_string(),
        &before.throttling_burst_limit.to_string(),
    )
    .await;
    let answer = throttled.expect("no delivery was throttled");
    assert_eq!(answer.body.error, "throttled", "{answer:?}");
    assert!(answer.retry_after.is_some());
}
