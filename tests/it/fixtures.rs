//! Real payload shapes, and what their pointers contain.

use e2e::{Fixture, Sender, Stack};

use crate::support::shared;

#[tokio::test]
async fn every_fixture_is_taken_and_understood() {
    let stack = shared().await;
    for name in [
        "github/push",
        "github/ping",
        "stripe/invoice.paid",
        "stripe/customer.updated",
        "standard-webhooks/user.created",
        "partner/inventory",
    ] {
        let fixture = Fixture::fresh(name).unwrap();
        let provider = Sender::of(&stack, &fixture.endpoint).await.unwrap();
        let answer = provider
            .sign_fixture(&fixture)
            .unwrap()
            .send(&stack)
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let pointers = stack.pointers_of(&answer.body.reference).await.unwrap();
        assert_eq!(pointers.len(), 1, "{name}");
        let text = |attribute: &str| pointers[0][attribute].as_s().unwrap().clone();
        assert_eq!(text("id"), fixture.expect.id, "{name}");
        assert_eq!(text("type"), fixture.expect.kind, "{name}");
        // CloudEvents allows no empty subject: the id replaces it.
        let subject = match fixture.expect.subject.as_str() {
            "" => &fixture.expect.id,
            subject => subject,
        };
        assert_eq!(&text("subject"), subject, "{name}");
        assert_eq!(text("sha256"), e2e::digest(&fixture.body), "{name}");
        assert_eq!(
            stack
                .payload(Stack::object_of(&pointers[0]).unwrap())
                .await
                .unwrap(),
            fixture.body,
            "{name}"
        );
    }
}
