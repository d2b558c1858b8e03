//! What the doctor's findings are about, so that they lead to the right page.

use futures_util::StreamExt;
use operator::{
    Stack,
    doctor::{About, examine},
};
use serde_json::json;

use super::cloud::Cloud;

#[tokio::test]
async fn each_finding_says_what_it_is_about() {
    let cloud = Cloud::start().await;
    cloud.also(|operation, _| {
        let config = r#"{"name":"github","scheme":"github"}"#;
        (operation == "Scan").then(|| json!({ "Items": [{ "config": { "S": config } }] }))
    });
    let sdk = aws::operator::sdk_at(&cloud.url);
    let now = || "2026-11-26T19:30:02.418Z".parse().unwrap();
    let region = "eu-central-1".to_owned();
    let stack = Stack::find("coatcheck", (sdk, region), None, now).await;
    let stack = stack.unwrap();
    let groups: Vec<_> = examine(&stack).collect().await;
    let (mut checked, mut functions) = (0, 0);
    for (title, findings) in &groups {
        for finding in findings {
            let subject = finding.subject.clone();
            let expected = match *title {
                "Readers" | "Targets" | "Routing" => About::Subscription(subject),
                "Queues" if ["invoices", "ledger"].contains(&subject.as_str()) => {
                    About::Subscription(subject)
                }
                "Events given up" => About::Dlq(subject),
                "Keys" => About::Endpoint(subject),
                "Functions" | "Errors of the last hour" => About::Function(subject),
                _ => About::Stack,
            };
            assert_eq!(finding.about, expected, "{title}: {finding:?}");
            checked += usize::from(finding.about != About::Stack);
            functions += usize::from(matches!(finding.about, About::Function(_)));
        }
    }
    // Router, fan and two subscriptions, two targets, the router, two queues, six DLQs, a key.
    assert_eq!(checked - functions, 4 + 2 + 1 + 2 + 6 + 1, "{groups:#?}");
    assert!(functions >= 2, "{groups:#?}");
}
