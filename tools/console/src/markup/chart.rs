use maud::{Markup, html};
use operator::metrics::Chart;

use super::{shown, time_of_day};

/// A chart: the script draws it from the table, which anyone can open.
pub(crate) fn chart(name: &str, chart: &Chart, title: &str) -> Markup {
    let numbers = format!("{title}: the numbers");
    html! {
        figure data-chart=(name) {
            figcaption {
                ul class="legend" {
                    @for (number, series) in chart.series.iter().enumerate() {
                        li class={ "series-" (number + 1) } { span { (shown(&series.name)) } }
                    }
                }
                output class="note" {}
            }
            details {
                summary { "The numbers" }
                div class="scroll" tabindex="0" role="region" aria-label=(numbers) {
                    table {
                        caption { (title) ", UTC" }
                        thead {
                            tr {
                                th scope="col" { "Time" }
                                @for series in &chart.series {
                                    th scope="col" class="number" { (shown(&series.name)) }
                                }
                            }
                        }
                        tbody {
                            @for (row, at) in chart.times.iter().enumerate() {
                                tr {
                                    th scope="row" data-value=(at.as_second()) { (time_of_day(*at)) }
                                    @for series in &chart.series {
                                        td class="number" { (series.values.get(row).copied().unwrap_or_default()) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use operator::metrics::Series;

    use super::*;

    #[test]
    fn it_is_a_table_with_a_row_for_each_step() {
        let one = Chart {
            times: vec!["2026-11-26T18:30:00Z".parse().unwrap()],
            series: vec![Series {
                name: "received".to_owned(),
                values: vec![26],
            }],
        };
        let text = chart("received", &one, "Received").into_string();
        let row = "<tr><th scope=\"row\" data-value=\"1795717800\">18:30</th><td class=\"number\">26</td></tr>";
        assert!(text.contains(row), "{text}");
    }
}
