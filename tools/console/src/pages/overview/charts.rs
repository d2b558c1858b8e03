use std::sync::Arc;

use maud::{Markup, html};
use operator::{
    Tone,
    metrics::{Chart, ChartSpan, Charts, Series},
};

use super::address::part_address;
use crate::{
    address::Address,
    markup::{Part, chart, notice, shown, time},
};

/// Lines that a chart shows; the rest is one line together.
const LINES: usize = 4;

pub(super) fn part(body: &Part, span: ChartSpan) -> Markup {
    let again = body.seen(part_address("charts", span));
    html! {
        section class="card" id="charts" aria-label="Deliveries" hx-get=(again)
            hx-trigger="live-charts from:body" hx-swap="outerHTML" {
            (body.body)
        }
    }
}

pub(super) fn body(deliveries: &Result<Arc<Charts>, Arc<str>>, span: ChartSpan) -> Part {
    let step = match span {
        ChartSpan::Hour => "by minute",
        ChartSpan::Day => "by quarter of an hour",
    };
    Part::new(html! {
        div class="head" {
            h2 { "Deliveries" }
            div class="buttons" {
                @for one in [ChartSpan::Hour, ChartSpan::Day] {
                    @let here = (one == span).then_some("true");
                    a href=(Address::to(&[]).with("span", &one.to_string())) class="button small" aria-current=[here] {
                        "last " (one)
                    }
                }
            }
        }
        @match deliveries {
            Ok(charts) => {
                h3 { "Received, " (step) }
                (chart("received", &charts.received, "Received"))
                @if !charts.refused.series.is_empty() {
                    h3 { "Refused, by reason" }
                    (chart("refused", &few(&charts.refused), "Refused, by reason"))
                }
                p class="note" { (charts.source.remark()) " Read at " (time(charts.read_at)) "." }
            }
            Err(why) => (notice(Tone::Attention, false, html! {
                p { b { "No figures." } }
                p { (shown(why)) }
                p class="note" { "The console asks again in a minute." }
            })),
        }
    })
}

/// The first lines, and the others together.
fn few(chart: &Chart) -> Chart {
    if chart.series.len() <= LINES {
        return chart.clone();
    }
    let (first, rest) = chart.series.split_at(LINES - 1);
    let sum = (0..chart.times.len()).map(|row| {
        let values = rest.iter().filter_map(|series| series.values.get(row));
        values.fold(0_u64, |sum, one| sum.saturating_add(*one))
    });
    let others = Series {
        name: format!("{} other reasons", rest.len()),
        values: sum.collect(),
    };
    Chart {
        times: chart.times.clone(),
        series: first.iter().cloned().chain([others]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(many: usize) -> Chart {
        let series = (0..many).map(|number| Series {
            name: format!("reason-{number}"),
            values: vec![1, 2],
        });
        Chart {
            times: vec![domain::Timestamp::UNIX_EPOCH; 2],
            series: series.collect(),
        }
    }

    #[test]
    fn many_reasons_become_four_lines_and_no_number_is_lost() {
        assert_eq!(few(&of(4)), of(4));
        let shown = few(&of(6));
        assert_eq!(shown.series.len(), 4);
        assert_eq!(shown.series[3].name, "3 other reasons");
        assert_eq!(shown.series[3].values, [3, 6]);
    }

    #[test]
    fn a_failure_says_why_and_when_it_asks_again() {
        let denied = Err("these credentials lack <x>".into());
        let text = body(&denied, ChartSpan::Hour).body.into_string();
        assert!(
            text.contains("No figures.") && text.contains("lack &lt;x&gt;"),
            "{text}"
        );
    }
}
