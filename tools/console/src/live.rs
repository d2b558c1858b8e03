//! The live stream. It carries the names of parts and a time, never content: a part that hears
//! its name fetches itself again. Nothing is asked unless a stream is open.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures_util::{StreamExt, stream};
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::{Instant, sleep_until},
};

use crate::{app::App, failure::Failure, fields::Asked};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/live", get(open))
}

/// A part that can be live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// Pipes and queues.
    Flow,
    /// What the doctor found.
    Doctor,
    Charts,
    /// Whether there are newer events.
    Events,
    /// The way of one event. It is watched for five minutes after its page was opened.
    Event,
    /// Long work.
    Jobs,
}

/// How long the way of one event is watched.
const EVENT_WATCHED: Duration = Duration::from_secs(300);

/// What the page hears instead of a name if AWS does not answer.
const TROUBLE: &str = "trouble";

impl Part {
    const ALL: [(&str, Self); 6] = [
        ("flow", Self::Flow),
        ("doctor", Self::Doctor),
        ("charts", Self::Charts),
        ("events", Self::Events),
        ("event", Self::Event),
        ("jobs", Self::Jobs),
    ];

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(found, _)| *found == name).map(|(_, part)| *part)
    }

    fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, part)| *part == self)
            .map_or("", |(name, _)| name)
    }

    /// How often its name is said; never by the clock for what says so itself.
    fn pause(self, app: &App) -> Option<Duration> {
        let shortest = app.limits.live;
        match self {
            Self::Flow => Some(app.snapshot.pace().queues),
            Self::Doctor => None,
            Self::Charts => Some(shortest * 12),
            Self::Events => Some(shortest),
            Self::Event => Some(shortest * 2 / 5),
            Self::Jobs => Some(shortest / 5),
        }
    }
}

/// One open stream.
struct Stream {
    app: App,
    opened: Instant,
    /// When each part is next.
    next: BTreeMap<Part, Instant>,
    /// Changes when a run of the doctor ends.
    runs: Option<watch::Receiver<u64>>,
    _place: OwnedSemaphorePermit,
}

async fn open(State(app): State<App>, Asked(asked): Asked) -> Result<Response, Failure> {
    let unknown = || Failure::NotFound("There is no such live part.".to_owned());
    let parts: Option<Vec<Part>> = asked.all("part").into_iter().map(Part::named).collect();
    let parts = parts
        .filter(|parts| !parts.is_empty())
        .ok_or_else(unknown)?;
    let place = std::sync::Arc::clone(&app.streams).try_acquire_owned();
    let place = place.map_err(|_| Failure::Busy("Too many pages are live: close some tabs."))?;
    let opened = Instant::now();
    let stream = Stream {
        opened,
        next: parts
            .iter()
            .filter_map(|part| Some((*part, opened + part.pause(&app)?)))
            .collect(),
        runs: parts.contains(&Part::Doctor).then(|| app.snapshot.runs()),
        app: app.clone(),
        _place: place,
    };
    let events = stream::unfold(stream, |mut stream| async {
        let event = stream.event().await?;
        Some((Ok::<_, Infallible>(event), stream))
    });
    let stop = app.stop.clone();
    let events = events.take_until(async move { stop.wait().await });
    let alive = KeepAlive::new().interval(app.limits.live * 3);
    Ok(Sse::new(events).keep_alive(alive).into_response())
}

impl Stream {
    /// Waits for the next event; none if there will be no more.
    async fn event(&mut self) -> Option<Event> {
        let earliest = self.next.iter().min_by_key(|(_, at)| **at);
        let due = earliest.map(|(part, at)| (*part, *at));
        let part = tokio::select! {
            part = by_the_clock(due) => part,
            part = by_the_doctor(self.runs.as_mut()) => part,
        };
        let mut name = part.name();
        if let Some(pause) = part.pause(&self.app) {
            // The answer is what the part shows when it fetches itself.
            if part == Part::Flow && self.app.snapshot.flow(&self.app.stack).await.is_err() {
                name = TROUBLE;
            }
            let now = Instant::now();
            self.next.insert(part, now + pause);
            if part == Part::Event && now - self.opened >= EVENT_WATCHED {
                self.next.remove(&part);
            }
        }
        let at = domain::format_time((self.app.stack.now)());
        let clock = at.get(11..19).unwrap_or_default();
        Some(Event::default().event(name).data(clock))
    }
}

async fn by_the_clock(due: Option<(Part, Instant)>) -> Part {
    match due {
        Some((part, at)) => {
            sleep_until(at).await;
            part
        }
        None => std::future::pending().await,
    }
}

async fn by_the_doctor(runs: Option<&mut watch::Receiver<u64>>) -> Part {
    if let Some(runs) = runs
        && runs.changed().await.is_ok()
    {
        return Part::Doctor;
    }
    std::future::pending().await
}
