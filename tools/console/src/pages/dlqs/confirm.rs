//! What a redrive or a purge will do, before it is done.

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use operator::{
    Tone,
    dlq::{self, DeadLetter, Depth, Dlq, Selection},
    in_queue, plural,
};

use super::{
    change::{Which, redriven},
    one::{ROWS, crumb},
    row::{name, reason},
};
use crate::{
    address::Address,
    app::App,
    failure::Failure,
    fields::Asked,
    frame::{Page, Section, page},
    markup::{confirm, notice, shown, shown_at_most},
};

pub(super) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    if !app.operate {
        return Err(Failure::ReadOnly);
    }
    let dlq = Dlq::named(&app.stack.description, &name)?;
    let which = Which::of(&asked)?;
    let depth = dlq::depth(&app.stack, &dlq).await?;
    let asking = match &which.selection {
        // What the link says may be old.
        Selection::All { .. } => all(
            &dlq,
            which.is_purge,
            &depth,
            app.stack.description.least_payload_days(),
        ),
        Selection::These(ids) => {
            let found = dlq::show(&app.stack, &dlq, ROWS).await?;
            let found = found.iter().filter(|one| ids.contains(&one.held.id));
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            these(&dlq, which.is_purge, &ids, &found.collect::<Vec<_>>())
        }
    };
    let command = which.command(&name);
    let asking_page = Page {
        crumb: Some(crumb(Some(&name))),
        ..Page::new(&asking.title, Section::Dlqs, &command)
    };
    Ok(page(&app, asking_page, asking.body))
}

struct Asking {
    title: String,
    body: Markup,
}

/// How a purge differs from a redrive, in words; for one dead letter, or several.
fn words(is_purge: bool, count: u64) -> (&'static str, &'static str, &'static str, &'static str) {
    let become_ = match (is_purge, count) {
        (true, 1) => "is deleted for good",
        (true, _) => "are deleted for good",
        (false, 1) => "goes",
        (false, _) => "go",
    };
    if is_purge {
        ("Delete", "purge", "primary danger", become_)
    } else {
        ("Send back", "redrive", "primary", become_)
    }
}

fn all(dlq: &Dlq<'_>, is_purge: bool, depth: &Depth, payload_days: u32) -> Asking {
    let count = if is_purge {
        in_queue(depth)
    } else {
        redriven(depth)
    };
    let (verb, does, kind, become_) = words(is_purge, count);
    let many = plural(count, "dead letter");
    let fields = html! {
        input type="hidden" name="do" value=(does);
        input type="hidden" name="all" value=(count);
        @if is_purge {
            div class="fields" {
                label {
                    "Type the number to delete"
                    input name="sure" inputmode="numeric" autocomplete="off" required;
                }
            }
        } @else {
            (rate())
        }
    };
    let says = html! {
        p {
            b {
                "About " (many) " " (become_)
                @if !is_purge { " " (shown(&dlq.describe_path())) }
                "."
            }
        }
        @if is_purge {
            p {
                "SQS takes up to a minute, and also deletes what arrives meanwhile. Their events keep their \
                 pointers, and their payloads for at least " (payload_days) " days: until then a replay can route them again."
            }
        } @else {
            p { "Those that fail again come back here." }
        }
        p { "If more are in the DLQ by then, nothing is done and you are asked again." }
    };
    Asking {
        title: format!("{verb} all dead letters of {}?", dlq.name),
        body: form(
            dlq,
            is_purge,
            says,
            fields,
            &format!("{verb} about {count}"),
            kind,
        ),
    }
}

fn these(dlq: &Dlq<'_>, is_purge: bool, ids: &[&str], found: &[&DeadLetter]) -> Asking {
    let (verb, does, kind, become_) = words(is_purge, ids.len() as u64);
    let many = plural(ids.len(), "dead letter");
    let unseen = ids.len().saturating_sub(found.len());
    let fields = html! {
        input type="hidden" name="do" value=(does);
        @for id in ids { input type="hidden" name="message" value=(id); }
        @if !is_purge { (rate()) }
    };
    let says = html! {
        p {
            b {
                (many) " " (become_)
                @if !is_purge { " " (shown(&dlq.describe_path())) }
                "."
            }
        }
        ul {
            @for one in found {
                li { span class="ref" { (shown_at_most(&name(one), 160)) } ": " (reason(one)) }
            }
            @if unseen > 0 {
                li { (plural(unseen, "message")) " that SQS did not give this time" }
            }
        }
        @if is_purge {
            p { "Their events keep their pointers and payloads: a replay can route them again." }
        } @else {
            p { "Those that fail again come back here." }
        }
        p { "If one of them is no longer in the DLQ by then, nothing is done to any." }
    };
    Asking {
        title: format!("{verb} {many} of {}?", dlq.name),
        body: form(
            dlq,
            is_purge,
            says,
            fields,
            &format!("{verb} {}", ids.len()),
            kind,
        ),
    }
}

fn form(
    dlq: &Dlq<'_>,
    is_purge: bool,
    says: Markup,
    fields: Markup,
    label: &str,
    kind: &str,
) -> Markup {
    let tone = if is_purge { Tone::Bad } else { Tone::Attention };
    html! {
        form action=(Address::to(&["dlqs", &dlq.name, "change"])) method="post" class="card" {
            (notice(tone, false, says))
            (fields)
            (confirm(label, kind, &Address::to(&["dlqs", &dlq.name])))
        }
    }
}

fn rate() -> Markup {
    html! {
        div class="fields" {
            label {
                "At most this many a second (empty: no limit)"
                input type="number" name="rate" min="1" max="500";
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use operator::stack::StackDescription;

    use super::{super::row::samples::event, *};

    #[test]
    fn it_says_how_many_and_posts_what_it_said() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let dlq = Dlq::named(&description, "invoices").unwrap();
        let depth = Depth {
            visible: 24,
            in_flight: 2,
            ..Depth::default()
        };
        let purge = all(&dlq, true, &depth, 30);
        let html = purge.body.into_string();
        assert_eq!(purge.title, "Delete all dead letters of invoices?");
        for part in [
            "About 26 dead letters are deleted for good.",
            "name=\"all\" value=\"26\"",
            "name=\"sure\"",
            "for at least 30 days",
            "class=\"primary danger\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let redrive = all(&dlq, false, &depth, 30).body.into_string();
        // What a reader holds is not redriven.
        assert!(redrive.contains("name=\"all\" value=\"24\""), "{redrive}");
        assert!(redrive.contains("back to the queue of"), "{redrive}");
        assert!(!redrive.contains("name=\"sure\""), "{redrive}");
    }

    #[test]
    fn those_that_are_named_are_listed_and_posted() {
        let description = StackDescription::parse(testkit::STACK).unwrap();
        let dlq = Dlq::named(&description, "invoices").unwrap();
        let one = event("m1", "stripe/evt_1", "<script>");
        let asking = these(&dlq, false, &["m1", "m\"2"], &[&one]);
        assert_eq!(asking.title, "Send back 2 dead letters of invoices?");
        let html = asking.body.into_string();
        for part in [
            "name=\"message\" value=\"m1\"",
            "name=\"message\" value=\"m&quot;2\"",
            "reject: &lt;script&gt; (3 attempts)",
            "1 message that SQS did not give this time",
            "Send back 2",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("<script"), "{html}");
    }
}
