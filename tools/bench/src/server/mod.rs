//! A function's surroundings: the Runtime API, and the stubs. Each is served on a free loopback port.

mod stubs;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Context;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::delivery::Object;
use crate::seen::Seen;
use crate::tls::Identity;
use stubs::Stubs;

/// The servers, for one function. They end when this is dropped.
pub(crate) struct Server {
    pub(crate) runtime_api: SocketAddr,
    /// Where the stubs are. The destination is there too.
    pub(crate) aws: String,
    seen: mpsc::UnboundedReceiver<Seen>,
    events: mpsc::UnboundedSender<Bytes>,
    stubs: Stubs,
    _tasks: JoinSet<()>,
}

#[derive(Clone)]
struct RuntimeApi {
    stubs: Stubs,
    events: Arc<Mutex<mpsc::UnboundedReceiver<Bytes>>>,
}

impl Server {
    /// With an identity, all but the Runtime API is behind TLS.
    pub(crate) async fn start(identity: Option<&Identity>) -> anyhow::Result<Self> {
        let (seen, received) = mpsc::unbounded_channel();
        let (events, waiting) = mpsc::unbounded_channel();
        let stubs = Stubs {
            seen,
            object: Arc::default(),
            requests: Arc::default(),
        };
        let state = RuntimeApi {
            stubs: stubs.clone(),
            events: Arc::new(Mutex::new(waiting)),
        };
        let runtime_api = axum::Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .layer(DefaultBodyLimit::disable())
            .with_state(state);
        let aws = axum::Router::new()
            .fallback(stubs::answer)
            .with_state(stubs.clone());
        let mut tasks = JoinSet::new();
        let runtime_api = serve(runtime_api, None, &mut tasks).await?;
        let address = serve(aws, identity, &mut tasks).await?;
        let scheme = if identity.is_some() { "https" } else { "http" };
        Ok(Self {
            runtime_api,
            aws: format!("{scheme}://{address}"),
            seen: received,
            events,
            stubs,
            _tasks: tasks,
        })
    }

    /// What S3 and DynamoDB return from now on.
    pub(crate) async fn hold(&self, object: Object) {
        *self.stubs.object.lock().await = object;
    }

    /// How often AWS was asked so far.
    pub(crate) fn requests(&self) -> usize {
        self.stubs.requests.load(Ordering::Relaxed)
    }

    /// Gives an event to the waiting function.
    pub(crate) fn send(&self, event: Bytes) -> anyhow::Result<()> {
        self.events.send(event).context("the Runtime API is gone")
    }

    /// What the function does next.
    pub(crate) async fn seen(&mut self) -> anyhow::Result<Seen> {
        self.seen.recv().await.context("the servers are gone")
    }
}

async fn serve(
    router: axum::Router,
    identity: Option<&Identity>,
    tasks: &mut JoinSet<()>,
) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    // Each ends only with its task.
    match identity {
        Some(identity) => {
            let listener = identity.listener(listener);
            tasks.spawn(async move {
                let _ = axum::serve(listener, router).await;
            })
        }
        None => tasks.spawn(async move {
            let _ = axum::serve(listener, router).await;
        }),
    };
    Ok(address)
}

async fn next(State(api): State<RuntimeApi>) -> Response {
    api.stubs.saw(Seen::Next);
    let Some(event) = api.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        ("content-type", "application/json"),
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        ),
        // In the year 2100: nothing here takes that long.
        ("lambda-runtime-deadline-ms", "4102444800000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:bench",
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-67890abc-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0",
        ),
    ];
    (headers, event).into_response()
}

async fn response(State(api): State<RuntimeApi>, Path(_): Path<String>, body: Bytes) -> Response {
    api.stubs.saw(Seen::Response(body));
    (StatusCode::ACCEPTED, r#"{"status":"OK"}"#).into_response()
}

async fn error(State(api): State<RuntimeApi>, body: Bytes) -> Response {
    let error = String::from_utf8_lossy(&body).into_owned();
    api.stubs.saw(Seen::Error(error));
    (StatusCode::ACCEPTED, r#"{"status":"OK"}"#).into_response()
}
