//! One of them.

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use operator::{
    Tone, format_duration, in_queue, plural,
    stack::{ROUTER, TEST_TYPE},
    subscriptions::{Pipe, Status},
};

use super::{
    backlog,
    destination::{breaker, pace},
    keys,
    parts::{change_button, crumb, endpoints, read, state_of, subject, target, types},
};
use crate::{
    address::Address,
    app::App,
    failure::Failure,
    fields::Asked,
    frame::{Page, Section, page},
    markup::{
        Part, button, card, facts, job_box, notice, part_if_changed, read_only, shown, words,
    },
};

pub(super) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    shown_with(&app, &name, asked.one("job"), &Extra::default()).await
}

/// What a change adds to the page.
#[derive(Default)]
pub(super) struct Extra {
    /// Above everything else.
    pub(super) first: Option<Markup>,
    /// What became of a test.
    pub(super) test: Option<Markup>,
}

/// The page of one as it is now.
pub(super) async fn shown_with(
    app: &App,
    name: &str,
    job: Option<&str>,
    extra: &Extra,
) -> Result<Response, Failure> {
    let (row, keys) = futures_util::join!(read(app, name), keys::read(app, name));
    let row = row?;
    let job = app.jobs.about(&subject(name), job);
    let is_busy = job.as_ref().is_some_and(|job| job.is_running());
    let backlog = backlog::read(app, row.pipe.owner).await;
    let command = format!("coatcheck subscriptions status {name}");
    let body = html! {
        @if let Some(first) = &extra.first { (first) }
        @if let Some(job) = &job { (job_box(job, &job.seen(), app.operate)) }
        // What a job does to it says more.
        @if !is_busy { (warning(&row)) }
        div class="buttons" {
            @if app.operate { (change_button(&row, "")) }
            @if let Some(to) = its_events(&row) { (button("Its events", &to, "")) }
            (button("Its DLQ", &Address::to(&["dlqs", name]), ""))
        }
        @if !app.operate { (read_only("pause or resume it")) }
        div class="wide-left" {
            div { (backlog::card(name, &backlog)) @if row.target.is_some() { (testing(name, app.operate, extra.test.as_ref())) } }
            div {
                (now_card(name, &counts(&row)))
                (configuration(&row))
                @if let Some(keys) = &keys { (keys::card(name, keys, app.operate)) }
            }
        }
    };
    let page_of_one = Page {
        crumb: Some(crumb(None)),
        lead: Some(state_of(&row)),
        live: if is_busy {
            &["flow", "charts", "jobs"]
        } else {
            &["flow", "charts"]
        },
        ..Page::new(name, Section::Subscriptions, &command)
    };
    Ok(page(app, page_of_one, body))
}

pub(super) async fn now(
    State(app): State<App>,
    Path(name): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    let owner = Pipe::named(&app.stack.description, &name)?.owner;
    let flow = app.snapshot.flow(&app.stack).await?;
    let rows = flow.statuses(&app.stack.description);
    let row = rows.iter().find(|row| row.pipe.owner == owner);
    let row = row.ok_or_else(|| Failure::NotFound("There is no such part.".to_owned()))?;
    let draw = |part: &Part| now_card(owner, part);
    Ok(part_if_changed(&asked, &counts(row), draw))
}

/// What is in the queues now. It fetches itself again when they were read.
fn now_card(name: &str, counts: &Part) -> Markup {
    let again = counts.seen(Address::to(&["parts", "subscription", name]));
    html! {
        section class="card" aria-label="Now" id="now"
            hx-get=(again) hx-trigger="live-flow from:body" hx-swap="outerHTML" {
            h2 { "Now" }
            (counts.body)
        }
    }
}

/// A number that SQS counts only approximately.
fn about(count: u64, noun: &str) -> Markup {
    html! { @if count == 0 { "0" } @else { "about " (plural(count, noun)) } }
}

/// The events that it takes, as far as the page of events has a filter for them.
fn its_events(row: &Status<'_>) -> Option<Address> {
    let (one, _) = row.target.as_ref()?;
    let mut to = Address::to(&["events"]);
    if let [endpoint] = one.endpoints.as_deref().unwrap_or_default() {
        to = to.with("endpoint", endpoint);
    }
    match one.types.as_slice() {
        [kind] if kind == "*" => Some(to),
        [kind] => Some(to.with("type", kind)),
        _ => None,
    }
}

/// The card with the button, and what became of the last test.
fn testing(name: &str, operate: bool, result: Option<&Markup>) -> Markup {
    let to = Address::to(&["subscriptions", name, "test"]);
    html! {
        @if name != ROUTER {
            section class="card" aria-label="Test" {
                h2 { "Test" }
                p class="note" {
                    "Sends an event of the type " code { (TEST_TYPE) } " through this subscription alone, whatever its "
                    "types are. Its handler runs."
                }
                @if operate {
                    form action=(to) method="post" hx-post=(to) hx-target="#test" hx-swap="innerHTML" {
                        button class="primary" { "Send a test event" span class="busy" { " …" } }
                    }
                } @else {
                    (read_only("send a test"))
                }
                div id="test" aria-live="polite" { @if let Some(result) = result { (result) } }
            }
        }
    }
}

fn warning(row: &Status<'_>) -> Markup {
    let name = row.pipe.owner;
    let meaning = row.meaning();
    let is_well = matches!(meaning.tone, Tone::Good | Tone::Quiet);
    let unknown = row.target.as_ref();
    let unknown = unknown.and_then(|(_, target_state)| target_state.why_unknown(name));
    html! {
        @if !is_well {
            (notice(meaning.tone, false, html! {
                p { b { (shown(name)) " " (words(&meaning.text)) "." } }
                @if let Some(remedy) = &meaning.remedy { p { "Do: " code { (shown(remedy)) } } }
            }))
        }
        @if let Some(text) = unknown { (notice(Tone::Attention, false, html! { p { (words(&text)) } })) }
    }
}

fn counts(row: &Status<'_>) -> Part {
    let name = row.pipe.owner;
    let dead = in_queue(&row.dlq);
    let mut pairs = vec![("State", state_of(row))];
    pairs.extend(row.breaker.as_ref().map(|one| ("Breaker", breaker(one))));
    match &row.queue {
        Some(queue) => {
            pairs.push(("Waiting", about(queue.visible, "event")));
            pairs.push(("In flight", about(queue.in_flight, "event")));
            pairs.push(("Delayed", about(queue.delayed, "event")));
        }
        None => pairs.push((
            "Waiting",
            html! { "it reads the stream, which keeps an event for 24 h" },
        )),
    }
    if let Some(places) = &row.dead_letters {
        pairs.push((
            "Given up",
            html! { (about(in_queue(places), "event")) ", until " code { "rehydrate" } " turns them back into events" },
        ));
    }
    pairs.push((
        "In its DLQ",
        html! {
            @if dead == 0 { "0" } @else {
                a href=(Address::to(&["dlqs", name])) { "about " (plural(dead, "dead letter")) }
            }
        },
    ));
    Part::new(facts(&pairs))
}

fn configuration(row: &Status<'_>) -> Markup {
    let subscription = row.target.as_ref().map(|(one, _)| *one);
    let ordered = subscription.is_some_and(|one| one.ordered);
    let mut pairs = vec![
        ("Types", types(subscription)),
        ("Endpoints", endpoints(subscription)),
        (
            "Order",
            html! { @if ordered { "in order of each ordering key" } @else { "no order" } },
        ),
        ("Target", target(subscription)),
    ];
    if let Some(filter) = subscription.and_then(|one| one.filter.as_ref()) {
        let filter = filter.to_string();
        pairs.insert(
            2,
            ("Filter", html! { span class="mono" { (shown(&filter)) } }),
        );
    }
    if let Some(one) = subscription {
        let title = match one.target.kind.as_str() {
            "http" => "Address",
            _ => "Target's ARN",
        };
        let place = html! { span class="mono" { (shown(one.target.place())) } };
        pairs.push((title, place));
        if let Some(deliver) = &one.deliver {
            pairs.extend(pace(deliver));
        }
    }
    let read_by = match row.pipe.mapping {
        Some(_) => "the function ",
        None => "the pipe ",
    };
    pairs.push((
        "Read by",
        html! { (read_by) code { (shown(row.pipe.name)) } },
    ));
    if let Some(queue) = &row.queue {
        let kept = domain::SignedDuration::from_secs(queue.kept_s.try_into().unwrap_or(i64::MAX));
        pairs.push(("Kept in its queue", html! { (format_duration(kept)) }));
    }
    card("Configuration", facts(&pairs))
}

#[cfg(test)]
mod tests {
    use operator::stack::StackDescription;

    use super::{super::parts::samples::row, *};

    #[test]
    fn a_stopped_one_says_what_that_means_and_what_to_do() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let stopped = row(&description, "invoices", "STOPPED", 3);
        let html = warning(&stopped).into_string();
        assert!(
            html.contains("notice attention") && html.contains("for up to 14 d"),
            "{html}"
        );
        assert!(
            html.contains("coatcheck subscriptions resume invoices"),
            "{html}"
        );
        assert!(
            html.contains("&lt;i&gt;no right") && !html.contains("<i>"),
            "{html}"
        );
        let button = change_button(&stopped, "").into_string();
        assert!(
            button.contains("/subscriptions/invoices/resume"),
            "{button}"
        );
        let runs = row(&description, "invoices", "RUNNING", 0);
        assert_eq!(warning(&runs).into_string(), "");
        assert!(change_button(&runs, "").into_string().contains("/pause"));
    }

    #[test]
    fn its_events_are_those_that_one_filter_finds() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let of = |name| its_events(&row(&description, name, "RUNNING", 0));
        let invoices = of("invoices").unwrap().to_string();
        assert_eq!(invoices, "/events?endpoint=stripe&type=invoice.%2A");
        assert_eq!(of("ledger").unwrap().to_string(), "/events");
        assert!(of("router").is_none());
    }

    #[test]
    fn the_counts_are_about_and_lead_to_the_dlq() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let part = counts(&row(&description, "invoices", "RUNNING", 3));
        let html = now_card("invoices", &part).into_string();
        for part in [
            "hx-get=\"/parts/subscription/invoices?seen=",
            "about 12 events",
            "<a href=\"/dlqs/invoices\">about 3 dead letters</a>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let stream = counts(&row(&description, "fan", "RUNNING", 0))
            .body
            .into_string();
        assert!(
            stream.contains("reads the stream") && stream.contains("rehydrate"),
            "{stream}"
        );
        let setup = configuration(&row(&description, "invoices", "RUNNING", 0)).into_string();
        assert!(
            setup.contains("14 d") && setup.contains("processor "),
            "{setup}"
        );
    }

    #[test]
    fn only_with_operate_is_there_a_button_and_none_for_the_router() {
        assert!(
            testing("invoices", true, None)
                .into_string()
                .contains("hx-post")
        );
        assert!(
            !testing("invoices", false, None)
                .into_string()
                .contains("hx-post")
        );
        assert_eq!(testing(ROUTER, true, None).into_string(), "");
    }
}
