//! Refuses requests that do not come from the console's own pages in the browser that opened
//! it. Everything is refused before anything is read or asked.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{HOST, LOCATION, ORIGIN, SET_COOKIE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, html};

use crate::{frame, session::Session};

/// What a guard knows.
pub(crate) struct Guard {
    pub(crate) session: Session,
    /// Where the console listens: `127.0.0.1:PORT`.
    pub(crate) loopback: String,
}

/// What becomes of a request.
enum Judgement {
    Pass,
    /// It opens the session: the value of `Set-Cookie`.
    Opens(String),
    /// To the same path under the session's own name.
    Moves(String),
    WrongMethod,
    Refused,
    /// No session, but an address that a browser may come to by a link: the same one, to go on.
    Stranger(String),
}

/// The middleware around everything else.
pub(crate) async fn guard(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    match guard.judge(request.method(), request.uri(), request.headers()) {
        Judgement::Pass => next.run(request).await,
        Judgement::Opens(cookie) => {
            let headers = [(SET_COOKIE, cookie), (LOCATION, "/".to_owned())];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Judgement::Moves(to) => (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, to)]).into_response(),
        Judgement::WrongMethod => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Judgement::Refused => refusal(None),
        Judgement::Stranger(path) => refusal(Some(&path)),
    }
}

impl Guard {
    fn judge(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Judgement {
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let host = only(headers, HOST.as_str());
        // A proxy's form of a request names a host too.
        let is_plain = uri.authority().is_none() && path.starts_with('/');
        if !is_plain {
            return Judgement::Refused;
        }
        if host != Some(self.session.authority()) {
            return if host == Some(&self.loopback) && reads {
                Judgement::Moves(format!("http://{}{path}", self.session.authority()))
            } else {
                Judgement::Refused
            };
        }
        if uri.path().starts_with("/assets/") && reads {
            // The same in every binary; the page of a refusal wants them too.
            return Judgement::Pass;
        }
        if uri.path() == "/"
            && *method == Method::GET
            && let Some(token) = token(uri)
        {
            return self
                .session
                .open(&token)
                .map_or(Judgement::Refused, Judgement::Opens);
        }
        let site = Site::of(headers);
        if !self.session.holds(headers) {
            // Two slashes would lead to another host.
            return if reads && site.is_navigation && !path.starts_with("//") {
                Judgement::Stranger(path.to_owned())
            } else {
                Judgement::Refused
            };
        }
        let allowed = if reads {
            site.is_ours || site.is_by_hand || site.is_navigation
        } else {
            site.is_ours
                && only(headers, ORIGIN.as_str()).is_some_and(|origin| self.is_ours(origin))
        };
        match (allowed, reads || *method == Method::POST) {
            (false, _) => Judgement::Refused,
            (true, false) => Judgement::WrongMethod,
            (true, true) => Judgement::Pass,
        }
    }

    fn is_ours(&self, origin: &str) -> bool {
        origin.strip_prefix("http://") == Some(self.session.authority())
    }
}

/// What browsers say about where a request comes from. Those that say nothing have only the
/// other checks.
struct Site {
    is_ours: bool,
    /// The address was typed.
    is_by_hand: bool,
    /// A page that the person goes to: not a picture, a script or a frame.
    is_navigation: bool,
}

impl Site {
    fn of(headers: &HeaderMap) -> Self {
        let said = |name| headers.get(name).map(HeaderValue::as_bytes);
        let is = |name, value: &str| said(name).is_none_or(|found| found == value.as_bytes());
        Self {
            is_ours: is("sec-fetch-site", "same-origin"),
            is_by_hand: is("sec-fetch-site", "none"),
            is_navigation: is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document"),
        }
    }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let one = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(one)
}

fn token(uri: &Uri) -> Option<String> {
    let query = uri.query()?.as_bytes();
    form_urlencoded::parse(query)
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
}

/// The page of a refusal. It says nothing about the stack. A link from another site comes
/// without the cookie, and the same link from here with it.
fn refusal(path: Option<&str>) -> Response {
    const TITLE: &str = "403: open the console from its command";
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { (frame::head(TITLE)) }
            body {
                main {
                    h1 { (TITLE) }
                    p {
                        "This page belongs to a running coatcheck console, and this browser has no session with it."
                    }
                    p {
                        "Use the address that the command printed, or start coatcheck console again: each start has a new address."
                    }
                    @if let Some(path) = path {
                        p {
                            "If you came by a link, and the console is open in this browser: "
                            a href=(path) { "go on to the page" } "."
                        }
                    }
                }
            }
        }
    };
    (StatusCode::FORBIDDEN, page).into_response()
}
