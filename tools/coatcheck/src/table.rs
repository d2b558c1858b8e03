//! Tables that a person likes to read: no frame, columns as wide as they must be.

use anstyle::{AnsiColor, Style};
use comfy_table::{Table, presets::NOTHING};

/// A table with these headings.
pub(crate) fn table<const N: usize>(headings: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(headings.map(str::to_uppercase));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

/// How good something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Worth,
    Bad,
    Quiet,
}

/// A text in the colour of its tone; [`crate::console`] drops colours where they are not wanted.
pub(crate) fn paint(tone: Tone, text: &str) -> String {
    let style = match tone {
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Worth => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Quiet => Style::new().dimmed(),
    };
    format!("{style}{text}{style:#}")
}

/// `1.4 MB`, as people say it.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")];
    for (unit, name) in UNITS {
        if count >= unit {
            let tenths = count.saturating_mul(10) / unit;
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
    }
    format!("{count} B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (count, said) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KB"),
            (4_456_789, "4.4 MB"),
            (2_000_000_000, "2.0 GB"),
        ] {
            assert_eq!(bytes(count), said);
        }
    }
}
