use maud::{Markup, html};
use operator::{
    Tone,
    doctor::{About, Finding, Severity, summary},
};

use crate::{
    address::Address,
    markup::{Part, class, shown, state, time},
    snapshot::Examined,
};

fn address() -> Address {
    Address::to(&["parts", "doctor"])
}

/// What stands there until the doctor has looked: it is slow.
pub(super) fn placeholder() -> Markup {
    html! {
        section class="card" id="doctor" aria-label="What the doctor found" hx-get=(address())
            hx-trigger="load" hx-swap="outerHTML" {
            h2 { "What the doctor found" }
            p class="note" { "The doctor looks at the whole stack, which takes a few seconds." }
        }
    }
}

pub(super) fn part(body: &Part) -> Markup {
    html! {
        section class="card" id="doctor" aria-label="What the doctor found"
            hx-get=(body.seen(address())) hx-trigger="live-doctor from:body" hx-swap="outerHTML" {
            (body.body)
        }
    }
}

pub(super) fn body(examined: &Examined) -> Part {
    let mut bad: Vec<&Finding> = examined.findings.iter().collect();
    bad.retain(|finding| finding.verdict != Severity::Ok);
    // What is worst comes first; within it, the doctor's order.
    bad.sort_by_key(|finding| (finding.verdict != Severity::Bad, !finding.loss));
    Part::new(html! {
        div class="head" {
            h2 { "What the doctor found" }
            button type="button" class="small" hx-get=(address().with("again", "1"))
                hx-target="#doctor" hx-swap="outerHTML" {
                "Check again" span class="busy" { " …" }
            }
        }
        p { (summary(&examined.findings)) }
        @if !bad.is_empty() {
            ul class="columns" { @for one in bad { (finding(one)) } }
        }
        p class="note" {
            "Read at " (time(examined.at)) "."
            @if let Some(requests) = examined.requests { " The doctor made " (requests) " requests to AWS." }
            " The console keeps what it found for five minutes."
        }
    })
}

fn finding(one: &Finding) -> Markup {
    let (tone, word) = match one.verdict {
        Severity::Bad => (Tone::Bad, "bad"),
        Severity::Warn => (Tone::Attention, "warning"),
        Severity::Ok => (Tone::Good, "ok"),
    };
    let there = leads_to(&one.about);
    html! {
        li data-row[there.is_some()] {
            div class={ "notice " (class(tone)) } {
                p class="buttons" {
                    @match there {
                        Some(there) => a href=(there) { (shown(&one.subject)) },
                        None => b { (shown(&one.subject)) },
                    }
                    " " (state(word, tone))
                    @if one.loss { (state("risk of loss", Tone::Bad)) }
                }
                p { (shown(&one.finding)) }
                @if let Some(remedy) = &one.remedy {
                    pre class="command" tabindex="0" { (shown(remedy)) }
                }
            }
        }
    }
}

/// The page about it.
fn leads_to(about: &About) -> Option<Address> {
    Some(match about {
        About::Subscription(name) => Address::to(&["subscriptions", name]),
        About::Dlq(name) => Address::to(&["dlqs", name]),
        About::Endpoint(name) => Address::to(&["endpoints", name]),
        About::Stack | About::Function(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bad_comes_first_with_its_remedy_and_its_page() {
        let examined = Examined {
            at: domain::Timestamp::UNIX_EPOCH,
            findings: vec![
                Finding::ok("router", "runs"),
                Finding::warn("a <b>", "slow", "look"),
                Finding {
                    about: About::Dlq("c/d".to_owned()),
                    ..Finding::warn("c", "full\u{202e}", "empty it").with_loss()
                },
                Finding {
                    about: About::Function("e".to_owned()),
                    ..Finding::bad("e", "gone", "apply")
                },
            ],
            requests: Some(70),
        };
        let text = body(&examined).body.into_string();
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
        assert!(at("gone") < at("full<span class=\"esc\">") && at("empty it") < at("slow"));
        at("<a href=\"/dlqs/c%2Fd\"><bdi>c</bdi></a>");
        at("<b><bdi>a &lt;b&gt;</bdi></b>");
        at("1 ok, 2 warnings (1 with a risk of loss), 1 bad");
        at("70 requests");
        assert!(!text.contains("runs"));
    }
}
