use aws::operator::{Depth, Held};
use domain::StoreError;
use futures_util::StreamExt;
use serde_json::Value;

use super::{
    ports::{MessageQueue, NamedQueue},
    report::ErasedFrom,
    run::Run,
    wanted::Wanted,
};
use crate::{Stop, concurrently::concurrently, in_queue, problem::in_short};

/// How many messages of a queue are held at most: SQS lets a standard queue have 120,000 in flight, its readers'
/// included, and a FIFO queue 20,000.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
const MOST: usize = 10_000;

/// How many receives in a row may bring nothing new before the queue counts as looked through.
const PATIENCE: usize = 2;

/// Looks through every queue, and deletes the messages of these events. The others go back at once.
pub(super) async fn look_through<Q: MessageQueue + Sync>(
    queues: &[NamedQueue<Q>],
    run: Run<'_>,
    wanted: &Wanted,
    stop: &Stop,
) -> Vec<ErasedFrom> {
    let each = queues.iter().map(|one| async move {
        let mut looked = ErasedFrom::new(&one.name);
        if let Err(error) = look(&one.queue, run, wanted, stop, &mut looked).await {
            looked.problem = Some(in_short(&error));
        }
        looked
    });
    concurrently(each).collect().await
}

async fn look<Q: MessageQueue + Sync>(
    queue: &Q,
    run: Run<'_>,
    wanted: &Wanted,
    stop: &Stop,
    looked: &mut ErasedFrom,
) -> Result<(), StoreError> {
    let before = queue.depth().await?;
    if run.dry_run {
        // A receive would count as a try of each message.
        looked.unseen = in_queue(&before);
        return Ok(());
    }
    // Nothing may be in it according to SQS, and yet something that came a moment ago.
    let mut others = Vec::new();
    let received = receive(queue, wanted, stop, looked, &mut others).await;
    let receipts: Vec<String> = others.into_iter().map(|held: Held| held.receipt).collect();
    let released = queue.release(&receipts).await;
    received?;
    released?;
    let after: Depth = queue.depth().await?;
    looked.unseen = in_queue(&after).saturating_sub(looked.seen - looked.deleted);
    Ok(())
}

async fn receive<Q: MessageQueue>(
    queue: &Q,
    wanted: &Wanted,
    stop: &Stop,
    looked: &mut ErasedFrom,
    others: &mut Vec<Held>,
) -> Result<(), StoreError> {
    let mut in_vain = 0;
    while others.len() < MOST && in_vain < PATIENCE && !stop.is_requested() {
        let (mut news, mut failed) = (false, None);
        for held in queue.hold().await? {
            let about = names(&held.body, wanted);
            if about == Names::Erased {
                match queue.delete(&held.receipt).await {
                    Ok(()) => {
                        looked.seen += 1;
                        looked.deleted += 1;
                        news = true;
                        continue;
                    }
                    // The others of the batch still have to go back, and this one too.
                    Err(error) => failed = Some(error),
                }
            }
            // SQS may deliver a message twice; only its last receipt releases it.
            if let Some(again) = others.iter_mut().find(|have| have.id == held.id) {
                again.receipt = held.receipt;
            } else {
                looked.with_others += u64::from(about == Names::OthersToo);
                looked.seen += 1;
                others.push(held);
                news = true;
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        in_vain = if news { 0 } else { in_vain + 1 };
    }
    Ok(())
}

/// Which events a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// None of these.
    None,
    /// These alone.
    Erased,
    /// Some of these, and others.
    OthersToo,
}

/// An event, or some in an array; or the notice about an object of the direct lane.
fn names(body: &str, wanted: &Wanted) -> Names {
    let Ok(whole) = serde_json::from_str::<Value>(body) else {
        return Names::None;
    };
    let is = |one: &Value| {
        let object = one.pointer("/detail/object/key").and_then(Value::as_str);
        let reference = one.get("ref").and_then(Value::as_str);
        reference.is_some_and(|reference| wanted.refs.contains(reference))
            || object.is_some_and(|key| wanted.objects.contains(key))
    };
    let all = match &whole {
        Value::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    match all.iter().filter(|one| is(one)).count() {
        0 => Names::None,
        some if some == all.len() => Names::Erased,
        _ => Names::OthersToo,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_if_it_is_about_nothing_else() {
        let wanted = Wanted {
            refs: ["stripe/evt_1".to_owned(), "stripe/evt_2".to_owned()].into(),
            objects: ["incoming/a/k".to_owned()].into(),
            ..Wanted::default()
        };
        for (body, expected) in [
            (r#"{"ref":"stripe/evt_1","type":"a"}"#, Names::Erased),
            (r#"{"ref":"stripe/evt_10","type":"a"}"#, Names::None),
            (
                r#"[{"ref":"stripe/evt_1"},{"ref":"stripe/evt_2"}]"#,
                Names::Erased,
            ),
            (
                r#"[{"ref":"stripe/evt_1"},{"ref":"stripe/evt_3"}]"#,
                Names::OthersToo,
            ),
            ("[]", Names::None),
            ("stripe/evt_1", Names::None),
            (r#""stripe/evt_1""#, Names::None),
            (
                r#"{"detail":{"object":{"key":"incoming/a/k"}}}"#,
                Names::Erased,
            ),
            (
                r#"{"detail":{"object":{"key":"incoming/a/other"}}}"#,
                Names::None,
            ),
        ] {
            assert_eq!(names(body, &wanted), expected, "{body}");
        }
    }
}
