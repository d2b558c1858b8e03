//! All of them, live.

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use operator::{Tone, in_queue, subscriptions::Status};

use super::parts::{change_button, endpoints, state_of, target, types};
use crate::{
    address::Address,
    app::App,
    failure::Failure,
    fields::Asked,
    frame::{Page, Section, page},
    markup::{Column, Part, part_if_changed, read_only, shown, shown_at_most, table},
};

/// The longest remark beside a state.
const REMARK: usize = 200;

pub(super) async fn show(State(app): State<App>) -> Result<Response, Failure> {
    let flow = app.snapshot.flow(&app.stack).await?;
    let rows = flow.statuses(&app.stack.description);
    let section = Section::Subscriptions;
    let body = html! {
        section class="card" aria-label="Subscriptions" { (listed(&all(&rows, app.operate))) }
        @if !app.operate { (read_only("pause or resume them")) }
    };
    let page_of_all = Page {
        live: &["flow"],
        ..Page::new("Subscriptions", section, section.command())
    };
    Ok(page(&app, page_of_all, body))
}

pub(super) async fn now(State(app): State<App>, Asked(asked): Asked) -> Result<Response, Failure> {
    let flow = app.snapshot.flow(&app.stack).await?;
    let rows = flow.statuses(&app.stack.description);
    Ok(part_if_changed(&asked, &all(&rows, app.operate), listed))
}

const COLUMNS: [Column; 8] = [
    Column::head("Name"),
    Column::text("State"),
    Column::text("Types"),
    Column::text("Endpoints"),
    Column::text("Target"),
    Column::number("Waiting"),
    Column::number("In DLQ"),
    Column::text("Change"),
];

/// The part, which fetches itself again when the queues were read.
fn listed(all: &Part) -> Markup {
    let again = all.seen(Address::to(&["parts", "subscriptions"]));
    html! {
        div id="list" hx-get=(again) hx-trigger="live-flow from:body" hx-swap="outerHTML" { (all.body) }
    }
}

fn all(rows: &[Status<'_>], operate: bool) -> Part {
    // Without the last one, where nothing can be changed.
    let columns =
        COLUMNS.split_last().map_or(
            &COLUMNS[..],
            |(_, others)| {
                if operate { &COLUMNS } else { others }
            },
        );
    let cells: Vec<Vec<Markup>> = rows.iter().map(cells).collect();
    Part::new(table("The router and the subscriptions", columns, &cells))
}

fn cells(row: &Status<'_>) -> Vec<Markup> {
    let name = row.pipe.owner;
    let subscription = row.target.as_ref().map(|(one, _)| *one);
    let meaning = row.meaning();
    let dead = in_queue(&row.dlq);
    vec![
        html! { a href=(Address::to(&["subscriptions", name])) { (shown(name)) } },
        html! {
            (state_of(row))
            @if !matches!(meaning.tone, Tone::Good | Tone::Quiet) {
                span class="note" { " " (shown_at_most(&meaning.text, REMARK)) }
            }
        },
        types(subscription),
        endpoints(subscription),
        target(subscription),
        match &row.queue {
            Some(queue) => html! { (queue.visible) },
            None => html! { "in the stream" },
        },
        if dead > 0 {
            let label = operator::visible(&format!("{dead} in the DLQ of {name}"));
            html! { a href=(Address::to(&["dlqs", name])) aria-label=(label) { (dead) } }
        } else {
            html! { "0" }
        },
        change_button(row, "small"),
    ]
}

#[cfg(test)]
mod tests {
    use operator::stack::StackDescription;

    use super::{super::parts::samples::row, *};

    #[test]
    fn each_row_leads_to_its_page_and_its_dlq() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let rows = [
            row(&description, "router", "RUNNING", 0),
            row(&description, "invoices", "STOPPED", 3),
        ];
        let html = listed(&all(&rows, true)).into_string();
        for part in [
            "hx-get=\"/parts/subscriptions?seen=",
            "hx-trigger=\"live-flow from:body\"",
            "<a href=\"/subscriptions/router\">",
            "in the stream",
            "<span class=\"state paused\">STOPPED</span>",
            "aria-label=\"3 in the DLQ of invoices\"",
            "href=\"/subscriptions/invoices/resume\"",
            "href=\"/subscriptions/router/pause\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let quiet = listed(&all(&rows, false)).into_string();
        assert!(
            !quiet.contains("/pause") && !quiet.contains("Change"),
            "{quiet}"
        );
    }

    #[test]
    fn a_destination_has_its_address_and_pace_and_can_be_resumed() {
        let description = StackDescription::parse(&testkit::delivered_stack()).unwrap();
        for (state, buttons) in [
            ("RUNNING", ["/pause"].as_slice()),
            ("OPEN", &["/resume", "/pause"]),
            ("PAUSED", &["/resume"]),
        ] {
            let rows = [row(&description, "crm", state, 0)];
            let html = listed(&all(&rows, true)).into_string();
            assert!(
                html.contains("crm.example.com/hooks</bdi>, at most 20/s"),
                "{html}"
            );
            assert!(!html.contains("hunter2"), "{html}");
            let found: Vec<&str> = ["/resume", "/pause"]
                .into_iter()
                .filter(|what| html.contains(&format!("/subscriptions/crm{what}")))
                .collect();
            assert_eq!(found, buttons, "{state}");
        }
    }

    #[test]
    fn hostile_names_stay_text() {
        let hostile = testkit::STACK
            .replace("\"invoices\": {\"pipe\"", "\"<script>\\u202e\": {\"pipe\"")
            .replace("[\"invoice.*\"]", "[\"\\\"><img src=x>\"]")
            .replace("[\"stripe\"]", "[\"<b>\"]");
        let description = StackDescription::parse(&hostile).unwrap();
        let rows = [row(&description, "<script>\u{202e}", "STOPPED", 1)];
        let html = listed(&all(&rows, true)).into_string();
        for bad in ["<script", "<img", "<b>", "\u{202e}"] {
            assert!(!html.contains(bad), "{bad}: {html}");
        }
        assert!(
            html.contains("/subscriptions/%3Cscript%3E%E2%80%AE/resume"),
            "{html}"
        );
    }
}
