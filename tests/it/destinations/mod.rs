//! HTTP destinations, as a destination sees them: it misbehaves on command, and remembers every request. It is on this
//! machine, so only the local cloud can reach it.

mod answers;
mod breaking;
mod content;
mod forged;
mod operator;
mod order;
mod pace;
mod receivers;

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
    time::Duration,
};

use aws_sdk_sqs::types::{Message, MessageAttributeValue, SendMessageBatchRequestEntry};
use e2e::{Answer, Canary, Delivery, Destination, Request, Stack, wait_for};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::support::{PATIENCE, billing, operate, take_message};

/// The subscriptions of `terraform/environments/e2e.tfvars` that send to it; the path of each is its name.
const SUBSCRIPTIONS: [&str; 8] = [
    "http-answers",
    "http-event",
    "http-paced",
    "http-breaker",
    "http-ordered",
    "http-tls",
    "http-wrong-name",
    "http-metadata",
];

/// Two live keys, as while one is rotated. The first is what `whsec_` keys of any length may be: 32 bytes.
const KEY: &str = "whsec_ZGVzdGluYXRpb24tZGVzdGluYXRpb24tMDAwMDE=";
const OLD_KEY: &str = "whsec_ZGVzdGluYXRpb24tZGVzdGluYXRpb24tMDAwMDA=";
/// What `http-event` proves itself with.
const CREDENTIAL: &str = "Bearer canary-of-a-credential-3f1c";
/// No subscription of the suite asks an issuer for tokens; each of them has what it would need.
const OAUTH_SECRET: &str = "canary-of-an-oauth-secret-aa17";

static DESTINATION: LazyLock<Destination> = LazyLock::new(|| {
    #[expect(
        clippy::disallowed_methods,
        reason = "scripts/e2e chooses the port before Terraform names it to the stack"
    )]
    let port = std::env::var("COATCHECK_DESTINATION_PORT");
    let port = port.expect("scripts/e2e sets COATCHECK_DESTINATION_PORT");
    Destination::start(port.parse().unwrap()).unwrap()
});
static SECRETS: OnceCell<()> = OnceCell::const_new();

/// The destination, with the secrets of all subscriptions in place. None on AWS, which cannot reach it.
async fn destination(stack: &Stack) -> Option<&'static Destination> {
    if !stack.outputs.local {
        eprintln!("SKIPPED: the destination is on this machine, where AWS cannot reach it");
        return None;
    }
    let destination = &*DESTINATION;
    SECRETS
        .get_or_init(async || {
            let recording = stack.dir.join("http-events.jsonl");
            destination.record_into(&recording).unwrap();
            let secrets = aws_sdk_secretsmanager::Client::new(&stack.sdk);
            let certificates = &destination.certificates;
            let value = json!({
                "signing_keys": [
                    {"id": "new", "secret": KEY},
                    {"id": "old", "secret": OLD_KEY, "not_after": "2100-01-01T00:00:00Z"},
                ],
                "header": CREDENTIAL,
                "client_id": "coatcheck",
                "client_secret": OAUTH_SECRET,
                "ca": certificates.ca,
                "client_certificate": certificates.client,
                "client_key": certificates.client_key,
            });
            // The first line of a key says only of which kind it is.
            let own = certificates.client_key.lines().skip(2);
            for (canary, text) in [
                (Canary::SigningKey, KEY),
                (Canary::SigningKey, OLD_KEY),
                (Canary::Credential, CREDENTIAL),
                (Canary::OauthSecret, OAUTH_SECRET),
                (Canary::PrivateKey, &own.collect::<Vec<_>>().join("\n")),
            ] {
                stack.plant(canary, text).unwrap();
            }
            for name in SUBSCRIPTIONS {
                let put = secrets.put_secret_value();
                let id = format!("{}/subscriptions/{name}", stack.outputs.stack.stack);
                let put = put.secret_id(id).secret_string(value.to_string());
                put.send().await.unwrap();
            }
        })
        .await;
    Some(destination)
}

/// An event whose requests get these answers. Nothing is sent yet.
async fn planned(
    stack: &Stack,
    destination: &Destination,
    kind: &str,
    answers: impl Into<Vec<Answer>>,
) -> (String, Delivery) {
    let (reference, delivery) = billing(stack, kind, 2_000).await;
    destination.plan(&reference, answers);
    (reference, delivery)
}

/// Sends it to the stack.
async fn send(stack: &Stack, delivery: &Delivery) {
    let reply = delivery.send(stack).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// Waits until `deliver` has written down that this event is delivered.
async fn delivered(stack: &Stack, subscription: &str, reference: &str) {
    let processor = format!("deliver-{subscription}");
    let processors = [processor.as_str()];
    let receipts = stack.wait_for_receipts(reference, &processors, PATIENCE);
    receipts.await.unwrap();
}

/// Waits for a dead letter of an event, and leaves it there; returns its attributes.
async fn given_up(
    stack: &Stack,
    subscription: &str,
    reference: &str,
) -> HashMap<String, MessageAttributeValue> {
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    let url = &stack.subscription(subscription).unwrap().dlq_url;
    let what = format!("{reference} in the DLQ of {subscription}");
    let message: Message = wait_for(&what, PATIENCE, async || {
        let receive = sqs.receive_message().queue_url(url);
        let receive = receive.max_number_of_messages(10).visibility_timeout(0);
        let received = receive.message_attribute_names("All").send().await?;
        let holds = |one: &Message| one.body().is_some_and(|body| body.contains(reference));
        Ok(received.messages().iter().find(|one| holds(one)).cloned())
    })
    .await
    .unwrap();
    message.message_attributes.unwrap_or_default()
}

fn text(attributes: &HashMap<String, MessageAttributeValue>, name: &str) -> String {
    let value = attributes.get(name).and_then(|value| value.string_value());
    value.unwrap_or_default().to_owned()
}

/// How many messages are in a subscription's DLQ.
async fn dead_letters(stack: &Stack, subscription: &str) -> u64 {
    let url = &stack.subscription(subscription).unwrap().dlq_url;
    let look = aws_sdk_sqs::Client::new(&stack.sdk).get_queue_attributes();
    let look = look.queue_url(url).attribute_names("All".into());
    let attributes = look.send().await.unwrap().attributes.unwrap();
    let mut sum = 0;
    for (name, value) in attributes {
        if name.as_str().starts_with("ApproximateNumberOf") {
            sum += value.parse::<u64>().unwrap();
        }
    }
    sum
}

/// A backlog: holds the subscription, accepts one event, and puts this many into its queue that differ from it in their
/// names alone; returns their refs. They redeem to the same payload.
async fn backlog(stack: &Stack, subscription: &str, kind: &str, count: usize) -> Vec<String> {
    operate(stack, &["subscriptions", "pause", subscription]).await;
    let (reference, delivery) = billing(stack, kind, 1_000).await;
    send(stack, &delivery).await;
    let url = stack.subscription(subscription).unwrap().queue_url.clone();
    let event = take_message(stack, &url, &reference).await;
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    let references: Vec<String> = (0..count).map(|n| format!("{reference}-{n}")).collect();
    for (batch, chunk) in references.chunks(10).enumerate() {
        let entries = chunk.iter().map(|name| {
            let mut event = event.clone();
            event["ref"] = json!(name);
            event["id"] = json!(name.rsplit('/').next());
            let id = format!("{batch}-{}", name.rsplit('-').next().unwrap());
            let entry = SendMessageBatchRequestEntry::builder().id(id);
            entry.message_body(event.to_string()).build().unwrap()
        });
        let send = sqs.send_message_batch().queue_url(&url);
        let sent = send.set_entries(Some(entries.collect())).send().await;
        assert!(sent.unwrap().failed().is_empty());
    }
    references
}

/// How often each of these events came in whole.
fn arrivals(requests: &[Request]) -> BTreeMap<String, usize> {
    let mut arrivals = BTreeMap::new();
    for request in requests.iter().filter(|request| request.complete) {
        *arrivals.entry(request.reference().to_owned()).or_default() += 1;
    }
    arrivals
}

/// What a function of `deliver` logged in which this text is.
async fn logged(stack: &Stack, subscription: &str, holding: &str) -> Vec<Value> {
    let function = format!("deliver-{subscription}");
    stack.log_lines(&function, holding).await.unwrap()
}

/// What lies between the requests of an event.
fn pauses(requests: &[Request]) -> Vec<Duration> {
    let pairs = requests.windows(2);
    pairs.map(|pair| pair[1].at - pair[0].at).collect()
}
