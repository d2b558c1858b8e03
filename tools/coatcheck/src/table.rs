//! Tables for people: no frame, and columns as wide as needed.

use std::fmt;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Row, Table, presets::NOTHING};
pub(crate) use operator::{Tone, format_bytes as bytes};

/// A table whose lines do not end in spaces.
pub(crate) struct Grid(Table);

impl Grid {
    pub(crate) fn add_row(&mut self, row: impl Into<Row>) {
        self.0.add_row(row);
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, line) in self.0.lines().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(f, "{end}{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A table with these headings, no wider than the terminal.
pub(crate) fn table<const N: usize>(headings: [&str; N]) -> Grid {
    let terminal = term::Term::stdout();
    let width = terminal.is_term().then(|| terminal.size_checked());
    table_of(headings, width.flatten().map(|(_, columns)| columns))
}

fn table_of<const N: usize>(headings: [&str; N], width: Option<u16>) -> Grid {
    let mut table = Table::new();
    table.load_style(NOTHING);
    if let Some(width) = width {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    table.set_header(headings.map(str::to_uppercase));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    Grid(table)
}

/// A text in the colour of its tone; [`crate::terminal`] drops colours unless it is a terminal.
pub(crate) fn paint(tone: Tone, text: &str) -> String {
    let style = match tone {
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Attention => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Quiet => Style::new().dimmed(),
    };
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_the_terminal_and_no_line_ends_in_blanks() {
        let rows = |width| {
            let mut table = table_of(["name", "url", "state"], width);
            let url = format!("https://hooks.example.com/{}", "a".repeat(90));
            table.add_row(["billing", &url, "on"]);
            table.add_row(["b", "-", "off"]);
            table.to_string()
        };
        for (width, at_most) in [(None, usize::MAX), (Some(80), 80)] {
            let shown = rows(width);
            for line in shown.lines() {
                assert_eq!(line, line.trim_end(), "{shown}");
                assert!(line.chars().count() <= at_most, "{shown}");
            }
            assert!(
                shown.contains("billing") && shown.contains("off"),
                "{shown}"
            );
        }
    }
}
