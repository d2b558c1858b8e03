use domain::{AttributeName, Lane, Ref};
use maud::{Markup, html};
use operator::events::{EventDetails, HeaderLookup};

use super::curl;
use crate::{
    address::Address,
    app::Console,
    markup::{self, bytes, shown, time},
};

/// The attributes of the event.
pub(super) fn card(details: &EventDetails) -> Markup {
    let of = |name| details.attribute(name);
    let lane = match details.lane() {
        Lane::Standard => "standard",
        Lane::Direct => "direct",
    };
    let endpoint = of("endpoint");
    markup::card(
        "What it is",
        html! {
            dl class="facts" {
                dt { "Ref" }
                dd { span class="ref" { (shown(&details.reference.to_string())) } }
                @if !of("id").is_empty() {
                    dt { "Id" }
                    dd { (shown(of("id"))) }
                }
                dt { "Type" }
                dd { (shown(of("type"))) }
                @if !of("subject").is_empty() && of("subject") != of("id") {
                    dt { "Subject" }
                    dd { (shown(of("subject"))) }
                }
                dt { "Endpoint" }
                dd {
                    a href=(Address::to(&["endpoints", endpoint])) { (shown(endpoint)) }
                    ", " (lane) " lane, scheme " (shown(of("scheme")))
                }
                (moment("Received", of("received_at")))
                (moment("Occurred", of("occurred_at")))
                @for (name, value) in details.declared().iter() {
                    dt { (name) }
                    dd { (attribute(endpoint, name, value)) }
                }
                dt { "Content type" }
                dd { (shown(of("content_type"))) }
                dt { "Size" }
                dd {
                    (details.size()) " bytes"
                    @if details.size() >= 1024 { " (" (bytes(details.size())) ")" }
                }
                dt { "SHA-256" }
                dd { span class="mono" { (shown(of("sha256"))) } }
                dt { "Key" }
                dd { code { (shown(of("key_id"))) } }
                dt { "Stored at" }
                dd {
                    @if details.is_inline() {
                        "in its pointer (inline)"
                    } @else if let Some((bucket, key)) = details.object() {
                        span class="mono" { "s3://" (shown(bucket)) "/" (shown(key)) }
                    }
                }
                dt { "Trace" }
                dd { span class="mono" { (shown(of("traceparent"))) } }
            }
        },
    )
}

/// A value that the endpoint keeps, and where the others that have it are.
fn attribute(endpoint: &str, name: &AttributeName, value: &str) -> Markup {
    let same = Address::to(&["events"])
        .with("endpoint", endpoint)
        .with("where", &format!("{name}={value}"))
        .with("since", "90d");
    html! { a href=(same) { (shown(value)) } }
}

fn moment(name: &str, text: &str) -> Markup {
    html! {
        @if !text.is_empty() {
            dt { (name) }
            dd {
                @match text.parse() {
                    Ok(at) => (time(at)),
                    Err(_) => (shown(text)),
                }
            }
        }
    }
}

/// The page that asks before it replays an event.
pub(in crate::pages) fn replay_address(reference: &Ref) -> Address {
    Address::to(&["replay", &reference.to_string()])
}

/// What you can do with the event.
pub(super) fn actions(app: &Console, details: &EventDetails, headers: &HeaderLookup) -> Markup {
    let reference = details.reference.to_string();
    // An event does not say whether its endpoint asks for a client certificate, which `curl` would need too.
    let base = app.stack.base_url(false);
    let command = curl::command(&base, details, headers);
    html! {
        div class="buttons" {
            // A ref is percent-encoded: it has nothing that steers a terminal.
            button type="button" class="small" data-copy=(reference) data-what="the ref" { "Copy ref" }
            button type="button" class="small" data-copy=(command) data-what="a curl command" { "Copy as curl" }
            @if app.operate {
                a href=(replay_address(&details.reference)) class="button primary" { "Replay …" }
            }
        }
    }
}

/// Why there is no button.
pub(in crate::pages) fn read_only(what: &str) -> Markup {
    html! {
        p class="note" {
            "This console is read-only. To " (what) ", start it with " code { "coatcheck console --operate" } "."
        }
    }
}
