//! Text that a provider, a processor or an address wrote.

use maud::{Markup, html};
use operator::Piece;

/// A foreign text as text: what would steer the page or cannot be seen is spelled out in a box,
/// and the direction of its writing ends with it.
pub(crate) fn shown(text: &str) -> Markup {
    html! { bdi { (pieces(text)) } }
}

/// The same, cut after so many characters; then it says how many there are.
pub(crate) fn shown_at_most(text: &str, characters: usize) -> Markup {
    let Some((end, _)) = text.char_indices().nth(characters) else {
        return shown(text);
    };
    let (first, _) = text.split_at(end);
    html! {
        bdi {
            (pieces(first))
            span class="cut" { " … " (text.chars().count()) " characters" }
        }
    }
}

/// Foreign bytes as text: those that are no UTF-8 are written as `\xff`.
pub(crate) fn shown_bytes(bytes: &[u8]) -> Markup {
    html! { bdi { (byte_pieces(bytes, escape)) } }
}

/// JSON as text. What steers is written as JSON's own escape, so that it stays the same JSON.
pub(crate) fn shown_json(bytes: &[u8]) -> Markup {
    byte_pieces(bytes, json_escape)
}

fn escape(c: char) -> String {
    c.escape_unicode().to_string()
}

fn json_escape(c: char) -> String {
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    units.map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Characters that steer, one after the other, share a box: a payload of nothing else would be
/// thirty times as long.
fn byte_pieces(bytes: &[u8], escape: fn(char) -> String) -> Markup {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    let mut add = |is_boxed: bool, text: &str| match pieces.last_mut() {
        Some((last, before)) if *last == is_boxed => before.push_str(text),
        _ => pieces.push((is_boxed, text.to_owned())),
    };
    for chunk in bytes.utf8_chunks() {
        for piece in operator::pieces(chunk.valid()) {
            match piece {
                Piece::Plain(text) => add(false, text),
                Piece::Steers(c) => add(true, &escape(c)),
            }
        }
        for byte in chunk.invalid() {
            add(true, &format!("\\x{byte:02x}"));
        }
    }
    html! {
        @for (is_boxed, text) in &pieces {
            @if *is_boxed { span class="esc" { (text) } }
            @else { (text) }
        }
    }
}

fn pieces(text: &str) -> Markup {
    html! {
        @for piece in operator::pieces(text) {
            @match piece {
                Piece::Plain(text) => (text),
                Piece::Steers(c) => span class="esc" { (c.escape_unicode()) },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_is_spelled_out() {
        assert_eq!(
            shown("a\u{202e}\"<b>&\r\nc\rd\te").into_string(),
            "<bdi>a<span class=\"esc\">\\u{202e}</span>&quot;&lt;b&gt;&amp;\nc\
             <span class=\"esc\">\\u{d}</span>d\te</bdi>"
        );
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shown_at_most("äöü", 3).into_string(), "<bdi>äöü</bdi>");
        assert_eq!(
            shown_at_most("äöü", 2).into_string(),
            "<bdi>äö<span class=\"cut\"> … 3 characters</span></bdi>"
        );
    }

    #[test]
    fn bytes_are_text_and_json_stays_json() {
        let bytes = b"{\"a\":\"\xe2\x80\xae\x1b<b>\"}\r\n\xff\xfe";
        assert_eq!(
            shown_bytes(bytes).into_string(),
            "<bdi>{&quot;a&quot;:&quot;<span class=\"esc\">\\u{202e}\\u{1b}</span>&lt;b&gt;&quot;}\n\
             <span class=\"esc\">\\xff\\xfe</span></bdi>"
        );
        assert_eq!(
            shown_json("[\"\u{e0041}\"]\r\n".as_bytes()).into_string(),
            "[&quot;<span class=\"esc\">\\udb40\\udc41</span>&quot;]\n"
        );
        // The largest excerpt, of nothing but control characters.
        let worst = shown_bytes(&[0x1b; 262_144]).into_string();
        assert!(worst.len() < 2_000_000, "{}", worst.len());
    }

    /// The characters of a class in the script, whose codes are all spelled out.
    fn class(script: &str, name: &str) -> Vec<std::ops::RangeInclusive<u32>> {
        let start = format!("const {name} = /[");
        let (_, after) = script.split_once(&start).unwrap();
        let (class, _) = after.split_once("]/gu;").unwrap();
        let codes = class.split("\\u").skip(1).map(|code| {
            let hex = code.trim_end_matches('-').trim_matches(['{', '}']);
            (u32::from_str_radix(hex, 16).unwrap(), code.ends_with('-'))
        });
        let mut ranges = Vec::new();
        let mut open = None;
        for (code, opens) in codes {
            if opens {
                open = Some(code);
            } else {
                ranges.push(open.take().unwrap_or(code)..=code);
            }
        }
        ranges
    }

    #[test]
    fn the_script_has_the_same_rule() {
        let script = include_str!("../../assets/console.js");
        let class = class(script, "STEERS");
        for c in '\0'..=char::MAX {
            let there = class.iter().any(|range| range.contains(&u32::from(c)));
            assert_eq!(there, operator::steers(c), "{c:?}");
        }
    }

    /// What is left of the page's text once our own tags are taken away.
    fn without_ours(html: &str) -> String {
        let mut text = html.to_owned();
        for tag in [
            "<bdi>",
            "</bdi>",
            "<span class=\"esc\">",
            "<span class=\"cut\">",
            "</span>",
        ] {
            text = text.replace(tag, "");
        }
        text
    }

    /// Texts of which half the characters are ones that matter.
    fn hostile() -> impl Strategy<Value = String> {
        let steering = "[\\u{0}-\\u{1f}\\u{7f}-\\u{9f}\\u{ad}\\u{61c}\\u{200b}-\\u{200f}\\u{2028}-\\u{202e}\\u{2060}-\\u{2069}\\u{feff}]";
        let markup = "<script>|</bdi>|\"|'|&lt;|&#x202e;|<span class=\"esc\">";
        let parts = prop_oneof![".", steering, markup];
        proptest::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_text_steers_the_page(text in hostile(), length in 0_usize..40) {
            let bytes = text.as_bytes();
            for html in [shown(&text), shown_at_most(&text, length), shown_bytes(bytes)] {
                let html = html.into_string();
                let left = without_ours(&html);
                prop_assert!(!left.contains(['<', '>', '"']), "{}", html);
                prop_assert!(!html.chars().any(operator::steers), "{}", html);
                prop_assert_eq!(html.matches("<bdi>").count(), 1);
            }
        }
    }
}
