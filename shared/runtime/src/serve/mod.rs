//! The loop of a function whose invocations hand over large events: decision 0058.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

mod http;

use std::{
    any::Any,
    fmt,
    future::poll_fn,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

use bytes::BytesMut;
use serde::Serialize;
use tracing::{error, warn};

use self::http::{Http, Reply};
use crate::Settings;

/// Where the Runtime API is.
#[derive(Debug)]
pub struct RuntimeApi(String);

impl RuntimeApi {
    /// Reads `AWS_LAMBDA_RUNTIME_API`: a host and a port.
    pub fn of<R: Fn(&str) -> Option<String>>(settings: &mut Settings<R>) -> Self {
        Self(settings.text("AWS_LAMBDA_RUNTIME_API"))
    }
}

/// One event to work on.
pub struct Invocation {
    /// The event's exact bytes, in a buffer that has no other owner.
    pub event: BytesMut,
    /// Names the invocation in Lambda's log.
    pub request_id: String,
    /// X-Ray's header, if Lambda traces.
    pub trace_id: Option<String>,
}

/// Why an invocation failed, for the caller of the function.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// A stable name.
    pub error_type: &'static str,
    /// One sentence.
    pub error_message: String,
}

impl Failure {
    /// The event is not of the form that it must have. Logs where, and nothing of what it holds.
    #[must_use]
    pub fn unreadable(problem: &serde_json::Error) -> Self {
        let (line, column) = (problem.line(), problem.column());
        error!(line, column, category = ?problem.classify(), "the event cannot be read");
        Self {
            error_type: "EventUnreadable",
            error_message: "the event cannot be read".to_owned(),
        }
    }

    fn panicked(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or("no text");
        error!(error = text, "the function panicked");
        Self {
            error_type: "Panic",
            error_message: format!("the function panicked: {text}"),
        }
    }
}

/// The Runtime API cannot be reached or does not answer as it must: end the process.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The connection failed.
    #[error("the Runtime API is gone")]
    Gone(#[from] io::Error),
    /// It gave no event.
    #[error("the Runtime API answered {0} instead of an event")]
    NoEvent(u16),
    /// An event without its id cannot be answered.
    #[error("the event has no id")]
    NoId,
    /// The answer cannot be written as JSON.
    #[error("the answer is no JSON")]
    Answer(#[from] serde_json::Error),
}

/// Works on one event after the other. A panic fails its invocation only. Ends when the Runtime
/// API does.
pub async fn serve<T: Serialize>(
    api: RuntimeApi,
    work: impl AsyncFn(Invocation) -> Result<T, Failure>,
) -> ServeError {
    let mut http = Http::new(api.0);
    loop {
        if let Err(ended) = round(&mut http, &work).await {
            return ended;
        }
    }
}

async fn round<T: Serialize>(
    http: &mut Http,
    work: &impl AsyncFn(Invocation) -> Result<T, Failure>,
) -> Result<(), ServeError> {
    let next = http
        .send(format_args!("GET {RUNTIME}/invocation/next"), "", b"")
        .await?;
    let Reply {
        status: 200, body, ..
    } = next
    else {
        return Err(ServeError::NoEvent(next.status));
    };
    let request_id = next.request_id.ok_or(ServeError::NoId)?;
    // Lambda refuses an answer to an invocation that it gave up.
    let echo = next.invocation_id;
    let echo = echo.map(|id| format!("lambda-runtime-invocation-id: {id}\r\n"));
    let echo = echo.unwrap_or_default();
    let invocation = Invocation {
        event: body,
        request_id: request_id.clone(),
        trace_id: next.trace_id,
    };
    let invocation_path = format!("POST {RUNTIME}/invocation/{request_id}");
    let answered = match caught(work(invocation)).await {
        Ok(answer) => {
            let answer = serde_json::to_vec(&answer)?;
            http.send(format_args!("{invocation_path}/response"), &echo, &answer)
                .await?
        }
        Err(failure) => {
            let headers = format!("{echo}lambda-runtime-function-error-type: unhandled\r\n");
            let failure = serde_json::to_vec(&failure)?;
            http.send(format_args!("{invocation_path}/error"), &headers, &failure)
                .await?
        }
    };
    if answered.status != 202 {
        warn!(status = answered.status, "Lambda did not take the answer");
    }
    Ok(())
}

const RUNTIME: &str = "/2018-06-01/runtime";

/// A panic is a failure.
async fn caught<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut work = pin!(work);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(Failure::panicked(&*panic))))
    })
    .await
}

/// Without the event, which holds what nobody may read in a log.
impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
