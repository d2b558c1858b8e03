//! Text that someone else wrote, for people: what would steer the reader's terminal or page, or
//! cannot be seen, is spelled out.

/// Whether a character steers instead of being read: control characters except tabs and line
/// ends, those that change the direction of writing, and those that nobody sees.
pub fn steers(c: char) -> bool {
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    // Soft hyphen, zero width, joiners, line ends that only some programs know, notes between
    // lines, and the tags with which a whole text can be hidden.
    let hides = matches!(
        c,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    );
    turns || hides || c.is_control() && c != '\t' && c != '\n'
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that is read as it is.
    Plain(&'a str),
    /// A character that [`steers`].
    Steers(char),
}

/// The pieces of a text, in order. A carriage return before a line end is part of the line end,
/// and is left out.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = without_return(rest);
        let first = rest.chars().next()?;
        if steers(first) {
            (_, rest) = rest.split_at(first.len_utf8());
            return Some(Piece::Steers(first));
        }
        let (plain, after) = rest.split_at(rest.find(steers).unwrap_or(rest.len()));
        rest = after;
        Some(Piece::Plain(plain))
    })
}

fn without_return(text: &str) -> &str {
    text.strip_prefix('\r')
        .filter(|after| after.starts_with('\n'))
        .unwrap_or(text)
}

/// A text in which characters that steer are spelled out: `\u{1b}`.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_spelled_out_and_nothing_else() {
        for good in ["", "{\"a\":\t1}\n", "é 日本", "مرحبا", "👍🏽"] {
            assert!(!good.chars().any(steers), "{good:?}");
            assert_eq!(visible(good), good);
        }
        for bad in [
            '\0',
            '\r',
            '\x07',
            '\x1b',
            '\u{7f}',
            '\u{9b}', // Control.
            '\u{202e}',
            '\u{2066}',
            '\u{200e}',
            '\u{200f}',
            '\u{61c}', // Direction.
            '\u{200b}',
            '\u{200d}',
            '\u{2060}',
            '\u{ad}',
            '\u{feff}',
            '\u{e0041}', // Unseen.
            '\u{2028}',
            '\u{2029}', // Line ends that only some programs know.
        ] {
            assert!(steers(bad), "{bad:?}");
            let shown = visible(&bad.to_string());
            assert!(shown.is_ascii() && shown.starts_with('\\'), "{shown}");
        }
        assert_eq!(visible("a\u{1b}]0;x\u{7}"), "a\\u{1b}]0;x\\u{7}");
    }

    #[test]
    fn a_text_comes_in_pieces() {
        let of = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(of(""), []);
        assert_eq!(
            of("a\r\nb\u{202e}\rc"),
            [
                Piece::Plain("a"),
                Piece::Plain("\nb"),
                Piece::Steers('\u{202e}'),
                Piece::Steers('\r'),
                Piece::Plain("c"),
            ]
        );
        assert_eq!(of("\r"), [Piece::Steers('\r')]);
    }
}
