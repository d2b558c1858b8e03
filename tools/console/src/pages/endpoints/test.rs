//! Sends a test delivery.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use maud::{Markup, html};
use operator::{
    Progress, Tone,
    endpoints::{TestOutcome, test as send},
};

use super::one::{Extra, shown_with};
use crate::{
    address::Address,
    app::App,
    change::change,
    failure::Failure,
    frame::part,
    markup::{notice, shown, shown_at_most, words},
};

/// How long to wait for the pointer, as on the command line.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) async fn test(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let notes = Notes::default();
    let what = format!("send 1 test delivery to {name}");
    // It is large: it holds the delivery and three calls of the SDK.
    let sending = Box::pin(send(&app.stack, &name, None, PATIENCE, &notes));
    let outcome = change(&app, &what, sending);
    let result = result(&outcome.await?, &notes.all());
    if headers.contains_key("hx-request") {
        return Ok(part(result));
    }
    let extra = Extra {
        test: Some(result),
        ..Extra::default()
    };
    shown_with(&app, &name, &extra).await
}

/// What was remarked meanwhile.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn all(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.clone()
    }
}

impl Progress for Notes {
    fn note(&self, text: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(text.to_owned());
    }
}

fn result(outcome: &TestOutcome, notes: &[String]) -> Markup {
    let sent = &outcome.sent;
    let tone = if outcome.good { Tone::Good } else { Tone::Bad };
    let word = sent.outcome.as_ref().or(sent.error.as_ref());
    let said = html! {
        p {
            b { (sent.status) @if let Some(word) = word { " " (shown_at_most(word, 80)) } }
            " in " (sent.took_ms) " ms, signed with the key " code { (shown(&outcome.key_id)) }
        }
        @if let Some(text) = &sent.message { p { (shown_at_most(text, 400)) } }
        @if let Some(text) = sent.remedy { p { (words(text)) } }
        @if let Some(at) = &outcome.received_at { p { "Stored: its pointer exists, received at " (shown(at)) "." } }
        @if let Some(reference) = &sent.reference {
            p { a href=(Address::to(&["events", reference])) class="ref" { (shown_at_most(reference, 160)) } }
        }
        @if let Some(problem) = outcome.problem { p { (words(problem)) "." } }
        @for note in notes { p class="note" { (shown(note)) } }
    };
    html! { div role="status" { (notice(tone, false, said)) } }
}

#[cfg(test)]
mod tests {
    use operator::endpoints::Sent;

    use super::*;

    fn outcome(status: u16, reference: &str) -> TestOutcome {
        let is_good = status == 200;
        TestOutcome {
            good: is_good,
            endpoint: "billing".to_owned(),
            url: "https://a/v1/hooks/billing".to_owned(),
            key_id: "2026-11-22".to_owned(),
            kind: operator::stack::TEST_TYPE,
            sent: Sent {
                status,
                outcome: is_good.then(|| "accepted".to_owned()),
                reference: Some(reference.to_owned()),
                error: (!is_good).then(|| "signature_mismatch".to_owned()),
                message: (!is_good).then(|| "<script>\u{202e}".to_owned()),
                remedy: (!is_good).then_some("check the key"),
                bytes: 12,
                took_ms: 773,
                retries: 0,
            },
            received_at: is_good.then(|| "2026-11-26T19:30:04.748Z".to_owned()),
            problem: None,
        }
    }

    #[test]
    fn it_says_what_became_of_it() {
        let html = result(&outcome(200, "billing/a"), &[]).into_string();
        for part in [
            "notice good",
            "200 <bdi>accepted</bdi>",
            "773 ms",
            "received at",
            "href=\"/events/billing%2Fa\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn what_the_server_said_stays_text() {
        let html = result(
            &outcome(401, "\"><img>"),
            &["is <b>disabled</b>".to_owned()],
        );
        let html = html.into_string();
        assert!(
            html.contains("notice bad") && html.contains("check the key"),
            "{html}"
        );
        for bad in ["<script", "<img", "<b>disabled", "\u{202e}"] {
            assert!(!html.contains(bad), "{bad:?}: {html}");
        }
    }
}
