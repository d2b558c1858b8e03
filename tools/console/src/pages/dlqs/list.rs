//! All DLQs.

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use operator::{
    Tone,
    dlq::{ListedDlq, list},
    in_queue,
};

use crate::{
    address::Address,
    app::App,
    failure::Failure,
    frame::{Page, Section, page},
    markup::{Column, shown, state, table},
};

pub(super) async fn show(State(app): State<App>) -> Result<Response, Failure> {
    let rows = list(&app.stack).await?;
    let section = Section::Dlqs;
    let body = html! {
        section class="card" aria-label="DLQs" { (listed(&rows)) }
        p class="note" { "SQS counts messages only approximately." }
    };
    Ok(page(
        &app,
        Page::new("DLQs", section, section.command()),
        body,
    ))
}

fn listed(rows: &[ListedDlq<'_>]) -> Markup {
    let columns = [
        Column::head("DLQ"),
        Column::number("Messages"),
        Column::text("State"),
        Column::text("A redrive sends them"),
    ];
    let cells: Vec<Vec<Markup>> = rows.iter().map(cells).collect();
    table("All DLQs", &columns, &cells)
}

fn cells(row: &ListedDlq<'_>) -> Vec<Markup> {
    let name = &row.dlq.name;
    let some = in_queue(&row.depth);
    vec![
        html! { a href=(Address::to(&["dlqs", name])) { (shown(name)) } },
        html! { @if some > 0 { b { (some) } } @else { "0" } },
        if some > 0 {
            state("dead letters", Tone::Bad)
        } else {
            state("empty", Tone::Good)
        },
        shown(&row.dlq.describe_path()),
    ]
}

#[cfg(test)]
mod tests {
    use operator::{
        dlq::{Depth, Dlq},
        stack::StackDescription,
    };

    use super::*;

    #[test]
    fn each_leads_to_its_page_and_says_where_a_redrive_goes() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let row = |name, visible| ListedDlq {
            dlq: Dlq::named(&description, name).unwrap(),
            depth: Depth {
                visible,
                ..Depth::default()
            },
        };
        let html = listed(&[row("processor:slow", 2), row("router", 0)]).into_string();
        assert!(
            html.contains("<a href=\"/dlqs/processor%3Aslow\">"),
            "{html}"
        );
        assert!(
            html.contains("<b>2</b>") && html.contains("state bad"),
            "{html}"
        );
        assert!(html.contains("every buffered subscription") && html.contains("state good"));
    }
}
