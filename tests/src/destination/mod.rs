//! A destination that misbehaves on command: a server on this machine that remembers every request, and answers each as
//! a test planned. One port speaks HTTP and HTTPS.

mod answer;
mod certificates;
mod connection;
mod record;
#[cfg(test)]
mod tests;

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use tokio_rustls::TlsAcceptor;

pub use answer::Answer;
pub use certificates::Certificates;
pub use record::Request;
use record::{Plan, Records};

use crate::recording;

/// The server. It serves until the process ends.
#[derive(Debug, Clone)]
pub struct Destination {
    /// Where it listens.
    pub address: SocketAddr,
    /// What HTTPS needs.
    pub certificates: Arc<Certificates>,
    records: Records,
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
            records: Records::default(),
        };
        let tls = TlsAcceptor::from(Arc::new(destination.certificates.server()?));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let records = destination.records.clone();
        thread::spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                    return;
                };
                loop {
                    if let Ok((stream, _)) = listener.accept().await {
                        tokio::spawn(connection::serve(records.clone(), tls.clone(), stream));
                    }
                }
            });
        });
        Ok(destination)
    }

    /// From now on, writes each whole request into a file: one JSON object a line, with its headers.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn record_into(&self, path: &Path) -> Result<()> {
        self.records.state().recording = Some(recording::open(path)?);
        Ok(())
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
        self.records
            .state()
            .plans
            .insert(path_or_ref.to_owned(), plan);
    }

    /// What came for a path, or with one event, oldest first.
    #[must_use]
    pub fn requests(&self, path_or_ref: &str) -> Vec<Request> {
        let state = self.records.state();
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
}
