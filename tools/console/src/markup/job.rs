//! A change that goes on, on the page of what it changes.

use maud::{Markup, html};
use operator::{Tone, plural};

use super::{capital, forms::words, notice, shown};
use crate::{
    address::Address,
    jobs::{Job, Seen},
};

/// How far a job is, or how it ended. It fetches itself again while it runs.
pub(crate) fn job_box(job: &Job, seen: &Seen, operate: bool) -> Markup {
    let id = job.id.to_string();
    let now = Address::to(&["jobs", &id, "now"]).with("seen", &seen.version.to_string());
    let trigger = seen.end.is_none().then_some("live-jobs from:body");
    html! {
        div id="job" hx-get=(now) hx-trigger=[trigger] hx-swap="outerHTML" {
            @match &seen.end {
                Some(done) => (notice(done.tone, done.tone == Tone::Bad, html! {
                    p { b { (shown(&capital(&job.plan.what))) } }
                    @for line in done.text.lines() { p { (words(line)) } }
                    (notes(seen))
                })),
                None => (notice(Tone::Attention, false, running(job, seen, operate))),
            }
        }
    }
}

fn notes(seen: &Seen) -> Markup {
    html! {
        @if !seen.notes.is_empty() {
            ul { @for line in &seen.notes { li { (words(line)) } } }
        }
    }
}

fn running(job: &Job, seen: &Seen, operate: bool) -> Markup {
    let stop = Address::to(&["jobs", &job.id.to_string(), "stop"]);
    let doing = if seen.doing.is_empty() {
        "it runs"
    } else {
        &seen.doing
    };
    html! {
        p role="status" { b { (shown(&capital(&job.plan.what))) ": " (shown(doing)) "." } }
        @if let Some(of) = seen.of {
            p {
                progress max=(of) value=(seen.done.min(of)) aria-label="Done" {}
                " " (seen.done) " of about " (plural(of, "message"))
            }
        }
        (notes(seen))
        p class="note" { "It goes on if you leave this page, and ends in order if the console ends." }
        @if operate && job.plan.can_stop {
            form action=(stop) method="post" { button { "End it now" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use operator::Progress as _;

    use super::*;
    use crate::jobs::{Jobs, Plan};

    #[test]
    fn it_asks_again_until_it_has_ended() {
        let jobs = Jobs::default();
        let plan = Plan {
            subject: "dlq invoices".to_owned(),
            what: "redrive 3 dead letters of invoices".to_owned(),
            back: Address::to(&["dlqs", "invoices"]),
            can_stop: true,
        };
        let job = jobs.add(plan).unwrap();
        job.of(3);
        job.done(2);
        job.note("<script>\u{202e}");
        let html = job_box(&job, &job.seen(), true).into_string();
        assert!(
            html.contains("hx-get=\"/jobs/1/now?seen=3\" hx-trigger=\"live-jobs from:body\""),
            "{html}"
        );
        assert!(html.contains("<progress max=\"3\" value=\"2\""), "{html}");
        assert!(html.contains("action=\"/jobs/1/stop\""), "{html}");
        assert!(
            html.contains("&lt;script&gt;") && !html.contains('\u{202e}'),
            "{html}"
        );
        assert!(
            !job_box(&job, &job.seen(), false)
                .into_string()
                .contains("<form")
        );
        job.end(Tone::Good, "3 moved\nstays: <b>".to_owned());
        let html = job_box(&job, &job.seen(), true).into_string();
        assert!(
            !html.contains("hx-trigger") && !html.contains("<form"),
            "{html}"
        );
        assert!(
            html.contains("notice good") && html.contains("stays: &lt;b&gt;"),
            "{html}"
        );
    }
}
