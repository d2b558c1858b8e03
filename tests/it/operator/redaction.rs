//! What people see of an endpoint with `redact`, and who sees all of it.

use e2e::{CommandOutput, Sender, Stack};
use serde_json::{Value, json};

use super::rights::Person;
use crate::support::{JSON, acceptance, ask, fresh, operate, shared};

/// As `terraform/environments/e2e.tfvars` has it.
const ENDPOINT: &str = "redacted";

/// What is hidden: a value of the body, which is also an attribute, and a header.
struct Secrets {
    email: String,
    name: String,
}

impl Secrets {
    /// None of them is in what was printed.
    fn are_hidden(&self, output: &CommandOutput) {
        for secret in [&self.email, &self.name] {
            let is_shown = output.out.contains(secret) || output.err.contains(secret);
            assert!(!is_shown, "{secret}: {output:?}");
        }
    }
}

/// An event of the endpoint: its ref, its payload, and what of it is hidden.
async fn event(stack: &Stack) -> (String, Vec<u8>, Secrets) {
    let (id, email, name) = (fresh("redacted"), fresh("email"), fresh("name"));
    let body = json!({"type": "order.redacted", "data": {"email": email, "amount": 7}}).to_string();
    let headers = [
        ("webhook-id", id.as_str()),
        ("x-customer-name", name.as_str()),
        JSON,
    ];
    let sender = Sender::of(stack, ENDPOINT).await.unwrap();
    let delivery = sender.sign(&headers, body.clone().into_bytes()).unwrap();
    let answer = delivery.send(stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
    let reference = format!("{ENDPOINT}/{id}");
    (reference, body.into_bytes(), Secrets { email, name })
}

/// What a person without `--reveal` reads.
fn expected() -> Value {
    json!({"type": "order.redacted", "data": {"email": "[redacted]", "amount": 7}})
}

#[tokio::test]
async fn values_are_redacted_unless_someone_asks_for_them() {
    let stack = shared().await;
    let (reference, body, secrets) = event(&stack).await;

    let payload = operate(&stack, &["events", "payload", &reference]).await;
    secrets.are_hidden(&payload);
    assert_eq!(payload.json::<Value>().unwrap(), expected());
    assert!(payload.err.contains("--reveal"), "{payload:?}");

    secrets.are_hidden(&operate(&stack, &["events", "show", &reference]).await);
    let shown = operate(&stack, &["events", "show", &reference, "--json"]).await;
    secrets.are_hidden(&shown);
    let shown: Value = shown.json().unwrap();
    assert_eq!(shown["attributes"]["email"], "[redacted]", "{shown}");

    let revealed = operate(&stack, &["events", "payload", &reference, "--reveal"]).await;
    assert_eq!(revealed.out.as_bytes(), body);
    let shown = ask(&stack, &["events", "show", &reference, "--reveal"]).await;
    assert_eq!(shown["attributes"]["email"], secrets.email, "{shown}");
}

/// IAM draws the line, not the command line: `read` denies the object.
#[tokio::test]
async fn only_the_reveal_policy_shows_the_exact_bytes() {
    let stack = shared().await;
    let (reference, body, secrets) = event(&stack).await;
    let (plain, reveal) = (
        ["events", "payload", &reference],
        ["events", "payload", &reference, "--reveal"],
    );

    let reader = Person::with(&stack, &["read"]).await;
    let (seen, refused) = (reader.run(&plain).await, reader.run(&reveal).await);
    reader.leave().await;
    secrets.are_hidden(&seen);
    assert_eq!(seen.json::<Value>().unwrap(), expected());
    secrets.are_hidden(&refused);
    assert!(
        refused.exit == Some(2) && refused.err.contains("the policy `reveal`"),
        "{refused:?}"
    );

    let trusted = Person::with(&stack, &["reveal"]).await;
    let (seen, revealed) = (trusted.run(&plain).await, trusted.run(&reveal).await);
    trusted.leave().await;
    secrets.are_hidden(&seen);
    assert_eq!(seen.json::<Value>().unwrap(), expected());
    assert_eq!(revealed.out.as_bytes(), body, "{revealed:?}");
}
