//! Each kind of answer, and what it does to the event.

use std::time::Duration;

use e2e::Answer;

use super::*;
use crate::support::shared;

const SUBSCRIPTION: &str = "http-answers";
const KIND: &str = "http.answer";
const SECOND: Duration = Duration::from_secs(1);

/// The last answer of each is 200, and comes no earlier than it says.
#[tokio::test]
async fn what_may_pass_is_tried_again_until_it_succeeds() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let ok = || Answer::status(200);
    let cases: [(&str, Vec<Answer>, Duration); 10] = [
        (
            "500 and 503",
            vec![Answer::status(500), Answer::status(503), ok()],
            SECOND,
        ),
        ("408", vec![Answer::status(408), ok()], SECOND),
        ("425", vec![Answer::status(425), ok()], SECOND),
        (
            "429, in 7 seconds",
            vec![Answer::with(429, "retry-after", "7"), ok()],
            7 * SECOND,
        ),
        // A date has no fractions of a second.
        (
            "503, at a date",
            vec![Answer::After(503, 8 * SECOND), ok()],
            7 * SECOND,
        ),
        ("no answer", vec![Answer::Hang, ok()], 3 * SECOND),
        ("a reset", vec![Answer::Reset, ok()], SECOND),
        (
            "a reset within the body",
            vec![Answer::ResetAfter(100), ok()],
            SECOND,
        ),
        (
            "a head of 1 byte a second",
            vec![Answer::DripHead, ok()],
            3 * SECOND,
        ),
        // The status decides, so this one is delivered at once.
        (
            "an answer of 1 byte a second",
            vec![Answer::Drip],
            Duration::ZERO,
        ),
    ];
    let mut sent = Vec::new();
    for (what, answers, pause) in cases {
        let count = answers.len();
        let (reference, delivery) = planned(&stack, destination, KIND, answers).await;
        send(&stack, &delivery).await;
        sent.push((what, count, pause, reference, delivery));
    }
    for (what, count, pause, reference, delivery) in sent {
        delivered(&stack, SUBSCRIPTION, &reference).await;
        let mut requests = destination.requests(&reference);
        requests.retain(|one| one.path == "/http-answers");
        assert_eq!(requests.len(), count, "{what}");
        let pauses = pauses(&requests);
        assert!(pauses.iter().all(|one| *one >= pause), "{what}: {pauses:?}");
        let ids: Vec<_> = requests
            .iter()
            .map(|one| one.header("webhook-id"))
            .collect();
        assert!(
            ids.iter().all(|id| *id == ids[0] && id.is_some()),
            "{what}: {ids:?}"
        );
        assert_eq!(requests[count - 1].body, delivery.body, "{what}");
    }
}

#[tokio::test]
async fn what_no_retry_helps_is_given_up_at_once_with_what_the_destination_said() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let metadata = "http://169.254.169.254/latest/meta-data/iam/security-credentials/";
    let long = "canary-of-an-answer ".repeat(100);
    let cases = [
        ("400", "refused", Answer::saying(400, long.as_bytes())),
        ("404", "refused", Answer::status(404)),
        ("302", "redirect", Answer::with(302, "location", metadata)),
        ("307", "redirect", Answer::with(307, "location", metadata)),
    ];
    let mut sent = Vec::new();
    for (status, reason, answer) in cases {
        let (reference, delivery) = planned(&stack, destination, KIND, [answer]).await;
        send(&stack, &delivery).await;
        sent.push((status, reason, reference));
    }
    for (status, reason, reference) in sent {
        let attributes = given_up(&stack, SUBSCRIPTION, &reference).await;
        assert_eq!(text(&attributes, "reason"), reason, "{status}");
        assert_eq!(text(&attributes, "status"), status, "{attributes:?}");
        if status == "400" {
            let answer = attributes["answer"].binary_value().unwrap();
            assert_eq!(answer.as_ref(), &long.as_bytes()[..1_024]);
        }
        let mut requests = destination.requests(&reference);
        requests.retain(|one| one.path == "/http-answers");
        assert_eq!(requests.len(), 1, "{status} was tried again");
    }
    // What a destination says is in the dead letter alone.
    assert_eq!(
        logged(&stack, SUBSCRIPTION, "canary-of-an-answer").await,
        Vec::<Value>::new()
    );
    operate(&stack, &["dlq", "purge", SUBSCRIPTION, "--yes"]).await;
}

/// A certificate for another name, and the address where AWS keeps credentials.
#[tokio::test]
async fn a_wrong_name_and_the_metadata_address_get_no_request() {
    let stack = shared().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    let (reference, delivery) =
        planned(&stack, destination, "http.refused", [Answer::status(200)]).await;
    send(&stack, &delivery).await;
    for (subscription, reason) in [
        ("http-wrong-name", "tls"),
        ("http-metadata", "private_address"),
    ] {
        let attributes = given_up(&stack, subscription, &reference).await;
        assert_eq!(text(&attributes, "reason"), reason, "{attributes:?}");
        operate(&stack, &["dlq", "purge", subscription, "--yes"]).await;
    }
    assert!(destination.requests("/http-wrong-name").is_empty());
}
