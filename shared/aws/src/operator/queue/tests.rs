use aws_sdk_sqs::{Client, operation::purge_queue::PurgeQueueOutput};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
use aws_smithy_types::body::SdkBody;

use super::*;

fn against(rule: &Rule) -> Queue {
    Queue {
        client: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [rule]),
        url: "https://queue".to_owned(),
    }
}

fn refusal(code: &'static str) -> impl Fn() -> HttpResponse + Send + Sync {
    move || {
        let body = format!(r#"{{"__type":"com.amazonaws.sqs#{code}"}}"#);
        HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::from(body))
    }
}

#[tokio::test]
async fn is_purged_once_a_minute() {
    let purge = mock!(Client::purge_queue).then_output(|| PurgeQueueOutput::builder().build());
    assert!(against(&purge).purge().await.unwrap());
    let refused = |code| mock!(Client::purge_queue).then_http_response(refusal(code));
    assert!(
        !against(&refused("AWS.SimpleQueueService.PurgeQueueInProgress"))
            .purge()
            .await
            .unwrap()
    );
    assert!(
        against(&refused("AccessDeniedException"))
            .purge()
            .await
            .is_err()
    );
}
