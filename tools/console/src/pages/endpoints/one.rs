//! One endpoint: what its provider needs, its keys, a test.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{Dedupe, Endpoint, Lane, SignedDuration};
use maud::{Markup, html};
use operator::{
    Tone,
    endpoints::{ListedEndpoint, SchemeWords, describe, find, listed},
    format_duration,
    metrics::{ChartSpan, Charts, Counts},
    stack::TEST_TYPE,
};

use super::parts::{crumb, key_state, key_use, lane, refused, remark, state_of, url};
use crate::{
    address::Address,
    app::{App, Console},
    failure::Failure,
    frame::{Page, Section, page},
    markup::{Column, button, card, facts, grouped, notice, read_only, shown, table, words},
};

pub(super) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    shown_with(&app, &name, &Extra::default()).await
}

/// What a change adds to the page.
#[derive(Default)]
pub(super) struct Extra {
    /// Above everything else.
    pub(super) first: Option<Markup>,
    /// The result of a test.
    pub(super) test: Option<Markup>,
}

/// The page of an endpoint as it is now.
pub(super) async fn shown_with(
    app: &Console,
    name: &str,
    extra: &Extra,
) -> Result<Response, Failure> {
    let found = find(&app.stack, name).await?;
    let described = describe(&found)?;
    let row = listed(&app.stack, &found).await;
    let figures = app.snapshot.deliveries(&app.stack, ChartSpan::Hour).await;
    let command = format!("coatcheck endpoints url {name}");
    let body = html! {
        @if let Some(first) = &extra.first { (first) }
        @if found.endpoint.handshake { (handshake_is_on()) }
        div class="wide-left" {
            div {
                (needs(&row, &found.endpoint, &described))
                (testing(name, app.operate, extra.test.as_ref()))
            }
            div { (keys(&row, app.operate)) (hour(name, &figures)) }
        }
        @if !app.operate { (read_only("rotate a key")) }
    };
    let page_of_one = Page {
        crumb: Some(crumb(None)),
        lead: Some(state_of(found.endpoint.enabled)),
        ..Page::new(name, Section::Endpoints, &command)
    };
    Ok(page(app, page_of_one, body))
}

fn handshake_is_on() -> Markup {
    notice(
        Tone::Attention,
        false,
        html! {
            p { b { "Its handshake is on: it answers anyone who asks." } }
            p {
                "Once the webhook is registered, remove " code { "handshake = true" }
                " from the endpoint, and apply."
            }
        },
    )
}

fn needs(row: &ListedEndpoint, endpoint: &Endpoint, described: &SchemeWords) -> Markup {
    let limit = grouped(row.max_body_bytes.try_into().unwrap_or(u64::MAX));
    let from = endpoint.allowed_cidrs.iter().map(ToString::to_string);
    let from = from.collect::<Vec<_>>().join(", ");
    let mut pairs = vec![
        ("URL", url(&row.url, &row.name)),
        ("Scheme", shown(&row.scheme)),
        ("Proof", words(&described.proof)),
        ("What is signed", words(&described.signed)),
        ("Replay-protected", words(&described.replay)),
        ("Event key", words(&described.event_key)),
        ("Type", words(&described.type_from)),
        (
            "Challenges",
            words(described.handshake.as_deref().unwrap_or("none")),
        ),
        (
            "Lane",
            html! { (lane(row.lane)) ", bodies up to " (limit) " bytes" },
        ),
    ];
    if !from.is_empty() {
        pairs.push(("Only from", html! { code { (shown(&from)) } }));
    }
    if !row.demands.is_empty() {
        pairs.push(("Demands", html! { (shown(&row.demands.join(", "))) }));
    }
    if let Some(days) = row.retention_days {
        pairs.push(("Payloads are kept", html! { "for " (days) " days" }));
    }
    if let Some(window) = endpoint.dedupe_window_s {
        let window = SignedDuration::from_secs(i64::from(window.get()));
        let what = if endpoint.dedupe == Dedupe::Attributes {
            "Equal attributes are one event"
        } else {
            "Equal bytes are one event"
        };
        pairs.push((what, html! { "for " (format_duration(window)) }));
    }
    if !endpoint.redact.is_empty() {
        pairs.push((
            "Not shown to people",
            html! { code { (shown(&endpoint.redact.join(", "))) } },
        ));
    }
    if row.lane == Lane::Direct {
        pairs.push((
            "Answer",
            html! { "200 before it is verified: " code { "admit" } " verifies what is stored" },
        ));
    }
    card("What the provider needs", facts(&pairs))
}

fn testing(name: &str, operate: bool, result: Option<&Markup>) -> Markup {
    let to = Address::to(&["endpoints", name, "test"]);
    html! {
        section class="card" aria-label="Test" {
            h2 { "Test" }
            p class="note" {
                "Sends what the provider would send, to the real URL, signed with the newest key. Its type is "
                code { (TEST_TYPE) } ": only subscriptions that name it get it."
            }
            @if operate {
                form action=(to) method="post" hx-post=(to) hx-target="#test" hx-swap="innerHTML" {
                    button class="primary" { "Send a test delivery" span class="busy" { " …" } }
                }
            } @else {
                (read_only("send a test"))
            }
            div id="test" aria-live="polite" { @if let Some(result) = result { (result) } }
        }
    }
}

fn keys(row: &ListedEndpoint, operate: bool) -> Markup {
    let columns = [
        Column::head("Key"),
        Column::text("Use"),
        Column::text("State"),
        Column::time("Ends"),
    ];
    let cells: Vec<Vec<Markup>> = row
        .keys
        .iter()
        .map(|key| {
            vec![
                html! { code { (shown(&key.id)) } },
                html! { (key_use(key.purpose)) },
                key_state(key),
                html! { (key.not_after.as_deref().unwrap_or("no end")) },
            ]
        })
        .collect();
    let rotate = Address::to(&["endpoints", &row.name, "rotate"]);
    html! {
        section class="card" aria-label="Keys" {
            div class="head" {
                h2 { "Keys" }
                @if operate { (button("Rotate key …", &rotate, "")) }
            }
            @if let Some(problem) = &row.problem {
                (notice(Tone::Attention, false, html! {
                    @for line in problem.lines() { p { (shown(line)) } }
                }))
            }
            @if !cells.is_empty() { (table("Keys, without their secrets", &columns, &cells)) }
        }
    }
}

/// What came in the last hour.
fn hour(name: &str, figures: &Result<Arc<Charts>, Arc<str>>) -> Markup {
    let to = Address::to(&["events"]).with("endpoint", name);
    let counts = figures.as_ref().ok();
    let counts = counts.map(|found| found.endpoints.get(name).copied().unwrap_or_default());
    let duplicate = |counts: Counts| counts.duplicate.map_or_else(|| "–".to_owned(), grouped);
    card(
        "Last hour",
        html! {
            @if let Some(counts) = counts {
                (facts(&[
                    ("Received", html! { (grouped(counts.received)) }),
                    ("Duplicate", html! { (duplicate(counts)) }),
                    ("Refused", refused(counts)),
                ]))
            }
            (remark(figures))
            p { a href=(to) { "Its events" } }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{
        super::parts::samples::{KEYS, figures, listed},
        *,
    };

    fn described() -> SchemeWords {
        SchemeWords {
            proof: "HMAC-SHA256, hex in `x-<sig>`".to_owned(),
            signed: "`{t}.{body}`".to_owned(),
            replay: "yes, 300 s".to_owned(),
            event_key: "signed id: `/id`".to_owned(),
            type_from: "`/type`".to_owned(),
            handshake: None,
        }
    }

    #[test]
    fn it_says_what_to_enter_at_the_provider() {
        let config = r#"{"name":"billing","scheme":"stripe","allowed_cidrs":["10.0.0.0/8"],"dedupe_window_s":60}"#;
        let endpoint = Endpoint::from_json(config).unwrap();
        let html = needs(&listed("billing", KEYS), &endpoint, &described()).into_string();
        for part in [
            "data-copy=\"https://a/v1/hooks/billing\"",
            "<code><bdi>x-&lt;sig&gt;</bdi></code>",
            "bodies up to 4,500,000 bytes",
            "10.0.0.0/8",
            "for 60 s",
            "none",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn it_says_what_merges_and_what_is_redacted() {
        let config = r#"{"name":"billing","scheme":"stripe","dedupe":"attributes","dedupe_by":["a"],"dedupe_window_s":60,"redact":["/user/<email>"]}"#;
        let endpoint = Endpoint::from_json(config).unwrap();
        let html = needs(&listed("billing", KEYS), &endpoint, &described()).into_string();
        for part in ["Equal attributes are one event", "/user/&lt;email&gt;"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("Equal bytes"), "{html}");
    }

    #[test]
    fn keys_are_shown_with_their_ends_and_without_their_secrets() {
        let html = keys(&listed("billing", KEYS), true).into_string();
        assert!(
            html.contains("2026-11-23T12:00:00.000Z") && html.contains("no end"),
            "{html}"
        );
        assert!(html.contains("/endpoints/billing/rotate"), "{html}");
        assert!(!html.contains("hunter"), "{html}");
        let quiet = keys(&listed("billing", KEYS), false).into_string();
        assert!(!quiet.contains("rotate"), "{quiet}");
        let mut denied = listed("billing", KEYS);
        denied.keys.clear();
        denied.problem = Some("attach the policy verify".to_owned());
        let html = keys(&denied, false).into_string();
        assert!(
            html.contains("the policy verify") && !html.contains("<table"),
            "{html}"
        );
    }

    #[test]
    fn the_last_hour_is_counted_or_it_says_why_not() {
        let html = hour("billing", &Ok(Arc::new(figures()))).into_string();
        assert!(
            html.contains("Received") && html.contains("/events?endpoint=billing"),
            "{html}"
        );
        let denied = hour("billing", &Err("no <right>".into())).into_string();
        assert!(
            denied.contains("no &lt;right&gt;") && !denied.contains("Received"),
            "{denied}"
        );
    }

    #[test]
    fn a_console_that_may_not_change_sends_no_test() {
        let with = testing("billing", true, None).into_string();
        assert!(
            with.contains("hx-post=\"/endpoints/billing/test\""),
            "{with}"
        );
        let without = testing("billing", false, None).into_string();
        assert!(
            !without.contains("<form") && without.contains("--operate"),
            "{without}"
        );
    }
}
