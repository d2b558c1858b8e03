//! Tables. On a narrow screen each row becomes a list, so that cells say their column.

use maud::{Markup, html};

/// A column: its title, and what its cells are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    class: Option<&'static str>,
    /// Whether its cell names the row.
    is_head: bool,
}

impl Column {
    /// A column of texts.
    pub(crate) const fn text(title: &'static str) -> Self {
        Self {
            title,
            class: None,
            is_head: false,
        }
    }

    /// The column whose cell names its row.
    pub(crate) const fn head(title: &'static str) -> Self {
        Self {
            is_head: true,
            ..Self::text(title)
        }
    }

    /// A column of numbers.
    pub(crate) const fn number(title: &'static str) -> Self {
        Self {
            class: Some("number"),
            ..Self::text(title)
        }
    }

    /// A column of moments.
    pub(crate) const fn time(title: &'static str) -> Self {
        Self {
            class: Some("time"),
            ..Self::text(title)
        }
    }

    /// A column of boxes to tick.
    pub(crate) const fn pick() -> Self {
        Self {
            class: Some("pick"),
            ..Self::text("")
        }
    }
}

/// A table with a caption for screen readers.
pub(crate) fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table class="stack" role="table" {
            caption { span class="unseen" { (caption) } }
            thead role="rowgroup" {
                tr role="row" {
                    @for column in columns {
                        th scope="col" class=[column.class] role="columnheader" {
                            @if column.title.is_empty() {
                                span class="unseen" { "Pick" }
                            } @else {
                                (column.title)
                            }
                        }
                    }
                }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr data-row role="row" {
                        @for (column, cell) in columns.iter().zip(row) {
                            @let label = (!column.title.is_empty()).then_some(column.title);
                            @if column.is_head {
                                th scope="row" class=[column.class] data-label=[label] role="rowheader" { (cell) }
                            } @else {
                                td class=[column.class] data-label=[label] role="cell" { (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_says_its_column_and_one_names_the_row() {
        let columns = [
            Column::pick(),
            Column::head("Name"),
            Column::number("Waiting"),
        ];
        let row = vec![html! { "x" }, html! { "a" }, html! { "7" }];
        let html = table("All \"of\" them", &columns, &[row]).into_string();
        assert!(html.contains("<span class=\"unseen\">All &quot;of&quot; them</span>"));
        assert!(html.contains("<th scope=\"row\" data-label=\"Name\" role=\"rowheader\">a</th>"));
        assert!(html.contains("<td class=\"number\" data-label=\"Waiting\" role=\"cell\">7</td>"));
        assert!(html.contains("<td class=\"pick\" role=\"cell\">x</td>"));
        assert!(html.contains("<span class=\"unseen\">Pick</span>"));
    }
}
