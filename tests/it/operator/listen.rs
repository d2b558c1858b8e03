//! `coatcheck listen` on the stack: what a program gets, and which libraries accept it.

use std::{collections::BTreeMap, path::Path, process::Stdio, sync::Arc};

use base64_simd::STANDARD;
use e2e::{Delivery, Sender, Stack};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::Mutex,
};

use crate::support::{JSON, fresh, shared};

/// A request, names of headers in lower case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Got {
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// A program on this machine that answers everything with 200.
pub(crate) struct Program {
    pub(crate) url: String,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Program {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let all = got.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let all = all.clone();
                tokio::spawn(async move { serve(stream, &all).await });
            }
        });
        Self { url, got }
    }
}

async fn serve(stream: TcpStream, all: &Mutex<Vec<Got>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut got = Got::default();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) => {
                    got.headers.insert(name.to_lowercase(), value.to_owned());
                }
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        let length = got
            .headers
            .get("content-length")
            .map_or("0", String::as_str);
        got.body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut got.body).await?;
        all.lock().await.push(got);
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await?;
    }
}

/// Listens once, from five minutes ago, to events of a type, with a place of its own.
pub(crate) async fn listen(stack: &Stack, program: &Program, kind: &str, more: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    let to = program.url.clone();
    let mut args = vec![
        "listen", "--to", &to, "--once", "--since", "5m", "--type", kind,
    ];
    args.extend(more);
    let mut command = stack.coatcheck(home.path(), &args).unwrap();
    command.env("XDG_STATE_HOME", home.path());
    let output: e2e::CommandOutput = command.output().await.unwrap().into();
    assert_eq!(output.exit, Some(0), "{output:?}");
}

/// What libraries say of deliveries; `None`: there is no node.
async fn ask(deliveries: &Value) -> Option<Vec<Value>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("witness/node/deliveries.mjs");
    let started = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut node = match started {
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("SKIPPED: node is not there, so no library was asked");
            return None;
        }
        node => node.unwrap(),
    };
    let mut stdin = node.stdin.take().unwrap();
    stdin
        .write_all(deliveries.to_string().as_bytes())
        .await
        .unwrap();
    drop(stdin);
    let output = node.wait_with_output().await.unwrap();
    assert!(output.status.success(), "run scripts/tools witness first");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

async fn send(
    stack: &Stack,
    endpoint: &str,
    headers: &[(&str, &str)],
    body: String,
) -> (String, Delivery) {
    let sender = Sender::of(stack, endpoint).await.unwrap();
    let mut delivery = sender.sign(headers, body).unwrap();
    let more = [("user-agent", "provider/1"), ("x-trace", "t-1")];
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    delivery.headers.extend(more);
    let reply = delivery.send(stack).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    (sender.secret, delivery)
}

#[tokio::test]
async fn the_providers_own_libraries_verify_what_listen_delivers() {
    let stack = shared().await;
    let kind = fresh("listened");
    let id = fresh("msg");
    let body = |id: &str| json!({"id": id, "type": kind, "data": "\u{e9}\u{1f9e5}"}).to_string();
    let github = [
        ("x-github-event", kind.as_str()),
        ("x-github-delivery", &id),
        JSON,
    ];
    let sent = [
        (
            "octokit",
            "github",
            send(&stack, "github", &github, body("a")).await,
        ),
        (
            "octokit",
            "direct-github",
            send(&stack, "direct-github", &github, body("b")).await,
        ),
        (
            "stripe",
            "stripe",
            send(&stack, "stripe", &[JSON], body(&id)).await,
        ),
        (
            "standardwebhooks",
            "billing",
            send(&stack, "billing", &[("webhook-id", &id), JSON], body("c")).await,
        ),
    ];
    let program = Program::start().await;
    // The index and `admit` may be behind.
    let mut got = Vec::new();
    for _ in 0..30 {
        program.got.lock().await.clear();
        listen(&stack, &program, &kind, &[]).await;
        got = program.got.lock().await.clone();
        if got.len() == sent.len() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    }
    assert_eq!(got.len(), sent.len(), "{got:?}");
    let mut questions = Vec::new();
    for (library, endpoint, (secret, delivery)) in &sent {
        let found = got.iter().find(|got| got.body == delivery.body);
        let found = found.unwrap_or_else(|| panic!("{endpoint}: {got:?}"));
        // All that was sent, but for what nobody asked to keep.
        for (name, value) in &delivery.headers {
            let is_kept = name != "x-trace" && (name != "user-agent" || *endpoint == "github");
            let got = found.headers.get(&name.to_lowercase());
            assert_eq!(got == Some(value), is_kept, "{endpoint}: {name}: {found:?}");
        }
        for body in [&found.body[..], b"forged"] {
            questions.push(json!({
                "library": library, "secret": secret, "headers": found.headers,
                "body": STANDARD.encode_to_string(body),
            }));
        }
    }
    if let Some(answers) = ask(&Value::from(questions)).await {
        for (pair, (library, ..)) in answers.chunks(2).zip(&sent) {
            assert_eq!(pair[0], true, "{library}");
            assert_ne!(pair[1], true, "{library} accepts a forgery");
        }
    }
}
