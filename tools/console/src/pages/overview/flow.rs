use domain::{Endpoint, Lane};
use maud::{Markup, html};
use operator::{
    Tone, format_duration, in_queue,
    metrics::{ChartSpan, Charts, Counts},
    subscriptions::{OPEN, PAUSED, Status, TARGET_MISSING},
};

use super::address::part_address;
use crate::{
    address::Address,
    markup::{Part, class, count, pipe_state, shown, state},
    snapshot::Flow,
};

/// The whole part, which fetches itself again when the stream says `flow`.
pub(super) fn part(picture: &Part, span: ChartSpan) -> Markup {
    let again = picture.seen(part_address("flow", span));
    html! {
        section class="card" id="flow" aria-label="Flow" hx-get=(again)
            hx-trigger="live-flow from:body" hx-swap="outerHTML" {
            (picture.body)
        }
    }
}

pub(super) fn picture(
    flow: &Flow,
    statuses: &[Status<'_>],
    charts: Option<&Charts>,
    span: ChartSpan,
) -> Part {
    let (router, subscriptions): (Vec<_>, Vec<_>) =
        statuses.iter().partition(|one| one.target.is_none());
    Part::new(html! {
        h2 { "Flow" }
        p class="note" { "Counts of the last " (span) ", and queues as they are now." }
        div class="flow" {
            div class="sources" {
                h3 { "Endpoints" }
                ul { @for one in &flow.endpoints { (endpoint(one, charts)) } }
            }
            div class="router" {
                h3 { "Router" }
                @for one in router { (router_node(one, charts)) }
            }
            div class="sinks" {
                h3 { "Subscriptions" }
                ul { @for one in subscriptions { (subscription(one, charts)) } }
            }
        }
    })
}

fn endpoint(one: &Endpoint, charts: Option<&Charts>) -> Markup {
    let name = one.name.as_str();
    let counts = charts.map(|charts| charts.endpoints.get(name).copied().unwrap_or_default());
    let refuses_many = counts.is_some_and(Counts::refuses_many);
    let (tone, sign) = if !one.enabled {
        (" quiet", state("disabled", Tone::Quiet))
    } else if refuses_many {
        (" attention", state("refuses many", Tone::Attention))
    } else {
        let lane = match one.lane {
            Lane::Standard => "standard lane",
            Lane::Direct => "direct lane",
        };
        ("", html! { span class="note" { (lane) } })
    };
    html! {
        li {
            div class={ "node" (tone) } {
                p class="top" {
                    a href=(Address::to(&["endpoints", name])) class="name" { (shown(name)) }
                    (sign)
                }
                p class="counts" {
                    @if let Some(counts) = counts {
                        (count(counts.received, "received", false))
                        @if let Some(duplicate) = counts.duplicate { (count(duplicate, "duplicate", false)) }
                        @if let Some(refused) = counts.refused { (count(refused, "refused", refuses_many)) }
                    } @else {
                        span { "no counts" }
                    }
                }
            }
        }
    }
}

fn router_node(one: &Status<'_>, charts: Option<&Charts>) -> Markup {
    let lag = charts.and_then(|charts| charts.lag_ms);
    html! {
        div class={ "node" (node_tone(one)) } {
            (top(one))
            p class="counts" {
                @if let Some(lag) = lag {
                    @let lag = i64::try_from(lag).unwrap_or(i64::MAX);
                    span { "lag " b { (format_duration(domain::SignedDuration::from_millis(lag))) } }
                }
                (dead(one))
            }
            (remark(one))
        }
    }
}

fn subscription(one: &Status<'_>, charts: Option<&Charts>) -> Markup {
    let oldest = charts.and_then(|charts| charts.oldest_s.get(one.pipe.owner));
    let arrow = match one.state() {
        "STOPPED" | OPEN | PAUSED => "held",
        TARGET_MISSING => "cut-off",
        _ => "to",
    };
    let source = if one.pipe.reads_stream() {
        "stream, in order"
    } else {
        "queue"
    };
    html! {
        li {
            div class={ "node" (node_tone(one)) } {
                (top(one))
                p class="path" {
                    span class="step" { (source) }
                    @if let Some((subscription, _)) = &one.target {
                        span class={ "step " (arrow) } {
                            (subscription.target.kind) " " (shown(last_part(subscription.target.place())))
                        }
                    }
                }
                p class="counts" {
                    @if let Some(queue) = &one.queue { (count(in_queue(queue), "waiting", false)) }
                    @if let Some(oldest) = oldest.filter(|oldest| **oldest > 0) {
                        @let oldest = i64::try_from(*oldest).unwrap_or(i64::MAX);
                        span { "oldest " b { (format_duration(domain::SignedDuration::from_secs(oldest))) } }
                    }
                    (dead(one))
                }
                (remark(one))
            }
        }
    }
}

fn top(one: &Status<'_>) -> Markup {
    let name = one.pipe.owner;
    html! {
        p class="top" {
            a href=(Address::to(&["subscriptions", name])) class="name" { (shown(name)) }
            (pipe_state(one.state(), one.meaning().tone))
        }
    }
}

/// What is in the DLQ, with a link if there is anything.
fn dead(one: &Status<'_>) -> Markup {
    let many = in_queue(&one.dlq);
    let text = count(many, "in DLQ", true);
    if many == 0 {
        return text;
    }
    html! { a href=(Address::to(&["dlqs", one.pipe.owner])) { (text) } }
}

/// What the state means, unless all is well.
fn remark(one: &Status<'_>) -> Markup {
    let name = one.pipe.owner;
    let meaning = one.meaning();
    let unknown = one
        .target
        .as_ref()
        .and_then(|(_, target)| target.why_unknown(name));
    html! {
        @if meaning.tone != Tone::Good {
            p class="note" { (shown(&format!("{name} {}", meaning.text))) }
        }
        @if let Some(unknown) = unknown {
            p class="note" { (shown(&unknown)) }
        }
    }
}

fn node_tone(one: &Status<'_>) -> String {
    match one.meaning().tone {
        Tone::Good => String::new(),
        tone => format!(" {}", class(tone)),
    }
}

/// The name at the end of an ARN, or an address without `https://`.
fn last_part(place: &str) -> &str {
    match place.split_once("://") {
        Some((_, address)) => address,
        None => place.rsplit([':', '/']).next().unwrap_or(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_short_in_the_picture() {
        assert_eq!(
            last_part("arn:aws:lambda:eu-central-1:1:function:coatcheck-texts"),
            "coatcheck-texts"
        );
        assert_eq!(
            last_part("arn:aws:sqs:eu-central-1:2:ledger.fifo"),
            "ledger.fifo"
        );
        assert_eq!(
            last_part("https://crm.example.com/hooks"),
            "crm.example.com/hooks"
        );
    }
}
