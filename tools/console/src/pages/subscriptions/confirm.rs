//! What pausing or resuming one will do, before it is done.

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use operator::{
    Tone, plural,
    stack::ROUTER,
    subscriptions::{Pipe, Status, while_stopped},
};

use super::{
    change::{LENGTHS, UNTIL_RESUMED, WITH_LOSS},
    parts::{crumb, read},
};
use crate::{
    address::Address,
    app::App,
    failure::Failure,
    frame::{Page, Section, page},
    markup::{choice, confirm, notice, shown, words},
};

pub(super) async fn pause(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    if !app.operate {
        return Err(Failure::ReadOnly);
    }
    let pipe = Pipe::named(&app.stack.description, &name)?;
    let means = while_stopped(&app.stack, &pipe).await?;
    let title = format!("Pause {name}?");
    let mut command = format!("coatcheck subscriptions pause {name}");
    if pipe.reads_stream() {
        command.push_str(" --for 30m");
    }
    let asking = Page {
        crumb: Some(crumb(Some(&name))),
        ..Page::new(&title, Section::Subscriptions, &command)
    };
    Ok(page(&app, asking, pausing(&pipe, &means)))
}

pub(super) async fn resume(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    if !app.operate {
        return Err(Failure::ReadOnly);
    }
    let row = read(&app, &name).await?;
    let title = format!("Resume {name}?");
    let command = format!("coatcheck subscriptions resume {name}");
    let asking = Page {
        crumb: Some(crumb(Some(&name))),
        ..Page::new(&title, Section::Subscriptions, &command)
    };
    Ok(page(&app, asking, resuming(&row)))
}

fn pausing(pipe: &Pipe<'_>, means: &[String]) -> Markup {
    let name = pipe.owner;
    html! {
        form action=(Address::to(&["subscriptions", name, "pause"])) method="post" class="card" {
            (notice(Tone::Attention, false, html! {
                p { b { "While " (shown(name)) " is paused:" } }
                ul {
                    @for line in means { li { (words(line)) } }
                    @if name == ROUTER { li { "the buffered subscriptions get no new events" } }
                }
            }))
            fieldset class="choices" {
                legend { "For how long" }
                @if !pipe.reads_stream() {
                    (choice(("for", UNTIL_RESUMED), true, "Until I resume it", ""))
                }
                @for (at, (value, text, _)) in LENGTHS.iter().enumerate() {
                    (choice(("for", value), at == 0 && pipe.reads_stream(), text, ""))
                }
                @if pipe.reads_stream() {
                    (choice(
                        ("for", WITH_LOSS),
                        false,
                        "Until I resume it",
                        "I accept that events are lost that are not delivered within 24 h",
                    ))
                }
            }
            p class="note" {
                "After a time, the console starts it again: also when you resume it or end the console before, but \
                 not if its process is killed."
            }
            (confirm(&format!("Pause {name}"), "primary", &Address::to(&["subscriptions", name])))
        }
    }
}

fn resuming(row: &Status<'_>) -> Markup {
    let name = row.pipe.owner;
    html! {
        form action=(Address::to(&["subscriptions", name, "resume"])) method="post" class="card" {
            (notice(Tone::Attention, false, html! {
                p { b { (shown(name)) " is " (row.status.current) "." } }
                @match &row.queue {
                    Some(queue) => p { "Then it delivers the about " (plural(queue.visible, "event")) " that wait." },
                    None => p { "Then it delivers what waits in the stream." },
                }
                @if row.pipe.mapping.is_some() {
                    p { "Its breaker is closed too, so that its destination gets events at once." }
                }
                @if let Some(remark) = row.pipe.start_remark() { p { (words(remark)) "." } }
            }))
            (confirm(&format!("Resume {name}"), "primary", &Address::to(&["subscriptions", name])))
        }
    }
}

#[cfg(test)]
mod tests {
    use operator::stack::StackDescription;

    use super::{super::parts::samples::row, *};

    #[test]
    fn only_a_reader_of_the_stream_asks_about_loss() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let of = |name| {
            let pipe = Pipe::named(&description, name).unwrap();
            pausing(&pipe, &["after five minutes <an alarm> goes on".to_owned()]).into_string()
        };
        let (invoices, ledger) = (of("invoices"), of("ledger"));
        let (fan, router) = (of("fan"), of("router"));
        assert!(
            invoices.contains("value=\"until-resumed\" checked"),
            "{invoices}"
        );
        for queue in [&invoices, &ledger] {
            assert!(!queue.contains("accept-loss"), "{queue}");
        }
        assert!(fan.contains("value=\"30m\" checked"), "{fan}");
        assert!(fan.contains("accept-loss-after-24h") && !fan.contains("until-resumed"));
        assert!(router.contains("the buffered subscriptions get no new events"));
        assert!(invoices.contains("&lt;an alarm&gt;"), "{invoices}");
        assert!(invoices.contains("method=\"post\"") && invoices.contains("Cancel"));
    }

    #[test]
    fn resuming_says_what_waits() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let html = resuming(&row(&description, "invoices", "STOPPED", 0)).into_string();
        assert!(
            html.contains("about 12 events") && html.contains("STOPPED"),
            "{html}"
        );
    }
}
