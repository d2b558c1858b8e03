//! Writes figures into a page, between markers that stay: `<!-- bench:NAME -->` and
//! `<!-- /bench:NAME -->`, each on a line of its own.

use std::path::Path;

use anyhow::{Context, ensure};

/// A part of a page that the bench writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// In the markers.
    pub(crate) name: &'static str,
    /// Markdown, with a line end at its end.
    pub(crate) text: String,
}

/// Writes the sections into the page, and changes nothing else in it. If a section has no place
/// there, nothing is written.
pub(crate) fn write(path: &Path, sections: &[Section]) -> anyhow::Result<()> {
    let read = std::fs::read_to_string(path);
    let page = read.with_context(|| format!("{} cannot be read", path.display()))?;
    let page = sections.iter().try_fold(page, |page, section| {
        with(&page, section).with_context(|| path.display().to_string())
    })?;
    std::fs::write(path, page).with_context(|| format!("{} cannot be written", path.display()))
}

/// The page with the section in the place of what is between its markers.
fn with(page: &str, section: &Section) -> anyhow::Result<String> {
    let name = section.name;
    let (open, close) = (
        format!("<!-- bench:{name} -->\n"),
        format!("<!-- /bench:{name} -->\n"),
    );
    for marker in [&open, &close] {
        let found = page.matches(marker.as_str()).count();
        ensure!(
            found == 1,
            "the line {} is there {found} times, and not once",
            marker.trim_end()
        );
    }
    let (before, rest) = page.split_once(&open).context("no begin")?;
    let after = rest.split_once(&close);
    let (_, after) = after.with_context(|| format!("bench:{name} ends before it begins"))?;
    // Blank lines: else Markdown takes a table for text.
    Ok(format!("{before}{open}\n{}\n{close}{after}", section.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "by hand\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nmore by hand\n<!-- bench:b -->\n<!-- /bench:b -->\n";

    fn section(name: &'static str) -> Section {
        Section {
            name,
            text: "| new |\n".to_owned(),
        }
    }

    #[test]
    fn only_what_is_between_markers_changes() {
        let page = with(PAGE, &section("a")).unwrap();
        assert_eq!(
            page,
            PAGE.replace("old\n", "\n| new |\n\n"),
            "all else must stay"
        );
        // A second time changes nothing.
        assert_eq!(with(&page, &section("a")).unwrap(), page);
    }

    #[test]
    fn a_section_without_one_place_is_refused() {
        assert!(with(PAGE, &section("c")).is_err());
        assert!(with(&PAGE.repeat(2), &section("a")).is_err());
        let wrong_way = "<!-- /bench:a -->\n<!-- bench:a -->\n";
        assert!(with(wrong_way, &section("a")).is_err());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.md");
        std::fs::write(&path, PAGE).unwrap();
        assert!(write(&path, &[section("a"), section("c")]).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), PAGE);
        write(&path, &[section("a"), section("b")]).unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written.matches("| new |").count(), 2);
    }
}
