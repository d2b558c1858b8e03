//! A destination that misbehaves on command: a server on this machine that remembers every request, and answers each as
//! a test planned. One port speaks HTTP and HTTPS.

mod answer;
mod certificates;
mod connection;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio_rustls::TlsAcceptor;

pub use answer::Answer;
pub use certificates::Certificates;

/// One request, as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    /// When its head was read: before the body.
    pub at: Instant,
    /// `POST` and the like.
    pub method: String,
    /// The path of the URL.
    pub path: String,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// What came of the body.
    pub body: Vec<u8>,
    /// Whether all of it came.
    pub complete: bool,
    /// Whether the connection was encrypted.
    pub tls: bool,
    /// Whether the client proved who it is, with a certificate of our CA.
    pub certified: bool,
}

impl Request {
    /// The first header of this name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The ref of the event that it carries.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.header("ce-ref").unwrap_or_default()
    }
}

/// The server. It serves until the process ends.
#[derive(Debug, Clone)]
pub struct Destination {
    /// Where it listens.
    pub address: SocketAddr,
    /// What HTTPS needs.
    pub certificates: Arc<Certificates>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Request>,
    plans: HashMap<String, Plan>,
}

#[derive(Debug)]
struct Plan {
    answers: Vec<Answer>,
    next: usize,
}

impl Destination {
    /// Listens on this port of the loopback interface; 0 for any that is free. It has a thread of its own, since the
    /// runtime of a test ends with the test.
    ///
    /// # Errors
    /// If the port is taken, or no certificate can be made.
    pub fn start(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("port {port} is taken"))?;
        listener.set_nonblocking(true)?;
        let destination = Self {
            address: listener.local_addr()?,
            certificates: Arc::new(Certificates::new()?),
            state: Arc::default(),
        };
        let tls = TlsAcceptor::from(Arc::new(destination.certificates.server()?));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let serving = destination.clone();
        thread::spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                    return;
                };
                loop {
                    if let Ok((stream, _)) = listener.accept().await {
                        tokio::spawn(connection::serve(serving.clone(), tls.clone(), stream));
                    }
                }
            });
        });
        Ok(destination)
    }

    /// Plans the answers to what comes for a path, or to the requests that carry one event: the n-th request gets the
    /// n-th answer, and all later ones the last. An event's plan goes before its path's. Without a plan the answer is 200.
    ///
    /// # Panics
    /// Without an answer.
    pub fn plan(&self, path_or_ref: &str, answers: impl Into<Vec<Answer>>) {
        let answers = answers.into();
        assert!(!answers.is_empty(), "a plan has an answer");
        let plan = Plan { answers, next: 0 };
        self.state().plans.insert(path_or_ref.to_owned(), plan);
    }

    /// What came for a path, or with one event, oldest first.
    #[must_use]
    pub fn requests(&self, path_or_ref: &str) -> Vec<Request> {
        let state = self.state();
        let of = |one: &&Request| one.path == path_or_ref || one.reference() == path_or_ref;
        state.requests.iter().filter(of).cloned().collect()
    }

    /// Waits for this many requests.
    ///
    /// # Errors
    /// If they do not come within that time.
    pub async fn wait_for(
        &self,
        path_or_ref: &str,
        count: usize,
        at_most: Duration,
    ) -> Result<Vec<Request>> {
        let what = format!("{count} requests for {path_or_ref}");
        let waited = crate::wait_for(&what, at_most, async || {
            let found = self.requests(path_or_ref);
            Ok((found.len() >= count).then_some(found))
        });
        waited
            .await
            .with_context(|| format!("{} came", self.requests(path_or_ref).len()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a request whose head was read, and says what it gets.
    fn began(&self, request: Request) -> (usize, Answer) {
        let mut state = self.state();
        let reference = request.reference().to_owned();
        let key = if state.plans.contains_key(&reference) {
            reference
        } else {
            request.path.clone()
        };
        let answer = state.plans.get_mut(&key).and_then(Plan::take);
        state.requests.push(request);
        let number = state.requests.len() - 1;
        (number, answer.unwrap_or(Answer::status(200)))
    }

    /// Remembers more of a body.
    fn read(&self, number: usize, piece: &[u8], complete: bool) {
        if let Some(request) = self.state().requests.get_mut(number) {
            request.body.extend_from_slice(piece);
            request.complete = complete;
        }
    }
}

impl Plan {
    fn take(&mut self) -> Option<Answer> {
        let at = self.next.min(self.answers.len().saturating_sub(1));
        self.next += 1;
        self.answers.get(at).cloned()
    }
}
