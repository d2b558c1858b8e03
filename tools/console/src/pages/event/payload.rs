use std::borrow::Cow;

use maud::{Markup, html};
use operator::events::{EventDetails, Excerpt};
use percent_encoding::percent_decode;

use crate::{
    address::Address,
    markup::{notice, shown, shown_bytes, shown_json},
};

/// Bytes of a payload that a page shows.
pub(super) const FIRST: usize = 262_144;

/// Bytes that a page shows in hex.
const HEX: usize = 4_096;

/// Fields of a form that a page shows.
const FIELDS: usize = 500;

/// How a payload is shown, by its content type.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    Json,
    Fields,
    Text,
    Hex,
}

impl Form {
    fn of(content_type: &str) -> Self {
        let kind = content_type.split(';').next().unwrap_or_default();
        let kind = kind.trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/json" => Self::Json,
            _ if kind.ends_with("+json") => Self::Json,
            "application/x-www-form-urlencoded" => Self::Fields,
            _ if kind.starts_with("text/") || kind.ends_with("xml") => Self::Text,
            _ => Self::Hex,
        }
    }
}

pub(super) fn card(details: &EventDetails, excerpt: &Excerpt) -> Markup {
    let content_type = details.attribute("content_type");
    let load = Address::to(&["payloads", &details.reference.to_string()]);
    html! {
        section class="card" aria-label="Payload" {
            @match excerpt {
                Excerpt::Unredeemable(why) => {
                    h2 { "Payload" }
                    (notice(operator::Tone::Bad, false, html! { p { (shown(why)) } }))
                }
                Excerpt::Withheld(why) => {
                    h2 { "Payload" }
                    (notice(operator::Tone::Attention, false, html! { p { "Not shown: " (shown(why)) "." } }))
                }
                Excerpt::Payload { first, size, redacted } => {
                    div class="head" {
                        h2 { "Payload" }
                        div class="buttons" {
                            @if *redacted {
                                a href=(load) class="button" download { "Download what is shown" }
                            } @else {
                                a href=(load) class="button" download { "Download the exact bytes" }
                            }
                        }
                    }
                    @if *redacted { (redaction()) }
                    p class="note" { (shown(content_type)) " · " (size) " bytes" }
                    (body(&Form::of(content_type), first, *size))
                    p class="note" {
                        "What steers a page or cannot be seen is spelled out like "
                        span class="esc" { "\\u{202e}" }
                        @if *redacted { ". The download is redacted as well." }
                        @else { ". The download is byte for byte what the provider sent." }
                    }
                }
            }
        }
    }
}

/// That values are missing, and how to see them.
fn redaction() -> Markup {
    html! {
        p class="notice attention" {
            "The endpoint redacts values of its payloads. What is stored and processed has them. To see them, start the \
             console with " code { "coatcheck console --reveal" } " and the policy " code { "reveal" } "."
        }
    }
}

fn body(form: &Form, first: &[u8], size: u64) -> Markup {
    let shown_bytes_count = if *form == Form::Hex {
        HEX.min(first.len())
    } else {
        first.len()
    };
    let is_cut = u64::try_from(shown_bytes_count).unwrap_or(u64::MAX) < size;
    html! {
        @if is_cut {
            p class="notice attention" {
                "The first " (shown_bytes_count) " of " (size) " bytes are shown"
                @if *form == Form::Json { ", so the JSON is not folded" }
                ". The download has all of them."
            }
        }
        div data-payload {
            @match form {
                Form::Json => (json(first)),
                Form::Fields => (fields(first)),
                Form::Text => (pre("payload", "Payload as text", &shown_bytes(first))),
                Form::Hex => (pre("payload hex", "Payload in hex", &html! { (dump(first)) })),
            }
        }
    }
}

/// The parser drops a line end right after `<pre>`.
fn pre(class: &str, label: &str, text: &Markup) -> Markup {
    html! { pre class=(class) tabindex="0" role="region" aria-label=(label) { "\n" (text) } }
}

fn json(first: &[u8]) -> Markup {
    html! {
        div class="fields" data-json-tools hidden {
            button type="button" data-view="tree" aria-pressed="true" { "Folded" }
            button type="button" data-view="raw" aria-pressed="false" { "Text" }
            label class="grow" {
                "Find in the payload"
                input type="search" autocomplete="off" spellcheck="false";
            }
            output class="note" {}
        }
        pre class="payload" tabindex="0" role="region" aria-label="Payload as text" data-json {
            "\n" (shown_json(first))
        }
    }
}

fn fields(first: &[u8]) -> Markup {
    let mut all = first
        .split(|byte| *byte == b'&')
        .filter(|part| !part.is_empty());
    let rows: Vec<(Vec<u8>, Vec<u8>)> = all.by_ref().take(FIELDS).map(field).collect();
    let more = all.count();
    html! {
        div class="scroll tall" tabindex="0" role="region" aria-label="Fields of the form" {
            table class="stack" role="table" {
                caption { "Fields of the form, decoded" }
                thead role="rowgroup" {
                    tr role="row" {
                        th scope="col" role="columnheader" { "Field" }
                        th scope="col" role="columnheader" { "Value" }
                    }
                }
                tbody role="rowgroup" {
                    @for (name, value) in &rows {
                        tr role="row" {
                            th scope="row" data-label="Field" role="rowheader" { span class="mono" { (shown_bytes(name)) } }
                            td data-label="Value" role="cell" { span class="mono" { (shown_bytes(value)) } }
                        }
                    }
                }
            }
        }
        @if more > 0 { p class="note" { "There are " (more) " more fields." } }
    }
}

/// The name and the value of a field, decoded.
fn field(part: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let decode = |text: &[u8]| {
        let spaced: Vec<u8> = text
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect();
        Cow::from(percent_decode(&spaced)).into_owned()
    };
    let mut halves = part.splitn(2, |byte| *byte == b'=');
    let name = halves.next().unwrap_or_default();
    (decode(name), decode(halves.next().unwrap_or_default()))
}

/// `00000000  7b22 6964 ...  {"id...`
fn dump(first: &[u8]) -> String {
    let shown = first.get(..HEX).unwrap_or(first);
    let lines = shown.chunks(16).enumerate().map(|(line, bytes)| {
        let pairs: Vec<String> = bytes.chunks(2).map(hex::encode).collect();
        let text: String = bytes
            .iter()
            .map(|byte| {
                if matches!(byte, 0x20..=0x7e) {
                    char::from(*byte)
                } else {
                    '.'
                }
            })
            .collect();
        format!("{:08x}  {:<39}  {text}", line * 16, pairs.join(" "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_shown_by_its_type() {
        for (kind, form) in [
            ("application/json; charset=utf-8", Form::Json),
            ("Application/CloudEvents+JSON", Form::Json),
            ("application/x-www-form-urlencoded", Form::Fields),
            ("text/html", Form::Text),
            ("application/xml", Form::Text),
            ("application/octet-stream", Form::Hex),
            ("", Form::Hex),
        ] {
            assert_eq!(Form::of(kind), form, "{kind}");
        }
    }

    #[test]
    fn fields_are_decoded_and_a_form_of_nothing_else_is_cut() {
        assert_eq!(
            field(b"a+b=c%26d=e+%ff"),
            (b"a b".to_vec(), b"c&d=e \xff".to_vec())
        );
        assert_eq!(field(b"empty"), (b"empty".to_vec(), Vec::new()));
        let many = "a&".repeat(FIELDS + 3);
        let html = fields(many.as_bytes()).into_string();
        assert!(html.contains("There are 3 more fields") && html.len() < 200_000);
    }

    #[test]
    fn a_dump_has_offsets_pairs_and_text() {
        let bytes: Vec<u8> = (0x1a..0x2c).collect();
        assert_eq!(
            dump(&bytes),
            "00000000  1a1b 1c1d 1e1f 2021 2223 2425 2627 2829  ...... !\"#$%&'()\n\
             00000010  2a2b                                     *+"
        );
    }

    #[test]
    fn a_cut_payload_says_so() {
        let html = body(&Form::Json, b"[1,", 9).into_string();
        assert!(html.contains("The first 3 of 9 bytes") && html.contains("not folded"));
        assert!(
            !body(&Form::Json, b"[1]", 3)
                .into_string()
                .contains("The first")
        );
        let hex = body(&Form::Hex, &[0; 5_000], 5_000).into_string();
        assert!(hex.contains("The first 4096 of 5000 bytes"), "{hex}");
    }
}
