use std::{path::Path, process::Stdio, time::Duration};

use e2e::{CommandOutput, Stack, wait_for};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use tokio::process::{Child, Command};

use super::list;
use crate::support::{PATIENCE, accepted, fresh, operate, send_all, shared};

/// How many events are replayed.
const MANY: usize = 250;

/// Waits until the processor has begun this often with each event, and is done.
async fn until_begun(stack: &Stack, references: &[String], processor: &str, times: u64) {
    stream::iter(references)
        .map(|reference| async move {
            let what = format!("{processor} to begin {times} times with {reference}");
            wait_for(&what, PATIENCE, async || {
                let records = stack.records(reference).await?;
                let record = records.get(processor);
                let done = record.filter(|one| one.state == "completed" && one.attempts >= times);
                Ok(done.map(drop))
            })
            .await
        })
        .buffer_unordered(16)
        .try_collect::<Vec<()>>()
        .await
        .unwrap();
}

/// Sends a signal, and waits for the end.
async fn end(child: Child, signal: &str) -> CommandOutput {
    let id = child.id().unwrap().to_string();
    let kill = Command::new("kill").args([signal, &id]).status().await;
    assert!(kill.unwrap().success());
    child.wait_with_output().await.unwrap().into()
}

fn replay(stack: &Stack, state: &Path, args: &[&str]) -> Child {
    let args = [&["replay"], args].concat();
    let mut command = stack.coatcheck(state, &args).unwrap();
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// The id in the name of the file that a stopped replay leaves.
fn stopped(state: &Path) -> String {
    let files = std::fs::read_dir(state.join("replays")).unwrap();
    let mut names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let name = names.find(|name| name.ends_with(".json")).unwrap();
    name.trim_end_matches(".json").to_owned()
}

#[tokio::test]
async fn many_events_interrupted_and_resumed_reach_a_processor_once_each() {
    let stack = shared().await;
    let kind = fresh("order.replayed");
    let sent = send_all(&stack, &vec![kind.as_str(); MANY]).await;
    until_begun(&stack, &sent, "audit-lambda", 1).await;

    let state = tempfile::tempdir().unwrap();
    let state = state.path();
    let selection = [
        "--type",
        &kind,
        "--since",
        "2h",
        "--subscription",
        "audit-lambda",
        "--force",
        "--yes",
        "--rate",
        "40",
        "--json",
    ];
    // Killed in the middle; then stopped by Ctrl-C; then run to the end.
    let killed = replay(&stack, state, &selection);
    wait_for("a journal that has begun", PATIENCE, async || {
        let text = std::fs::read_dir(state.join("replays"))
            .ok()
            .and_then(|files| {
                let mut files = files.flatten().map(|file| file.path());
                std::fs::read_to_string(
                    files.find(|path| path.extension().is_some_and(|e| e == "json"))?,
                )
                .ok()
            });
        let job: Option<Value> = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(job
            .filter(|job| job["tally"]["sent"].as_u64() > Some(25))
            .map(drop))
    })
    .await
    .unwrap();
    let output = end(killed, "-KILL").await;
    assert_eq!(output.exit, None, "{output:?}");
    let id = stopped(state);
    let interrupted = replay(&stack, state, &["--resume", &id, "--json"]);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let output = end(interrupted, "-INT").await;
    assert_eq!(output.exit, Some(130), "{output:?}");
    assert!(
        output.err.contains(&format!("replay --resume {id}")),
        "{output:?}"
    );
    let rest = replay(&stack, state, &["--resume", &id, "--json"]);
    let output = CommandOutput::from(rest.wait_with_output().await.unwrap());
    assert_eq!(output.exit, Some(0), "{output:?}");
    let answer: Value = output.json().unwrap();
    assert_eq!(
        (&answer["replayid"], &answer["events"]),
        (&id.as_str().into(), &MANY.into())
    );
    assert_eq!(answer["sent"], MANY, "{output:?}");

    until_begun(&stack, &sent, "audit-lambda", 2).await;
    // A processor that gets one twice would have it by now.
    tokio::time::sleep(Duration::from_secs(3)).await;
    for reference in &sent {
        let records = stack.records(reference).await.unwrap();
        assert_eq!(records["audit-lambda"].attempts, 2, "{reference}");
        let audit = records.get("audit").map_or(1, |record| record.attempts);
        assert_eq!(audit, 1, "{reference}: another subscription got it too");
    }
    let again = stack
        .coatcheck(state, &["replay", "--resume", &id])
        .unwrap()
        .output()
        .await;
    assert_eq!(
        CommandOutput::from(again.unwrap()).exit,
        Some(2),
        "what is done cannot be gone on with"
    );
}

#[tokio::test]
async fn a_replay_to_all_passes_over_those_who_are_done_unless_forced() {
    let stack = shared().await;
    // An ordered subscription, two buffered ones and a queue.
    let kind = fresh("trial.replayed");
    let (reference, _) = accepted(&stack, &kind, 800).await;
    let one = vec![reference];
    let processors = ["trial", "trial-queue", "trial-ordered", "audit"];
    for processor in processors {
        until_begun(&stack, &one, processor, 1).await;
    }
    let dry = ["replay", &one[0], "--dry-run", "--json"];
    let dry: Value = operate(&stack, &dry).await.json().unwrap();
    assert_eq!((&dry["events"], &dry["sent"]), (&1.into(), &0.into()));
    let dry = [
        "replay",
        "--type",
        &kind,
        "--since",
        "1h",
        "--dry-run",
        "--json",
    ];
    let dry: Value = operate(&stack, &dry).await.json().unwrap();
    assert_eq!((&dry["events"], &dry["sent"]), (&1.into(), &0.into()));

    let polite: Value = stack
        .operate(&["replay", &one[0], "--json"])
        .await
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(polite["sent"], 1);
    let forced: Value = stack
        .operate(&["replay", &one[0], "--force", "--json"])
        .await
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(forced["sent"], 1);
    for processor in processors {
        until_begun(&stack, &one, processor, 2).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let records = stack.records(&one[0]).await.unwrap();
    for processor in processors {
        assert_eq!(
            records[processor].attempts, 2,
            "{processor}: the polite replay was taken too"
        );
    }
    let shown: Value = stack
        .operate(&["events", "show", &one[0], "--json"])
        .await
        .unwrap()
        .json()
        .unwrap();
    let processed = shown["processed"].as_array().unwrap();
    assert!(
        processed
            .iter()
            .all(|one| one["replayid"] == forced["replayid"]),
        "{shown}"
    );
    assert_eq!(
        list(&stack, &kind).await.len(),
        1,
        "a replay is no event of its own"
    );

    // Only the ordered one, by a row that the router skips.
    let ordered = [
        "replay",
        &one[0],
        "--force",
        "--subscription",
        "trial-ordered",
    ];
    operate(&stack, &ordered).await;
    until_begun(&stack, &one, "trial-ordered", 3).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let records = stack.records(&one[0]).await.unwrap();
    assert_eq!(
        (records["trial"].attempts, records["trial-ordered"].attempts),
        (2, 3)
    );
    let not_its = stack
        .run(&["replay", &one[0], "--subscription", "invoices"])
        .await
        .unwrap();
    assert_eq!(not_its.exit, Some(2), "{not_its:?}");
}
