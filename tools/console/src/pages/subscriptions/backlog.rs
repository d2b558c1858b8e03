//! What waited for one over time.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use operator::{
    Tone,
    metrics::{Backlog, ChartSpan},
    subscriptions::Pipe,
};

use crate::{
    address::Address,
    app::{App, Console},
    failure::Failure,
    fields::Asked,
    markup::{Part, chart, notice, part_if_changed, shown, time, words},
};

/// What waited over the last hour. CloudWatch costs money, so it is asked at most once a minute.
pub(super) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    let owner = Pipe::named(&app.stack.description, &name)?.owner;
    let found = read(&app, owner).await;
    let draw = |part: &Part| card(owner, part);
    Ok(part_if_changed(&asked, &found, draw))
}

pub(super) async fn read(app: &Console, name: &str) -> Part {
    let charts = &app.snapshot.charts;
    let read = charts.backlog(&app.stack, name, ChartSpan::Hour).await;
    Part::new(body(&read))
}

pub(super) fn card(name: &str, body: &Part) -> Markup {
    let again = body.seen(Address::to(&["parts", "subscription", name, "backlog"]));
    html! {
        section class="card" aria-label="Backlog" id="backlog"
            hx-get=(again) hx-trigger="live-charts from:body" hx-swap="outerHTML" {
            h2 { "Backlog" }
            (body.body)
        }
    }
}

fn body(read: &operator::Result<Arc<Backlog>>) -> Markup {
    match read {
        Ok(found) => html! {
            @if !found.messages.times.is_empty() {
                (chart("backlog", &found.messages, "Messages in the last hour"))
            }
            @if !found.oldest_s.series.is_empty() {
                h3 { "The oldest, in seconds" }
                (chart("oldest", &found.oldest_s, "How long the oldest waited, in seconds"))
            }
            p class="note" { (words(&found.source.remark())) " Read at " (time(found.read_at)) "." }
        },
        Err(problem) => notice(
            Tone::Attention,
            false,
            html! {
                p { b { "No figures." } }
                @for line in problem.with_causes().lines() { p { (shown(line)) } }
            },
        ),
    }
}

#[cfg(test)]
mod tests {
    use operator::{
        Problem,
        metrics::{Chart, MetricsSource, Series},
    };

    use super::*;

    #[test]
    fn it_is_drawn_or_says_why_not() {
        let at = "2026-11-26T19:00:00Z".parse().unwrap();
        let found = Backlog {
            span: ChartSpan::Hour,
            read_at: at,
            source: MetricsSource::CloudWatch {
                metrics: 3,
                incomplete: false,
            },
            messages: Chart {
                times: vec![at],
                series: vec![Series {
                    name: "waiting".to_owned(),
                    values: vec![7],
                }],
            },
            oldest_s: Chart::default(),
        };
        let html = body(&Ok(Arc::new(found))).into_string();
        assert!(
            html.contains("data-chart=\"backlog\"") && html.contains("waiting"),
            "{html}"
        );
        assert!(
            html.contains("once a minute") && !html.contains("The oldest"),
            "{html}"
        );
        let denied = body(&Err(Problem::Refused("no <right>".to_owned()))).into_string();
        assert!(
            denied.contains("no &lt;right&gt;") && !denied.contains("data-chart"),
            "{denied}"
        );
    }
}
