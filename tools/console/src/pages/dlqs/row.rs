//! One dead letter in a table.

use domain::Timestamp;
use maud::{Markup, html};
use operator::{
    dlq::{Content, DeadLetter},
    format_duration, visible,
};

use crate::{
    address::Address,
    markup::{Column, shown_at_most, time},
};

/// What is said of each.
pub(super) const COLUMNS: [Column; 6] = [
    Column::head("Event"),
    Column::text("Type"),
    Column::time("Received"),
    Column::number("Receives"),
    Column::number("Age"),
    Column::text("Reason"),
];

/// What a message is, in a few words.
pub(super) fn name(one: &DeadLetter) -> String {
    match &one.content {
        Content::Event(event) => event.reference.to_string(),
        Content::Other(_) => format!("message {}", one.held.id),
    }
}

/// The box that picks it.
pub(super) fn pick(one: &DeadLetter) -> Markup {
    let label = visible(&name(one));
    let label: String = label.chars().take(80).collect();
    let label = format!("Pick {label}");
    html! { input type="checkbox" name="message" value=(one.held.id) aria-label=(label); }
}

/// Its cells, as [`COLUMNS`] says.
pub(super) fn cells(one: &DeadLetter, now: Timestamp) -> Vec<Markup> {
    let (event, kind, received) = match &one.content {
        Content::Event(event) => {
            let reference = event.reference.to_string();
            let to = Address::to(&["events", &reference]);
            (
                html! { a href=(to) class="ref" { (shown_at_most(&reference, 160)) } },
                shown_at_most(&event.kind, 80),
                event.received_at,
            )
        }
        Content::Other(_) => (
            html! { span class="note" { "not an event" } },
            html! { "–" },
            None,
        ),
    };
    let age = one.held.sent_at;
    let age = age.map(|at| format_duration(at.duration_until(now)));
    vec![
        event,
        kind,
        html! { @match received { Some(at) => (time(at)), None => "–" } },
        html! { (one.held.receives) },
        html! { (age.as_deref().unwrap_or("–")) },
        reason(one),
    ]
}

/// Why it is here.
pub(super) fn reason(one: &DeadLetter) -> Markup {
    match one.reason() {
        Some(reason) => shown_at_most(&reason, 400),
        None => html! { "unknown" },
    }
}

/// Dead letters for the tests of these pages.
#[cfg(test)]
pub(super) mod samples {
    use operator::{
        dlq::{Content, DeadLetter, Held},
        events::Record,
    };

    pub(crate) fn dead(id: &str, body: &str, reason: Option<&str>) -> DeadLetter {
        let held = Held {
            id: id.to_owned(),
            body: body.to_owned(),
            sent_at: "2026-11-22T02:00:00Z".parse().ok(),
            group: None,
            receives: 4,
            receipt: String::new(),
        };
        DeadLetter {
            content: Content::of(&held),
            held,
            record: reason.map(|reason| Record {
                state: "failed".to_owned(),
                failure: Some("reject".to_owned()),
                reason: Some(reason.to_owned()),
                attempts: 3,
                ..Record::default()
            }),
        }
    }

    pub(crate) fn event(id: &str, reference: &str, reason: &str) -> DeadLetter {
        let body = format!(
            r#"{{"type":"invoice.paid","ref":"{reference}","receivedat":"2026-11-21T20:59:57.414Z"}}"#
        );
        dead(id, &body, Some(reason))
    }
}
