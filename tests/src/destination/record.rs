use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use serde::Serialize;

use super::answer::Answer;
use crate::recording;

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

/// What came, and what is planned.
#[derive(Debug, Clone, Default)]
pub(super) struct Records(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) requests: Vec<Request>,
    pub(super) plans: HashMap<String, Plan>,
    /// Takes a line for each whole request.
    pub(super) recording: Option<File>,
}

/// An event over HTTP, as `scripts/api-check` compares it with `api/event.schema.json`.
#[derive(Serialize)]
struct Recorded<'a> {
    headers: BTreeMap<&'a str, &'a str>,
    /// Only of a structured event: any other body is a payload.
    body: &'a [u8],
}

impl State {
    fn record(&mut self, number: usize) {
        let (Some(file), Some(request)) = (&mut self.recording, self.requests.get(number)) else {
            return;
        };
        let kind = request.header("content-type").unwrap_or_default();
        let is_structured = kind.starts_with("application/cloudevents");
        let headers = request.headers.iter();
        let recorded = Recorded {
            headers: headers
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
            body: if is_structured { &request.body } else { &[] },
        };
        if let Err(problem) = recording::line(file, &recorded) {
            eprintln!("a request could not be recorded: {problem}");
        }
    }
}

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) answers: Vec<Answer>,
    pub(super) next: usize,
}

impl Records {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a request whose head was read, and says what it gets.
    pub(super) fn began(&self, request: Request) -> (usize, Answer) {
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
    pub(super) fn read(&self, number: usize, piece: &[u8], complete: bool) {
        let mut state = self.state();
        if let Some(request) = state.requests.get_mut(number) {
            request.body.extend_from_slice(piece);
            request.complete = complete;
        }
        if complete {
            state.record(number);
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
