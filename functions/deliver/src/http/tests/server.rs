//! A server that answers as a test says, and remembers what it was sent.

use std::{
    collections::BTreeMap,
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::digest::{Context, SHA256};
use domain::Digest;
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

/// What the server does with a request.
#[derive(Clone)]
pub(super) enum Reply {
    /// Answers, and waits for the next request on the connection.
    Answer(String),
    /// Answers, and closes the connection without having said so.
    Last(String),
    /// Answers before it has read the body.
    Early(String),
    /// An answer before the body, which is read afterwards.
    BeforeReading(String),
    /// Never answers.
    Hang,
    /// Closes the connection.
    Reset,
    /// Sends this, and then a byte of it after each pause.
    Drip(&'static str, &'static str, Duration),
}

/// One request.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) line: String,
    pub(super) headers: BTreeMap<String, String>,
    /// Its first bytes, enough for a test to look at.
    pub(super) body: Vec<u8>,
    pub(super) size: u64,
    pub(super) sha256: Option<Digest>,
    /// Whether all of it came.
    pub(super) complete: bool,
}

type Script = dyn Fn(usize, &Seen) -> Reply + Send + Sync;

/// A server on this machine.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

/// An answer of this status, with this text.
pub(super) fn answer(status: u16, headers: &str, text: &str) -> String {
    let size = text.len();
    format!("HTTP/1.1 {status} X\r\n{headers}content-length: {size}\r\n\r\n{text}")
}

impl Server {
    /// Answers the n-th request as the script says.
    pub(super) async fn start(
        script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::at((Ipv4Addr::LOCALHOST, 0).into(), None, script).await
    }

    /// Answers every request with this status.
    pub(super) async fn of_status(status: u16) -> Self {
        Self::start(move |_, _| Reply::Answer(answer(status, "", ""))).await
    }

    pub(super) async fn at(
        address: SocketAddr,
        tls: Option<ServerConfig>,
        script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            connections: Arc::default(),
        };
        let (seen, connections) = (Arc::clone(&server.seen), Arc::clone(&server.connections));
        let script: Arc<Script> = Arc::new(script);
        let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    accept(stream, acceptor, Serving { seen, script }).await;
                });
            }
        });
        server
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

struct Serving {
    seen: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Script>,
}

async fn accept(stream: TcpStream, acceptor: Option<TlsAcceptor>, serving: Serving) {
    match acceptor {
        None => serving.serve(stream).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                serving.serve(stream).await;
            }
        }
    }
}

impl Serving {
    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin + Send) {
        while let Some((mut request, rest)) = Self::head(&mut stream).await {
            let number = self.seen.lock().unwrap().len();
            self.seen.lock().unwrap().push(request.clone());
            match (self.script)(number, &request) {
                Reply::Early(answer) => {
                    let _ = stream.write_all(answer.as_bytes()).await;
                    sleep(Duration::from_millis(200)).await;
                    return;
                }
                Reply::BeforeReading(answer) => {
                    let _ = stream.write_all(answer.as_bytes()).await;
                    sleep(Duration::from_millis(200)).await;
                    Self::body(&mut stream, &mut request, rest).await;
                    self.seen.lock().unwrap()[number] = request;
                    return;
                }
                _ => {}
            }
            Self::body(&mut stream, &mut request, rest).await;
            self.seen.lock().unwrap()[number] = request.clone();
            if !request.complete {
                return;
            }
            if !Self::answer(&mut stream, (self.script)(number, &request)).await {
                return;
            }
        }
    }

    /// Whether there may be another request.
    async fn answer(stream: &mut (impl AsyncWrite + Unpin), reply: Reply) -> bool {
        match reply {
            Reply::Answer(answer) => stream.write_all(answer.as_bytes()).await.is_ok(),
            Reply::Last(answer) | Reply::Early(answer) | Reply::BeforeReading(answer) => {
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.flush().await;
                false
            }
            Reply::Hang => {
                std::future::pending::<()>().await;
                false
            }
            Reply::Reset => false,
            Reply::Drip(at_once, slowly, pause) => {
                let _ = stream.write_all(at_once.as_bytes()).await;
                for byte in slowly.bytes() {
                    sleep(pause).await;
                    if stream.write_all(&[byte]).await.is_err() {
                        return false;
                    }
                }
                true
            }
        }
    }

    async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Option<(Seen, Vec<u8>)> {
        let mut read = Vec::new();
        let end = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            let mut piece = [0; 4096];
            match stream.read(&mut piece).await {
                Ok(count) if count > 0 => read.extend_from_slice(&piece[..count]),
                _ => return None,
            }
        };
        let head = String::from_utf8(read[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let request = Seen {
            line: lines.next().unwrap().to_owned(),
            headers: lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            ..Seen::default()
        };
        Some((request, read[end + 4..].to_vec()))
    }

    async fn body(stream: &mut (impl AsyncRead + Unpin), request: &mut Seen, mut piece: Vec<u8>) {
        let size = request.headers.get("content-length");
        let size: u64 = size.map_or(0, |size| size.parse().unwrap());
        let mut digest = Context::new(&SHA256);
        loop {
            request.size += piece.len() as u64;
            digest.update(&piece);
            let room = 8192_usize.saturating_sub(request.body.len());
            request.body.extend(piece.iter().take(room));
            if request.size >= size {
                break;
            }
            piece = vec![0; 16 * 1024];
            match stream.read(&mut piece).await {
                Ok(count) if count > 0 => piece.truncate(count),
                _ => return,
            }
        }
        request.complete = request.size == size;
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest.finish().as_ref());
        request.sha256 = Some(Digest(sha256));
    }
}

/// Waits until something holds, or fails after a while.
pub(super) async fn eventually<F: Future<Output = ()>>(
    holds: impl Fn() -> bool,
    pause: impl Fn() -> F,
) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        pause().await;
    }
    panic!("it never came to hold");
}
