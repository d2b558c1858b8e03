use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use aws_sdk_pipes::{Client, types::PipeState};
use e2e::{CommandOutput, Receipt, Reply, Sender, Stack, random_hex};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, Semaphore, SemaphorePermit};

/// Long enough for two queues, a cold function and a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// AWS takes a while to spread a change of rights.
pub(crate) const PROPAGATION: Duration = Duration::from_secs(30);
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const BINARY: (&str, &str) = ("content-type", "application/octet-stream");

/// One processor of each kind that accepts every event; see
/// `terraform/environments/e2e.tfvars`.
pub(crate) const EVERY_KIND: [&str; 3] = ["audit", "audit-lambda", "audit-workflow"];

/// How many tests share the stack at once. They mostly wait: for a queue to give back a message, for a pause to end.
static PLACES: Semaphore = Semaphore::const_new(3);
/// Tests that break a part of the stack for a while use it alone.
static STACK: RwLock<()> = RwLock::const_new(());
/// The tests that share the stack, or wait to. Those that need it alone let them go first: one after another at the end
/// costs less time than emptying the stack for each.
static SHARING: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Turn<G> {
    pub(crate) stack: Stack,
    _guard: G,
}

impl<G> std::ops::Deref for Turn<G> {
    type Target = Stack;

    fn deref(&self) -> &Stack {
        &self.stack
    }
}

/// A place among the tests that share the stack.
pub(crate) struct Place {
    _stack: RwLockReadGuard<'static, ()>,
    _place: SemaphorePermit<'static>,
    _sharing: Sharing,
}

struct Sharing;

impl Sharing {
    fn new() -> Self {
        SHARING.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Sharing {
    fn drop(&mut self) {
        SHARING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The stack, shared with other tests.
pub(crate) async fn shared() -> Turn<Place> {
    let sharing = Sharing::new();
    let place = PLACES.acquire().await.unwrap();
    let stack = STACK.read().await;
    Turn {
        _guard: Place {
            _stack: stack,
            _place: place,
            _sharing: sharing,
        },
        stack: load().await,
    }
}

/// The stack, without other tests.
pub(crate) async fn alone() -> Turn<RwLockWriteGuard<'static, ()>> {
    while SHARING.load(Ordering::SeqCst) > 0 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Turn {
        _guard: STACK.write().await,
        stack: load().await,
    }
}

async fn load() -> Stack {
    #[expect(
        clippy::disallowed_methods,
        reason = "the caller says which stack the suite tests"
    )]
    let path = std::env::var_os("COATCHECK_STACK_JSON").map(PathBuf::from);
    let path = path.expect("set COATCHECK_STACK_JSON, or run `make e2e`");
    Stack::load(&path).await.unwrap()
}

/// An id that no other test and no earlier run used.
pub(crate) fn fresh(prefix: &str) -> String {
    format!("{prefix}_{}", random_hex(20))
}

/// An event of Standard Webhooks, and its fresh id.
pub(crate) fn signed(sender: &Sender, kind: &str, size: usize) -> (String, e2e::Delivery) {
    let id = fresh("msg");
    let body = testkit::json(&id, kind, size);
    let delivery = sender.sign(&[("webhook-id", &id), JSON], body).unwrap();
    (id, delivery)
}

/// A billing event with a fresh id, and its ref.
pub(crate) async fn billing(stack: &Stack, kind: &str, size: usize) -> (String, e2e::Delivery) {
    let sender = Sender::of(stack, "billing").await.unwrap();
    let (id, delivery) = signed(&sender, kind, size);
    (format!("billing/{id}"), delivery)
}

/// A billing event that the stack has accepted, and its ref.
pub(crate) async fn accepted(stack: &Stack, kind: &str, size: usize) -> (String, e2e::Delivery) {
    let (reference, delivery) = billing(stack, kind, size).await;
    let reply = delivery.send(stack).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    (reference, delivery)
}

/// The status and the code of a refusal.
pub(crate) fn refusal(reply: &Reply) -> (u16, &str) {
    (reply.status, &reply.body.error)
}

/// The HTTP status, and `accepted` or `duplicate`.
pub(crate) fn acceptance(reply: &Reply) -> (u16, &str) {
    (reply.status, &reply.body.status)
}

/// How many objects hold these bytes.
pub(crate) async fn stored(stack: &Stack, endpoint: &str, body: &[u8]) -> usize {
    let objects = stack.objects(endpoint, &e2e::digest(body)).await;
    objects.unwrap().len()
}

/// Waits until these processors have processed an event; returns their receipts.
pub(crate) async fn processed(
    stack: &Stack,
    reference: &str,
    processors: &[&str],
) -> BTreeMap<String, Receipt> {
    let receipts = stack.wait_for_receipts(reference, processors, PATIENCE);
    receipts.await.unwrap()
}

/// Runs the command line, whatever its exit code.
pub(crate) async fn run(stack: &Stack, args: &[&str]) -> CommandOutput {
    stack.run(args).await.unwrap()
}

/// Runs the command line, which has to succeed.
pub(crate) async fn operate(stack: &Stack, args: &[&str]) -> CommandOutput {
    stack.operate(args).await.unwrap()
}

/// The one JSON value that the command line prints.
pub(crate) async fn ask(stack: &Stack, args: &[&str]) -> Value {
    stack.ask(args).await.unwrap()
}

/// The JSON values that the command line prints, one a line.
pub(crate) async fn rows(stack: &Stack, args: &[&str]) -> Vec<Value> {
    stack.rows(args).await.unwrap()
}

/// Waits until a processor of each kind has redeemed exactly these bytes.
pub(crate) async fn redeemed(stack: &Stack, what: &str, reference: &str, body: &[u8]) {
    let receipts = processed(stack, reference, &EVERY_KIND).await;
    for processor in EVERY_KIND {
        let receipt = &receipts[processor];
        assert_eq!(
            (receipt.sha256.as_str(), receipt.size),
            (e2e::digest(body).as_str(), body.len() as u64),
            "{what} at {processor}"
        );
    }
}

/// Empties a DLQ.
pub(crate) async fn purge(stack: &Stack, name: &str) {
    operate(stack, &["dlq", "purge", name, "--yes"]).await;
}

/// The name of a function's role.
pub(crate) async fn role_of(stack: &Stack, function: &str) -> String {
    let configuration = aws_sdk_lambda::Client::new(&stack.sdk)
        .get_function_configuration()
        .function_name(&stack.outputs.functions[function].name)
        .send()
        .await;
    let arn = configuration.unwrap().role.unwrap();
    arn.rsplit('/').next().unwrap().to_owned()
}

/// Sends a billing event of each of these kinds, some at a time; returns their
/// refs, in the same order.
pub(crate) async fn send_all(stack: &Stack, kinds: &[&str]) -> Vec<String> {
    stream::iter(kinds)
        .map(async |kind| accepted(stack, kind, 600).await.0)
        .buffered(6)
        .collect()
        .await
}

/// Waits for the message that holds this text, removes it, and returns its body.
pub(crate) async fn take_message(stack: &Stack, queue_url: &str, holding: &str) -> Value {
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    e2e::wait_for(
        &format!("a message holding {holding} in {queue_url}"),
        PATIENCE,
        async || {
            let answer = sqs
                .receive_message()
                .queue_url(queue_url)
                .max_number_of_messages(10)
                .visibility_timeout(1)
                .wait_time_seconds(1)
                .send()
                .await?;
            for message in answer.messages() {
                let body = message.body().unwrap_or_default();
                if body.contains(holding) {
                    sqs.delete_message()
                        .queue_url(queue_url)
                        .receipt_handle(message.receipt_handle().unwrap_or_default())
                        .send()
                        .await?;
                    return Ok(Some(serde_json::from_str(body)?));
                }
            }
            Ok(None)
        },
    )
    .await
    .unwrap()
}

/// A right that a role lacks until it is given back.
pub(crate) struct Denied<'a> {
    iam: aws_sdk_iam::Client,
    role: &'a str,
}

impl<'a> Denied<'a> {
    const POLICY: &'static str = "taken-away";

    pub(crate) async fn to(stack: &Stack, role: &'a str, action: &str) -> Self {
        let iam = aws_sdk_iam::Client::new(&stack.sdk);
        let statement = json!({"Effect": "Deny", "Action": action, "Resource": "*"});
        let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        iam.put_role_policy()
            .role_name(role)
            .policy_name(Self::POLICY)
            .policy_document(document)
            .send()
            .await
            .unwrap();
        if !stack.outputs.local {
            tokio::time::sleep(PROPAGATION).await;
        }
        Self { iam, role }
    }

    pub(crate) async fn give_back(self) {
        self.iam
            .delete_role_policy()
            .role_name(self.role)
            .policy_name(Self::POLICY)
            .send()
            .await
            .unwrap();
    }
}

/// Stops or starts a pipe, and waits until it has come to this state.
pub(crate) async fn switch_pipe(stack: &Stack, pipe: &str, state: PipeState) {
    let pipes = Client::new(&stack.sdk);
    if state == PipeState::Stopped {
        pipes.stop_pipe().name(pipe).send().await.unwrap();
    } else {
        pipes.start_pipe().name(pipe).send().await.unwrap();
    }
    pipe_until(&pipes, pipe, &state).await;
}

/// Waits for a pipe to come to this state.
pub(crate) async fn pipe_until(pipes: &Client, pipe: &str, state: &PipeState) {
    // AWS takes up to two minutes to stop a pipe, and as long to start it.
    e2e::wait_for(
        &format!("{pipe} to be {state}"),
        Duration::from_secs(300),
        async || {
            let now = pipes.describe_pipe().name(pipe).send().await?.current_state;
            Ok((now.as_ref() == Some(state)).then_some(()))
        },
    )
    .await
    .unwrap();
}
