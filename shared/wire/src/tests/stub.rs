use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the server does with a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Answers, and keeps the connection.
    Answer(u16, &'static str),
    /// Answers for the current version of a secret, and for the previous one.
    Versions([(u16, &'static str); 2]),
    /// Answers, and then closes the connection without a word about it.
    AnswerAndClose(u16, &'static str),
    /// Closes the connection instead of an answer.
    Close,
    /// Announces more of an answer than it sends, and closes the connection.
    Cut(&'static str),
    /// The same, and then is silent.
    Stall(&'static str),
}

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(have, _)| have == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Shared {
    steps: Mutex<VecDeque<Step>>,
    requests: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
}

/// The server. Steps are taken one for each request; after the last, it is silent.
pub(super) struct Stub {
    port: u16,
    shared: Arc<Shared>,
}

impl Stub {
    pub(super) async fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        shared.steps.lock().unwrap().extend(steps);
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(connection(stream, Arc::clone(&serving)));
            }
        });
        Self { port, shared }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn requests(&self) -> Vec<Seen> {
        self.shared.requests.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    while let Some(seen) = request(&mut stream).await {
        let asks_for_previous = String::from_utf8_lossy(&seen.body).contains("AWSPREVIOUS");
        shared.requests.lock().unwrap().push(seen);
        let step = shared.steps.lock().unwrap().pop_front();
        let (status, text) = match step {
            Some(Step::Answer(status, text) | Step::AnswerAndClose(status, text)) => (status, text),
            Some(Step::Versions(versions)) => versions[usize::from(asks_for_previous)],
            Some(Step::Cut(text) | Step::Stall(text)) => (200, text),
            Some(Step::Close) => return,
            None => return std::future::pending().await,
        };
        let is_part = matches!(step, Some(Step::Cut(_) | Step::Stall(_)));
        let length = text.len() + usize::from(is_part);
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n\r\n{text}");
        stream.get_mut().write_all(answer.as_bytes()).await.unwrap();
        match step {
            Some(Step::AnswerAndClose(..) | Step::Cut(_)) => return,
            Some(Step::Stall(_)) => return std::future::pending().await,
            _ => {}
        }
    }
}

async fn request(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut seen = Seen::default();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        match line.split_once(": ") {
            Some((name, value)) if !seen.line.is_empty() => {
                seen.headers.push((name.to_owned(), value.to_owned()));
            }
            _ => seen.line = line.to_owned(),
        }
    }
    let length = seen.header("content-length").parse().unwrap_or(0);
    seen.body = vec![0; length];
    stream.read_exact(&mut seen.body).await.ok()?;
    Some(seen)
}
