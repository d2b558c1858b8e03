//! One DLQ: its dead letters with the reasons, and the ones to pick.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::Timestamp;
use maud::{Markup, html};
use operator::{
    Tone,
    dlq::{self, DeadLetter, Depth, Dlq},
    format_duration, in_queue, plural, visible,
};

use super::row::{COLUMNS, cells, pick};
use crate::{
    address::Address,
    app::App,
    failure::Failure,
    fields::Asked,
    frame::{Page, Section, page},
    markup::{Column, button, capital, card, job_box, read_only, shown, state, table, words},
};

/// How many messages are received for the page. Each costs a request to release it.
pub(super) const ROWS: usize = 20;

pub(super) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    let dlq = Dlq::named(&app.stack.description, &name)?;
    let job = app.jobs.about(&subject(&name), asked.one("job"));
    let is_busy = job.as_ref().is_some_and(|job| job.is_running());
    let depth = dlq::depth(&app.stack, &dlq).await?;
    // A reader holds the messages for a moment, and the job would miss them.
    let rows = if is_busy || in_queue(&depth) == 0 {
        Vec::new()
    } else {
        dlq::show(&app.stack, &dlq, ROWS).await?
    };
    let now = (app.stack.now)();
    let body = html! {
        @if let Some(job) = &job { (job_box(job, &job.seen(), app.operate)) }
        p class="note" {
            "Looking takes each message for a moment and puts it back: nothing is removed. A redrive sends them "
            (shown(&dlq.describe_path())) ". Fix the cause first."
        }
        @if is_busy {
            p {
                "The dead letters are not shown while this console changes them. "
                a href=(Address::to(&["dlqs", &name])) { "Look again" }
            }
        } @else {
            (letters(&dlq, &depth, &rows, (now, app.operate)))
        }
        @if rows.iter().any(DeadLetter::is_unknown) {
            p class="note" { (words(&dlq.where_to_look(&app.stack.description))) "." }
        }
        @if !app.operate && !rows.is_empty() { (read_only("send them back or delete them")) }
    };
    let title = format!("DLQ of {name}");
    let command = format!("coatcheck dlq show {name}");
    let page_of_one = Page {
        crumb: Some(crumb(None)),
        lead: Some(lead(&depth)),
        live: if is_busy { &["jobs"] } else { &[] },
        ..Page::new(&title, Section::Dlqs, &command)
    };
    Ok(page(&app, page_of_one, body))
}

/// What the pages of one are about, for the jobs that change it.
pub(super) fn subject(name: &str) -> String {
    format!("DLQ of {name}")
}

/// The way back: to all, or to this one.
pub(super) fn crumb(one: Option<&str>) -> Markup {
    html! {
        a href=(Section::Dlqs.address()) { "DLQs" }
        @if let Some(name) = one {
            " / " a href=(Address::to(&["dlqs", name])) { (shown(name)) }
        }
    }
}

fn lead(depth: &Depth) -> Markup {
    let some = in_queue(depth);
    if some == 0 {
        return state("empty", Tone::Good);
    }
    let kept = domain::SignedDuration::from_secs(depth.kept_s.try_into().unwrap_or(i64::MAX));
    let text = format!(
        "about {}, kept for {}",
        plural(some, "dead letter"),
        format_duration(kept)
    );
    state(&text, Tone::Bad)
}

fn letters(
    dlq: &Dlq<'_>,
    depth: &Depth,
    rows: &[DeadLetter],
    (now, operate): (Timestamp, bool),
) -> Markup {
    if rows.is_empty() {
        return card(
            "Dead letters",
            html! {
                div class="empty" {
                    p { b { (shown(&capital(&dlq.why_empty(depth)))) "." } }
                    p { "Events arrive here after their last try, or when their processor rejects them." }
                }
            },
        );
    }
    let caption = visible(&format!("Dead letters of {}", dlq.name));
    let more = in_queue(depth).saturating_sub(rows.len().try_into().unwrap_or(u64::MAX));
    let more = html! {
        @if let Some(text) = dlq.unseen(rows.len(), depth) { p class="note" { (words(&capital(&text))) "." } }
        @else if more > 0 { p class="note" { "These are " (rows.len()) " of about " (in_queue(depth)) ". SQS gives them in no order." } }
    };
    if !operate {
        let cells: Vec<Vec<Markup>> = rows.iter().map(|one| cells(one, now)).collect();
        return card(
            "Dead letters",
            html! { (table(&caption, &COLUMNS, &cells)) (more) },
        );
    }
    let mut columns = vec![Column::pick()];
    columns.extend(COLUMNS);
    let cells: Vec<Vec<Markup>> = rows
        .iter()
        .map(|one| std::iter::once(pick(one)).chain(cells(one, now)).collect())
        .collect();
    let change = Address::to(&["dlqs", &dlq.name, "change"]);
    let about = in_queue(depth).to_string();
    let all = |what: &str| change.clone().with("do", what).with("all", &about);
    html! {
        section class="card" aria-label="Dead letters" {
            div class="head" {
                h2 { "Dead letters" }
                div class="buttons" {
                    (button(&format!("Send back all, about {about} …"), &all("redrive"), "primary"))
                    (button(&format!("Delete all, about {about} …"), &all("purge"), ""))
                }
            }
            form action=(change) method="get" data-pick {
                label class="choice" { input type="checkbox" data-all; " all shown" }
                (table(&caption, &columns, &cells))
                div class="buttons" {
                    button name="do" value="redrive" { "Send back the " span data-picked { "0" } " picked …" }
                    button name="do" value="purge" { "Delete the " span data-picked { "0" } " picked …" }
                }
            }
            (more)
        }
    }
}

#[cfg(test)]
mod tests {
    use operator::{dlq::Content, stack::StackDescription};

    use super::{
        super::row::samples::{dead, event},
        *,
    };

    fn page_of(rows: &[DeadLetter], visible: u64, operate: bool) -> String {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let dlq = Dlq::named(&description, "invoices").unwrap();
        let depth = Depth {
            visible,
            kept_s: 1_209_600,
            ..Depth::default()
        };
        let now = "2026-11-22T05:00:00Z".parse().unwrap();
        letters(&dlq, &depth, rows, (now, operate)).into_string()
    }

    #[test]
    fn each_has_its_reason_and_leads_to_its_event() {
        let rows = [
            event("m1", "stripe/evt_1", "no amount"),
            dead("m2", "hello", None),
        ];
        let html = page_of(&rows, 7, true);
        for part in [
            "<a href=\"/events/stripe%2Fevt_1\" class=\"ref\">",
            "reject: no amount (3 attempts)",
            "not JSON, so not an event",
            "name=\"message\" value=\"m1\" aria-label=\"Pick stripe/evt_1\"",
            "href=\"/dlqs/invoices/change?do=redrive&amp;all=7\"",
            "href=\"/dlqs/invoices/change?do=purge&amp;all=7\"",
            "These are 2 of about 7",
            "3 h",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn a_console_that_may_not_change_has_nothing_to_pick() {
        let html = page_of(&[event("m1", "stripe/evt_1", "no amount")], 1, false);
        assert!(
            !html.contains("<form") && !html.contains("change?do="),
            "{html}"
        );
        assert!(
            !html.contains("checkbox") && !html.contains("These are"),
            "{html}"
        );
    }

    #[test]
    fn an_empty_one_says_so() {
        let html = page_of(&[], 0, true);
        assert!(
            html.contains("The DLQ of invoices is empty</bdi>."),
            "{html}"
        );
        assert!(!html.contains("<form"), "{html}");
    }

    #[test]
    fn hostile_dead_letters_stay_text() {
        const HOSTILE: &str =
            "<script>window.ran=1</script>\u{202e}\u{1b}[31m\"><img src=x onerror=a>";
        let mut one = event("\"><script>", "stripe/a", HOSTILE);
        if let Content::Event(event) = &mut one.content {
            event.kind = HOSTILE.to_owned();
        }
        let other = dead(
            "m2",
            "{\"detail\":{\"object\":{\"key\":\"incoming/a\"}},\"reason\":\"<script>\\u202e\"}",
            None,
        );
        let html = page_of(&[one, other], 2, true);
        for bad in ["<script", "<img", "\u{202e}", "\u{1b}"] {
            assert!(!html.contains(bad), "{bad:?}: {html}");
        }
        assert!(
            html.contains("value=\"&quot;&gt;&lt;script&gt;\""),
            "{html}"
        );
        let long = page_of(&[event("m1", "stripe/a", &"x".repeat(1_000_000))], 1, true);
        assert!(long.len() < 10_000, "{}", long.len());
    }
}
