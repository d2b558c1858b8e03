//! The pieces that pages consist of.

mod chart;
mod foreign;
mod forms;
mod job;
mod part;
mod table;

use domain::{Timestamp, format_time};
use maud::{Markup, html};
use operator::Tone;

pub(crate) use self::{
    chart::chart,
    foreign::{shown, shown_at_most, shown_bytes, shown_json},
    forms::{button, choice, confirm, facts, read_only, words},
    job::job_box,
    part::{Part, part_if_changed},
    table::{Column, table},
};

/// A moment: UTC, as on the command line. The script adds the local time as a tooltip.
pub(crate) fn time(at: Timestamp) -> Markup {
    let text = format_time(at);
    html! { time datetime=(text) { (text) } }
}

/// The time of day of a moment, UTC: `18:30`.
pub(crate) fn time_of_day(at: Timestamp) -> String {
    format_time(at).get(11..16).unwrap_or_default().to_owned()
}

/// A number and what it counts. `bad`: it stands out unless it is 0.
pub(crate) fn count(number: u64, noun: &str, bad: bool) -> Markup {
    let class = (bad && number > 0).then_some("bad-count");
    html! { span class=[class] { b { (grouped(number)) } " " (noun) } }
}

/// A number with its thousands apart: `1,204`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size, such as `1.4 MB`.
pub(crate) fn bytes(count: u64) -> Markup {
    html! { (operator::format_bytes(count)) }
}

/// A state in a word, in the colour of its tone.
pub(crate) fn state(word: &str, tone: Tone) -> Markup {
    html! { span class={ "state " (class(tone)) } { (shown(word)) } }
}

/// The state of a pipe: one that is stopped has a mark of its own.
pub(crate) fn pipe_state(word: &str, tone: Tone) -> Markup {
    if word == "STOPPED" && tone == Tone::Attention {
        html! { span class="state paused" { (word) } }
    } else {
        state(word, tone)
    }
}

/// A box that stands out. `urgent`: a screen reader says it at once.
pub(crate) fn notice(tone: Tone, urgent: bool, body: Markup) -> Markup {
    let role = urgent.then_some("alert");
    html! { div class={ "notice " (class(tone)) } role=[role] { (body) } }
}

/// A card with its heading.
pub(crate) fn card(title: &str, body: Markup) -> Markup {
    html! {
        section class="card" aria-label=(title) {
            h2 { (title) }
            (body)
        }
    }
}

/// A button that copies a text. `what` is for screen readers and for what it says afterwards.
pub(crate) fn copy(text: &str, what: &str) -> Markup {
    html! {
        button type="button" class="small" data-copy=(text) data-what=(what) {
            "Copy" span class="unseen" { " " (what) }
        }
    }
}

/// A text with a capital at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), chars.as_str())
}

/// The class of a tone.
pub(crate) fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Attention => "attention",
        Tone::Bad => "bad",
        Tone::Quiet => "quiet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_utc_with_milliseconds() {
        let at = "2026-11-26T20:30:02.418+01:00".parse().unwrap();
        assert_eq!(
            time(at).into_string(),
            r#"<time datetime="2026-11-26T19:30:02.418Z">2026-11-26T19:30:02.418Z</time>"#
        );
    }

    #[test]
    fn a_capital_is_one_letter() {
        assert_eq!(capital("the DLQ"), "The DLQ");
        assert_eq!(capital(""), "");
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_204, "1,204"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(
            count(0, "in DLQ", true).into_string(),
            "<span><b>0</b> in DLQ</span>"
        );
        let bad = count(3, "in DLQ", true).into_string();
        assert_eq!(bad, "<span class=\"bad-count\"><b>3</b> in DLQ</span>");
    }

    #[test]
    fn a_state_has_the_class_of_its_tone_and_no_markup_of_others() {
        assert_eq!(
            state("RUNNING", Tone::Good).into_string(),
            r#"<span class="state good"><bdi>RUNNING</bdi></span>"#
        );
        let paused = pipe_state("STOPPED", Tone::Attention).into_string();
        assert_eq!(paused, r#"<span class="state paused">STOPPED</span>"#);
        let hostile = copy("\"><script>", "ref").into_string();
        assert!(hostile.contains("data-copy=\"&quot;&gt;&lt;script&gt;\""));
    }
}
