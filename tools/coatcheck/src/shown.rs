//! Bytes as people can read them: invisible characters are escaped.

use std::fmt::{self, Display};

use domain::Digest;
use serde::{Serialize, Serializer};

/// The largest number of bytes to show; a longer message is cut in the middle.
const SHOWN_MAX_BYTES: usize = 2_000;

/// A message as text, cut if it is long.
#[derive(Debug, Serialize)]
pub(crate) struct Excerpt {
    #[serde(rename = "text", serialize_with = "joined")]
    lines: Vec<String>,
    /// Length of the whole.
    pub(crate) bytes: usize,
    /// Of the whole.
    pub(crate) sha256: String,
    /// Bytes in the middle that are not shown.
    pub(crate) left_out: usize,
}

impl Excerpt {
    pub(crate) fn new(message: &[u8]) -> Self {
        let half = SHOWN_MAX_BYTES / 2;
        let ends = message.split_at_checked(half).and_then(|(start, rest)| {
            Some((start, rest.split_at_checked(rest.len().checked_sub(half)?)?))
        });
        let (lines, left_out) = match ends {
            Some((start, (middle, end))) if !middle.is_empty() => {
                let mut lines = escaped(start);
                lines.push(format!("[... {} bytes left out ...]", middle.len()));
                lines.extend(escaped(end));
                (lines, middle.len())
            }
            _ => (escaped(message), 0),
        };
        Self {
            lines,
            bytes: message.len(),
            sha256: Digest::of(message).to_string(),
            left_out,
        }
    }

    /// The text, broken after each line end of the message; every line indented.
    pub(crate) fn indented(&self) -> String {
        self.lines
            .iter()
            .map(|line| format!("  {line}\n"))
            .collect()
    }
}

fn joined<S: Serializer>(lines: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&lines.concat())
}

/// A text in which characters that would steer a terminal are escaped.
pub(crate) fn printable(text: &str) -> String {
    operator::visible(text)
}

/// Whether bytes are plain text that cannot steer a terminal.
pub(crate) fn is_printable(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| !text.replace("\r\n", "\n").chars().any(operator::steers))
}

/// Writes a line with a label.
pub(crate) fn fact(f: &mut fmt::Formatter<'_>, label: &str, value: impl Display) -> fmt::Result {
    writeln!(f, "  {label:<17} {value}")
}

/// A text in one line, escaped.
pub(crate) fn line(text: &str) -> String {
    escaped(text.as_bytes()).concat()
}

fn escaped(bytes: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '"' => line.push(c),
                _ => line.extend(c.escape_debug()),
            }
            if c == '\n' {
                lines.push(std::mem::take(&mut line));
            }
        }
        for byte in chunk.invalid() {
            line += &format!("\\x{byte:02x}");
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_escaped_and_lines_are_broken_after_their_end() {
        let shown = Excerpt::new(b"a\"'\\\t\r\nb\xff\x1b\xe2\x80\x8b\xc3\xa9");
        assert_eq!(
            shown.indented(),
            "  a\"'\\\\\\t\\r\\n\n  b\\xff\\u{1b}\\u{200b}é\n"
        );
        let json = serde_json::to_value(&shown).unwrap();
        assert_eq!(json["text"], "a\"'\\\\\\t\\r\\nb\\xff\\u{1b}\\u{200b}é");
    }

    #[test]
    fn what_would_steer_a_terminal_is_found() {
        for good in ["", "{\"a\":\t1}\n", "a\r\nb", "é 日本"] {
            assert!(is_printable(good.as_bytes()), "{good:?}");
            assert_eq!(printable(good), good.replace('\r', "\\r"));
        }
        for bad in [
            &b"\x1b[2J"[..],
            b"a\rb",
            b"\x07",
            b"\xff",
            b"\0",
            "\u{9b}31m".as_bytes(),
            "\u{202e}txt".as_bytes(),
        ] {
            assert!(!is_printable(bad), "{bad:?}");
        }
        assert_eq!(printable("a\u{1b}]0;x\u{7}"), "a\\u{1b}]0;x\\u{7}");
    }

    #[test]
    fn a_long_message_is_cut_in_the_middle_and_measured_whole() {
        let whole = Excerpt::new(&[b'a'; 2_000]);
        assert_eq!((whole.bytes, whole.left_out), (2_000, 0));
        let cut = Excerpt::new(&[b'a'; 2_003]);
        assert_eq!((cut.bytes, cut.left_out), (2_003, 3));
        assert!(cut.indented().contains("[... 3 bytes left out ...]"));
        assert_eq!(
            Excerpt::new(b"").sha256,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
