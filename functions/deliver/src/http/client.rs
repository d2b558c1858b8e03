//! Requests over connections that are used again.
//!
//! HTTP/1.1: an instance of the function sends a few requests at a time, so that the many requests
//! in one connection of HTTP/2 would gain nothing.

use std::{
    error::Error as _,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Timestamp;
use http_body_util::BodyExt as _;
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
    header::RETRY_AFTER,
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    attempt::{retry, retry_after},
    body::Outbound,
    dial::{Dialer, Resolve, Stream},
};
use crate::destination::{ANSWER_MAX_BYTES, Outcome};

/// Common servers close a connection that was idle for 5 seconds, and tell us in a packet that does
/// not reach a frozen function. A request on such a connection is lost and nobody knows whether it
/// was read. A handshake more costs less than that doubt.
const IDLE_FOR_AT_MOST_S: i64 = 4;

/// What an answer's end may take when only the connection is of interest.
const DRAIN: Duration = Duration::from_millis(100);

/// Of a destination's headers, and of what is written at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// Sends requests to one URL.
pub(super) struct Client<R> {
    dialer: Dialer<R>,
    idle: Mutex<Vec<Idle>>,
    now: fn() -> Timestamp,
}

struct Idle {
    connection: SendRequest<Outbound>,
    /// By the clock of the world: the other one stands still while the function is frozen.
    since: Timestamp,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) after: Option<Duration>,
    /// As much as was asked for.
    pub(super) text: Vec<u8>,
}

impl<R: Resolve> Client<R> {
    pub(super) fn new(dialer: Dialer<R>, now: fn() -> Timestamp) -> Self {
        Self {
            dialer,
            idle: Mutex::default(),
            now,
        }
    }

    /// Opens a connection if none is at hand: the next request is then on its way at once.
    pub(super) async fn warm(&self, until: Instant) -> Result<(), Outcome> {
        match self.take() {
            // It is no younger for having been looked at.
            Some(idle) => self.idle().push(idle),
            None => {
                let connection = self.connect(until).await?;
                self.keep(connection).await;
            }
        }
        Ok(())
    }

    /// Sends a request and reads the answer, of which `keep` bytes are of interest. Both end by
    /// `until`.
    pub(super) async fn send(
        &self,
        request: Request<Outbound>,
        until: Instant,
        keep: impl Fn(StatusCode) -> usize,
    ) -> Result<Answer, Outcome> {
        let exchange = timeout_at(until, self.exchange(request, until)).await;
        let (connection, response) = exchange.map_err(|_| retry("timeout"))??;
        let (head, body) = response.into_parts();
        let now = (self.now)();
        let after = head.headers.get(RETRY_AFTER);
        let after = after.and_then(|after| retry_after(after, now.into()));
        let keep = keep(head.status);
        let until = if keep == 0 {
            until.min(Instant::now() + DRAIN)
        } else {
            until
        };
        let (mut text, ended) = read(body, keep.max(ANSWER_MAX_BYTES), until).await;
        text.truncate(keep);
        if ended {
            self.keep(connection).await;
        }
        Ok(Answer {
            status: head.status,
            after,
            text,
        })
    }

    async fn exchange(
        &self,
        mut request: Request<Outbound>,
        until: Instant,
    ) -> Result<(SendRequest<Outbound>, Response<Incoming>), Outcome> {
        // What happened to idle connections while the function was frozen is known to the kernel
        // only: the runtime looks now.
        tokio::task::yield_now().await;
        while let Some(Idle { mut connection, .. }) = self.take() {
            match connection.try_send_request(request).await {
                Ok(response) => return Ok((connection, response)),
                // Only a request of which no byte was sent is given back.
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(broken(&failed.into_error())),
                },
            }
        }
        let mut connection = self.connect(until).await?;
        match connection.send_request(request).await {
            Ok(response) => Ok((connection, response)),
            Err(error) => Err(broken(&error)),
        }
    }

    async fn connect(&self, until: Instant) -> Result<SendRequest<Outbound>, Outcome> {
        match self.dialer.dial(until).await? {
            Stream::Plain(stream) => shake_hands(TokioIo::new(stream)).await,
            Stream::Tls(stream) => shake_hands(TokioIo::new(*stream)).await,
        }
    }

    /// A connection that is idle, and has not been for long.
    fn take(&self) -> Option<Idle> {
        let now = (self.now)();
        let fresh = |one: &Idle| {
            let age = now.duration_since(one.since).as_secs();
            (0..IDLE_FOR_AT_MOST_S).contains(&age) && one.connection.is_ready()
        };
        let mut idle = self.idle();
        idle.retain(fresh);
        idle.pop()
    }

    /// Keeps a connection whose request is over, unless its end was announced.
    async fn keep(&self, mut connection: SendRequest<Outbound>) {
        if matches!(timeout(DRAIN, connection.ready()).await, Ok(Ok(()))) {
            let since = (self.now)();
            self.idle().push(Idle { connection, since });
        }
    }

    /// A panic elsewhere leaves whole entries behind.
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn shake_hands<I>(io: I) -> Result<SendRequest<Outbound>, Outcome>
where
    I: Read + Write + Send + Unpin + 'static,
{
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(BUFFER_BYTES)
        .handshake(io)
        .await
        .map_err(|error| broken(&error))?;
    // Its failure is that of the request on it.
    tokio::spawn(async { drop(connection.await) });
    Ok(sender)
}

fn broken(error: &hyper::Error) -> Outcome {
    // A server that refuses our certificate says so only after the handshake.
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    let by_tls = cause.is_some_and(|cause| cause.kind() == io::ErrorKind::InvalidData);
    retry(if error.is_parse() {
        "bad_answer"
    } else if by_tls {
        "tls"
    } else {
        "connection_lost"
    })
}

/// Reads at most this much, and says whether that was all.
async fn read(mut body: Incoming, limit: usize, until: Instant) -> (Vec<u8>, bool) {
    let mut text = Vec::new();
    loop {
        match timeout_at(until, body.frame()).await {
            Ok(None) => return (text, true),
            Ok(Some(Ok(frame))) => {
                let data = frame.into_data().unwrap_or_default();
                let room = limit - text.len();
                text.extend(data.iter().take(room));
                if data.len() > room {
                    return (text, false);
                }
            }
            Ok(Some(Err(_))) | Err(_) => return (text, false),
        }
    }
}
