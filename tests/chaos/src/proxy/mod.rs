//! The proxy between the functions and the stores. It passes every call on unchanged until it has a plan.
//!
//! `PUT /_faults` gives it a [`Plan`], `GET /_faults` asks what it has done ([`Report`]).

mod refusal;
#[cfg(test)]
mod tests;
mod upstream;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Result;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Frame, Incoming},
    header::{CONTENT_LENGTH, HeaderValue},
    http::request::Parts,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::{TcpListener, TcpStream};
use tracing::{info, warn};

use crate::{
    call::Call,
    plan::{Fault, Plan},
};

/// Where it is told what to do. No service has such a path.
pub(crate) const CONTROL: &str = "/_faults";

/// The connection ends here, on purpose or because the cloud gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection ends here")
    }
}

impl std::error::Error for Broken {}

type Answer = Response<UnsyncBoxBody<Bytes, Broken>>;

/// What the proxy has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Calls, by class.
    pub calls: BTreeMap<String, u64>,
    /// Faults, by class and kind: `s3:PutObject lose-answer`.
    pub faults: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct State {
    plan: Plan,
    report: Report,
}

/// A proxy in front of one cloud.
#[derive(Debug)]
pub struct Proxy {
    /// `host:port` of the cloud.
    cloud: String,
    state: Mutex<State>,
}

impl Proxy {
    /// In front of the cloud at this URL.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let cloud = url.trim_start_matches("http://").trim_end_matches('/');
        Self {
            cloud: cloud.to_owned(),
            state: Mutex::default(),
        }
    }

    /// Serves until it is dropped.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(tokio::spawn(Arc::clone(&self).attend(stream))),
                Err(error) => {
                    warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn attend(self: Arc<Self>, stream: TcpStream) {
        let service = service_fn(|request| {
            let proxy = Arc::clone(&self);
            async move { proxy.handle(request).await }
        });
        // An error here is a fault that was wanted, or a client that went away.
        drop(
            http1::Builder::new()
                .preserve_header_case(true)
                .serve_connection(TokioIo::new(stream), service)
                .await,
        );
    }

    async fn handle(&self, request: Request<Incoming>) -> Result<Answer, Broken> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
        if parts.uri.path() == CONTROL {
            return Ok(whole(self.control(&parts.method, &body)));
        }
        let call = Call::of(&parts, &body);
        let Some(fault) = self.count(&call) else {
            return Ok(whole(self.exchange(&parts, body).await?));
        };
        match fault {
            Fault::Drop => Err(Broken),
            Fault::LoseAnswer => {
                self.exchange(&parts, body).await?;
                Err(Broken)
            }
            Fault::Delay(pause) => {
                tokio::time::sleep(pause).await;
                Ok(whole(self.exchange(&parts, body).await?))
            }
            Fault::Duplicate => {
                self.exchange(&parts, body.clone()).await?;
                Ok(whole(self.exchange(&parts, body).await?))
            }
            Fault::Truncate => half(self.exchange(&parts, body).await?),
            Fault::Fail(status) => Ok(whole(refusal::failed(&call, status))),
            Fault::Throttle => Ok(whole(refusal::throttled(&call))),
        }
    }

    async fn exchange(&self, parts: &Parts, body: Bytes) -> Result<Response<Bytes>, Broken> {
        let answer = upstream::exchange(&self.cloud, parts, body).await;
        answer.map_err(|error| {
            warn!(%error, "the local cloud gave no answer");
            Broken
        })
    }

    /// Counts a call, and says what happens to it.
    fn count(&self, call: &Call) -> Option<Fault> {
        let mut state = self.state();
        let number = state.report.calls.entry(call.class.clone()).or_default();
        *number += 1;
        let number = *number;
        let fault = state.plan.choose(&call.class, number)?;
        let name = format!("{} {}", call.class, fault.name());
        *state.report.faults.entry(name).or_default() += 1;
        info!(call = call.class, number, ?fault, "fault");
        Some(fault)
    }

    fn control(&self, method: &Method, body: &[u8]) -> Response<Bytes> {
        let text = if method == Method::PUT {
            let plan = serde_json::from_slice::<Plan>(body).map_err(|error| error.to_string());
            match plan.and_then(|plan| plan.check().map(|()| plan)) {
                Ok(plan) => {
                    self.state().plan = plan;
                    "{}".to_owned()
                }
                Err(problem) => {
                    let mut refused = Response::new(Bytes::from(problem));
                    *refused.status_mut() = StatusCode::BAD_REQUEST;
                    return refused;
                }
            }
        } else {
            serde_json::to_string(&self.state().report).unwrap_or_default()
        };
        Response::new(Bytes::from(text))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn whole(answer: Response<Bytes>) -> Answer {
    answer.map(|body| {
        Full::new(body)
            .map_err(|never| match never {})
            .boxed_unsync()
    })
}

/// The headers promise the whole body, and the connection ends in its middle.
fn half(answer: Response<Bytes>) -> Result<Answer, Broken> {
    let (mut parts, body) = answer.into_parts();
    if body.len() < 2 {
        return Err(Broken);
    }
    parts
        .headers
        .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let first = body.slice(..body.len() / 2);
    let begun = stream::once(async { Ok(Frame::data(first)) });
    let broken = stream::once(async {
        // Otherwise the server would close before it has sent the first half.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(Broken)
    });
    let body = StreamBody::new(begun.chain(broken)).boxed_unsync();
    Ok(Response::from_parts(parts, body))
}
