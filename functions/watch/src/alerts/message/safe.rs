//! Text of others, made harmless: no markup, no mention, no link in any of the places that show
//! a message, and nothing of a payload.

use aws::FailureRecord;
use domain::{GivenUp, Ref};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A ref is read again whatever is encoded, so all is that a chat or a mail program could take
/// for something: `<`, `@`, `*`, `~`, `:`, a dot that makes a host name. Within code an underscore
/// is no markup.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// The longest ref that a message shows whole.
const LONGEST: usize = 160;

/// The longest code.
const LONGEST_CODE: usize = 64;

/// The ref, so that the command line accepts it; a very long one is cut off.
pub(super) fn reference(reference: &Ref) -> String {
    let part = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let parts = [
        Some(part(reference.endpoint.as_str())),
        reference.ordering_key.as_deref().map(part),
        Some(part(reference.event_key.as_str())),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let mut text = parts.join("/");
    if text.len() > LONGEST {
        text.truncate(LONGEST);
        text.push_str("...");
    }
    text
}

/// A name or a code that is only one word; `None` if it is anything else.
pub(super) fn word(text: &str) -> Option<&str> {
    let fits = !text.is_empty() && text.len() <= LONGEST_CODE;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (fits && text.bytes().all(plain)).then_some(text)
}

/// Why a dead letter is one. A processor's own words may quote a payload, so they are not used.
pub(super) fn reason(letter: &GivenUp, record: Option<&FailureRecord>, recorded: bool) -> String {
    let record = match letter {
        GivenUp::Object {
            reason: Some(reason),
        } => {
            let code = reason.split(':').next().and_then(word);
            return code.map_or_else(|| letter.to_string(), |code| format!("{letter}: `{code}`"));
        }
        GivenUp::Event { .. } => record,
        _ => return letter.to_string(),
    };
    let Some(record) = record else {
        let nothing = if recorded {
            "its processor recorded nothing: it was never called, or could not start"
        } else {
            "no one records why"
        };
        return nothing.to_owned();
    };
    let what = match (record.state.as_str(), record.failure.as_deref()) {
        ("completed", _) => return "already completed".to_owned(),
        ("in_progress", None) => "its last attempt did not finish",
        (_, Some("Reject")) => "rejected",
        _ => "failed",
    };
    let ending = if record.attempts == 1 { "" } else { "s" };
    format!("{what}, {} attempt{ending}", record.attempts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What no text of others may contain, anywhere.
    const FORBIDDEN: &[char] = &[
        '<', '>', '&', '@', '`', '*', '~', '[', ']', '(', ')', ':', '.', '|', '\n', '\u{202e}',
    ];

    fn hostile(event_key: &str) -> Ref {
        Ref {
            endpoint: "stripe".to_owned().try_into().unwrap(),
            ordering_key: Some("<!channel>".to_owned()),
            event_key: domain::EventKey::from_stored(event_key.to_owned()),
        }
    }

    #[test]
    fn no_ref_marks_up_mentions_or_links() {
        for key in [
            "<!here>",
            "@here",
            "<@U012AB3CD>",
            "https://evil.example/x",
            "[a](https://evil.example)",
            "`*bold*` ~gone~ :tada:",
            "a\nb\u{202e}c&amp;",
            "evil.example",
        ] {
            let hostile = hostile(key);
            let shown = reference(&hostile);
            assert!(!shown.contains(FORBIDDEN), "{shown}");
            assert_eq!(shown.parse::<Ref>().unwrap(), hostile, "{shown}");
        }
        let common: Ref = "stripe/evt_1-A".parse().unwrap();
        assert_eq!(reference(&common), "stripe/evt_1-A");
    }

    #[test]
    fn a_long_ref_is_cut_off() {
        let shown = reference(&hostile(&"é".repeat(500)));
        assert_eq!(shown.len(), LONGEST + 3);
        assert!(shown.ends_with("..."));
    }

    fn event() -> GivenUp {
        GivenUp::of(r#"{"ref":"stripe/evt_1","type":"invoice.paid"}"#)
    }

    fn record(state: &str, failure: Option<&str>, attempts: u32) -> FailureRecord {
        FailureRecord {
            state: state.to_owned(),
            failure: failure.map(str::to_owned),
            attempts,
        }
    }

    #[test]
    fn a_reason_is_of_our_words_only() {
        for (record, expected) in [
            (record("failed", Some("Reject"), 1), "rejected, 1 attempt"),
            (record("failed", Some("Retry"), 3), "failed, 3 attempts"),
            (
                record("failed", Some("<!channel> 4242"), 2),
                "failed, 2 attempts",
            ),
            (
                record("in_progress", None, 3),
                "its last attempt did not finish, 3 attempts",
            ),
            (record("completed", None, 1), "already completed"),
            (record("<!channel>", None, 0), "failed, 0 attempts"),
        ] {
            assert_eq!(reason(&event(), Some(&record), true), expected);
        }
        assert!(reason(&event(), None, true).contains("recorded nothing"));
        assert!(reason(&event(), None, false).contains("no one records"));
        assert!(reason(&GivenUp::Heartbeat, None, false).contains("a heartbeat"));
    }

    #[test]
    fn of_the_reason_for_a_kept_object_only_the_code_is_shown() {
        let kept = |reason: &str| GivenUp::Object {
            reason: Some(reason.to_owned()),
        };
        let with_code = reason(&kept("type_missing: the card 4242"), None, false);
        assert!(with_code.ends_with("kept: `type_missing`"), "{with_code}");
        for odd in ["<!channel>: x", "", "a b", &"a".repeat(65)] {
            let without = reason(&kept(odd), None, false);
            assert!(without.ends_with(", kept"), "{without}");
        }
    }

    #[test]
    fn a_word_is_one_word() {
        assert_eq!(word("USER_INITIATED"), Some("USER_INITIATED"));
        for text in ["", "two words", "a:b", "<!channel>", "@here", "é"] {
            assert_eq!(word(text), None, "{text}");
        }
    }
}
