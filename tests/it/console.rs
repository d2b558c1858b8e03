//! The console in a real browser. This starts it; `tests/browser` says what the browser does.

use std::{
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use e2e::{Sender, Stack};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
    task::JoinHandle,
    time::timeout,
};

use crate::support::{PATIENCE, shared};

/// The endpoint and the subscription that no other test uses.
const OURS: &str = "console";

/// A console that runs.
struct Started {
    child: Child,
    url: String,
    said: JoinHandle<String>,
}

impl Started {
    /// On a free port.
    async fn with(stack: &Stack, flags: &[&str]) -> Self {
        let args = [&["console", "--no-open", "--port", "0"], flags].concat();
        let mut command = stack.coatcheck(Path::new("/dev/null"), &args).unwrap();
        let mut child = command.spawn().unwrap();
        let mut errors = child.stderr.take().unwrap();
        let said = tokio::spawn(async move {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text).await;
            text
        });
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, out.next_line()).await.unwrap();
        let url = line.unwrap().unwrap_or_default();
        assert!(
            url.starts_with("http://"),
            "the console said no address: {url:?}"
        );
        Self { child, url, said }
    }

    /// Ends it as Ctrl-C does, and returns what it said on the terminal.
    async fn end(mut self) -> String {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().await;
        assert!(sent.unwrap().success());
        let status = timeout(Duration::from_secs(20), self.child.wait()).await;
        let said = self.said.await.unwrap();
        let status = status.expect("the console ends on Ctrl-C").unwrap();
        assert!(status.success(), "{status}: {said}");
        said
    }
}

/// Runs a file of `tests/browser` against a console of its own; returns what the console said.
async fn browse(file: &str, flags: &[&str]) -> String {
    let stack = shared().await;
    let sender = Sender::of(&stack, OURS).await.unwrap();
    let console = Started::with(&stack, flags).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let facts = json!({
        "url": console.url,
        "operate": flags.contains(&"--operate"),
        "endpoint": {
            "name": OURS,
            "url": format!("{}/hooks/{OURS}", stack.outputs.base_url),
            "secret": sender.secret,
        },
        "subscription": OURS,
        "pictures": folder.join("../../target/pictures"),
    });
    let output: Output = Command::new("node")
        .args([
            "--test",
            "--test-reporter=spec",
            &format!("{file}.test.mjs"),
        ])
        .current_dir(folder)
        .env("COATCHECK_CONSOLE", facts.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = console.end().await;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\nThe console said:\n{said}");
    // Tests in the browser may be skipped, and a file may hold none.
    assert!(
        text.contains("pass ") && !text.contains("pass 0\n"),
        "{text}"
    );
    assert!(!said.contains("token="), "{said}");
    said
}

#[tokio::test]
async fn an_event_is_found_read_and_followed() {
    let said = browse("reading", &[]).await;
    assert!(said.contains("read-only"), "{said}");
}

#[tokio::test]
async fn what_can_be_changed_is_changed_and_logged() {
    let said = browse("operating", &["--operate"]).await;
    // When, who, what, and how it ended.
    for what in ["replay", "redrive", "purge", "pause", "resume", "rotate"] {
        let line = |end: &str| {
            let lines = said.lines();
            lines
                .filter(|line| {
                    line.contains(what) && line.contains("arn:aws") && line.contains(end)
                })
                .count()
        };
        assert!(line("starts") >= 1 && line("done") >= 1, "{what}: {said}");
    }
    assert!(!said.contains("whsec_"), "a secret on the terminal: {said}");
}

#[tokio::test]
async fn without_operate_every_change_is_refused() {
    let said = browse("read-only", &[]).await;
    assert!(!said.contains("starts"), "{said}");
}

#[tokio::test]
async fn hostile_content_is_text() {
    browse("hostile", &["--operate"]).await;
}

#[tokio::test]
async fn attacks_are_refused() {
    let said = browse("attacks", &["--operate"]).await;
    assert!(
        !said.contains("pause"),
        "an attack changed something: {said}"
    );
}

#[tokio::test]
async fn each_page_is_accessible_and_fits_in_both_themes() {
    browse("pages", &["--operate"]).await;
}
