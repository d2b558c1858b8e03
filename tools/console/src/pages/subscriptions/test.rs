//! Sends a test event through one.

use std::time::Duration;

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use maud::{Markup, html};
use operator::{
    Tone,
    subscriptions::{TestOutcome, test as send},
};

use super::one::{Extra, shown_with};
use crate::{
    app::App,
    change::change,
    failure::Failure,
    frame::part,
    markup::{notice, shown, shown_at_most, words},
};

/// How long to wait for the outcome: half as long as the command line, since the page waits.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn test(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let what = format!("send 1 test event through {name}");
    // It is large: it holds many calls of the SDK.
    let sending = Box::pin(send(&app.stack, &name, None, PATIENCE, &()));
    let outcome = change(&app, &what, sending).await?;
    let result = result(&outcome);
    if headers.contains_key("hx-request") {
        return Ok(part(result));
    }
    let extra = Extra {
        test: Some(result),
        ..Extra::default()
    };
    shown_with(&app, &name, None, &extra).await
}

fn result(outcome: &TestOutcome) -> Markup {
    let tone = if outcome.end.is_good() {
        Tone::Good
    } else {
        Tone::Bad
    };
    let said = html! {
        p { b { (shown_at_most(&outcome.end.to_string(), 400)) } " after " (outcome.took_ms) " ms" }
        p { "Its ref is " code { (shown(&outcome.reference)) } "." }
        @if let Some(advice) = outcome.advice() { p { (words(&advice)) "." } }
    };
    html! { div role="status" { (notice(tone, false, said)) } }
}

#[cfg(test)]
mod tests {
    use operator::subscriptions::TestEnd;

    use super::*;

    fn of(end: TestEnd) -> String {
        let outcome = TestOutcome {
            subscription: "invoices".to_owned(),
            reference: "stripe/coatcheck-test-7".to_owned(),
            replay_id: "test-7".to_owned(),
            end,
            took_ms: 773,
        };
        result(&outcome).into_string()
    }

    #[test]
    fn it_says_what_became_of_it() {
        let html = of(TestEnd::HandedOver {
            to: "arn:aws:sqs:eu-central-1:2:ledger".to_owned(),
        });
        for part in [
            "notice good",
            "handed over to",
            "773 ms",
            "coatcheck-test-7",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn what_a_processor_said_stays_text() {
        let html = of(TestEnd::GivenUp {
            reason: Some("<script>\u{202e}".to_owned()),
        });
        assert!(
            html.contains("notice bad") && html.contains("dlq show"),
            "{html}"
        );
        assert!(
            !html.contains("<script") && !html.contains('\u{202e}'),
            "{html}"
        );
    }
}
