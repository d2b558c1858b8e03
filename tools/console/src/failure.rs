//! An error as a page. [`in_frame`] draws it, because only it knows the console.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use operator::{Problem, Tone};

use crate::{
    app::{App, Console},
    frame::{Page, Section, page, part},
    markup::{notice, shown},
};

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An operation failed.
    Problem(Problem),
    /// There is no such page; the text says what there is.
    NotFound(String),
    /// The form or the address cannot be read; the text says why.
    Unreadable(String),
    /// The form is longer than any of ours.
    TooLarge,
    /// It was not sent by a form.
    NotAForm,
    /// What was confirmed is no longer so, and nothing was changed; the text says what is.
    Changed(String),
    /// The console may not change anything.
    ReadOnly,
    /// There is such a page, and it does not take this method.
    WrongMethod,
    /// As many as there may be at once.
    Busy(&'static str),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What an answer carries until it is drawn.
#[derive(Clone)]
struct Undrawn(Arc<Failure>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Undrawn(Arc::new(self)));
        response
    }
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Problem(problem) => match problem {
                Problem::NotFound(_) => StatusCode::NOT_FOUND,
                Problem::Refused(_) => StatusCode::CONFLICT,
                _ if problem.is_about_credentials() => StatusCode::FORBIDDEN,
                _ if problem.is_transient() => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Changed(_) => StatusCode::CONFLICT,
            Self::ReadOnly => StatusCode::FORBIDDEN,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn title(&self) -> &'static str {
        match (self, self.status()) {
            (Self::ReadOnly, _) => "Read-only",
            (Self::Changed(_), _) => "Nothing was changed",
            (_, StatusCode::FORBIDDEN) => "Not allowed",
            (_, StatusCode::NOT_FOUND) => "Not found",
            (_, StatusCode::CONFLICT) => "Not possible",
            (_, StatusCode::SERVICE_UNAVAILABLE) => "Not now",
            (_, StatusCode::INTERNAL_SERVER_ERROR) => "Something failed",
            _ => "Not understood",
        }
    }

    fn text(&self) -> Markup {
        let simply = |text: &str| html! { p { b { (shown(text)) } } };
        match self {
            Self::Problem(problem) => in_full(problem),
            Self::NotFound(text) | Self::Unreadable(text) | Self::Changed(text) => simply(text),
            Self::TooLarge => simply("The form is too large. Nothing was changed."),
            Self::NotAForm => simply("This page takes forms only. Nothing was changed."),
            Self::ReadOnly => html! {
                p { b { "This console is read-only, so nothing was changed." } }
                p {
                    "To pause subscriptions, send dead letters back or rotate keys, stop it and start "
                    code { "coatcheck console --operate" } "."
                }
            },
            Self::WrongMethod => simply("This page cannot be used like this. Nothing was changed."),
            Self::Busy(what) => simply(what),
        }
    }

    fn notice(&self) -> Markup {
        let tone = match self {
            Self::ReadOnly | Self::Changed(_) => Tone::Attention,
            Self::NotFound(_) => Tone::Quiet,
            _ => Tone::Bad,
        };
        notice(tone, true, self.text())
    }
}

/// What to do first, and AWS's own words after it.
fn in_full(problem: &Problem) -> Markup {
    let text = problem.with_causes();
    let (first, rest) = text.split_once("\n  ").unwrap_or((&text, ""));
    html! {
        p { b { (shown(first)) } }
        @if !rest.is_empty() {
            pre class="command" tabindex="0" { (shown(rest)) }
        }
    }
}

/// Draws failures: in the frame, or alone where htmx asked for a part.
pub(crate) async fn in_frame(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_part = request.headers().contains_key("hx-request");
    let section = Section::of_path(request.uri().path());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Undrawn>() {
        Some(Undrawn(failure)) => drawn(&app, &failure, section, is_part),
        None => response,
    }
}

fn drawn(app: &Console, failure: &Failure, section: Section, is_part: bool) -> Response {
    let mut response = if is_part {
        part(failure.notice())
    } else {
        let command = match failure {
            Failure::ReadOnly => "coatcheck console --operate",
            _ => section.command(),
        };
        page(
            app,
            Page::new(failure.title(), section, command),
            failure.notice(),
        )
    };
    *response.status_mut() = failure.status();
    response
}
