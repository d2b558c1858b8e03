//! All endpoints.

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use operator::{
    endpoints::{ListedEndpoint, list},
    metrics::{ChartSpan, Charts},
};

use super::parts::{key_state, lane, refused, remark, state_of, url};
use crate::{
    address::Address,
    app::App,
    failure::Failure,
    frame::{Page, Section, page},
    markup::{Column, grouped, shown, table},
};

pub(super) async fn show(State(app): State<App>) -> Result<Response, Failure> {
    let rows = list(&app.stack).await?;
    let figures = app.snapshot.deliveries(&app.stack, ChartSpan::Hour).await;
    let section = Section::Endpoints;
    let body = html! {
        section class="card" aria-label="Endpoints" {
            @if rows.is_empty() {
                div class="empty" {
                    p { b { "The stack has no endpoints." } }
                    p { "Add one to " code { "endpoints" } " in Terraform's variables." }
                }
            } @else {
                (listed(&rows, figures.as_deref().ok()))
                (remark(&figures))
            }
        }
    };
    Ok(page(
        &app,
        Page::new("Endpoints", section, section.command()),
        body,
    ))
}

fn listed(rows: &[ListedEndpoint], figures: Option<&Charts>) -> Markup {
    let columns = [
        Column::head("Name"),
        Column::text("State"),
        Column::text("Scheme"),
        Column::text("Lane"),
        Column::text("URL"),
        Column::text("Keys"),
        Column::number("Received, 1 h"),
        Column::number("Refused, 1 h"),
    ];
    // Without the counts, if they are not known.
    let counted = if figures.is_some() { 8 } else { 6 };
    let columns: Vec<Column> = columns.into_iter().take(counted).collect();
    let cells: Vec<Vec<Markup>> = rows.iter().map(|row| cells(row, figures)).collect();
    table("Endpoints", &columns, &cells)
}

fn cells(row: &ListedEndpoint, figures: Option<&Charts>) -> Vec<Markup> {
    let counts = figures.and_then(|figures| figures.endpoints.get(&row.name));
    let counts = counts.copied().unwrap_or_default();
    let to = Address::to(&["endpoints", &row.name]);
    vec![
        html! { a href=(to) { (shown(&row.name)) } },
        state_of(row.enabled),
        shown(&row.scheme),
        html! { (lane(row.lane)) },
        url(&row.url, &row.name),
        keys(row),
        html! { (grouped(counts.received)) },
        refused(counts),
    ]
}

fn keys(row: &ListedEndpoint) -> Markup {
    html! {
        @if row.keys.is_empty() {
            span class="note" { (shown(row.problem.as_deref().unwrap_or("none"))) }
        } @else {
            ul {
                @for key in &row.keys {
                    li {
                        code { (shown(&key.id)) } " " (key_state(key))
                        @if let Some(end) = key.not_after.as_ref().filter(|_| key.live) {
                            span class="note" { " ends " (end) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use operator::metrics::Counts;

    use super::{
        super::parts::samples::{KEYS, figures, listed as sample},
        *,
    };

    #[test]
    fn each_has_its_url_and_its_keys_and_no_secret() {
        let html = listed(&[sample("billing", KEYS)], None).into_string();
        for part in [
            "<a href=\"/endpoints/billing\">",
            "data-copy=\"https://a/v1/hooks/billing\"",
            "ends 2026-11-23T12:00:00.000Z",
            "expired",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("hunter"), "{html}");
    }

    #[test]
    fn the_counts_of_the_last_hour_are_there_if_they_are_known() {
        let mut figures = figures();
        let rows = [sample("billing", KEYS)];
        let without = listed(&rows, None).into_string();
        assert!(!without.contains("Received"), "{without}");
        let counts = Counts {
            received: 1_204,
            duplicate: None,
            refused: Some(212),
        };
        figures.endpoints.insert("billing".to_owned(), counts);
        let html = listed(&rows, Some(&figures)).into_string();
        assert!(
            html.contains(">1,204<") && html.contains("state bad"),
            "{html}"
        );
    }

    #[test]
    fn without_the_right_to_read_keys_it_says_so() {
        let mut row = sample("billing", KEYS);
        row.keys.clear();
        row.problem = Some("attach the policy <verify>".to_owned());
        let html = listed(&[row], None).into_string();
        assert!(html.contains("attach the policy &lt;verify&gt;"), "{html}");
    }

    #[test]
    fn hostile_names_and_urls_stay_text() {
        let mut row = sample(
            "<script>\u{202e}",
            r#"{"keys":[{"id":"<b>","secret":"x"}]}"#,
        );
        row.url = "javascript:alert(1)\"><img>".to_owned();
        let html = listed(&[row], None).into_string();
        for bad in ["<script", "<img", "<b>", "\u{202e}", "href=\"javascript"] {
            assert!(!html.contains(bad), "{bad:?}: {html}");
        }
    }
}
