//! What pages that lead to changes have.

use maud::{Markup, html};

use super::shown;
use crate::address::Address;

/// Names and their values.
pub(crate) fn facts(pairs: &[(&str, Markup)]) -> Markup {
    html! {
        dl class="facts" {
            @for (name, value) in pairs {
                dt { (name) }
                dd { (value) }
            }
        }
    }
}

/// A text in which names stand in backticks.
pub(crate) fn words(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (shown(part)) } } @else { (shown(part)) }
        }
    }
}

/// A link that looks like a button. A change asks on a page of its own first.
pub(crate) fn button(label: &str, to: &Address, kind: &str) -> Markup {
    let class = format!("button {kind}");
    html! { a href=(to) class=(class.trim_end()) { (label) } }
}

/// Why there are no buttons.
pub(crate) fn read_only(what: &str) -> Markup {
    html! {
        p class="note" {
            "This console is read-only. To " (what) ", start it with "
            code { "coatcheck console --operate" } "."
        }
    }
}

/// One of several things to choose, with a remark.
pub(crate) fn choice(
    (name, value): (&str, &str),
    is_chosen: bool,
    text: &str,
    remark: &str,
) -> Markup {
    html! {
        label class="choice" {
            input type="radio" name=(name) value=(value) checked[is_chosen];
            span { (text) @if !remark.is_empty() { small { (remark) } } }
        }
    }
}

/// The buttons of a page that asks whether to change something.
pub(crate) fn confirm(label: &str, kind: &str, back: &Address) -> Markup {
    html! {
        div class="buttons" {
            button class=(kind) { (shown(label)) }
            a href=(back) class="button" { "Cancel" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_backticks_are_code_and_never_markup() {
        let html = words("hex in `x-<sig>` after `v1=`").into_string();
        assert_eq!(
            html,
            "<bdi>hex in </bdi><code><bdi>x-&lt;sig&gt;</bdi></code><bdi> after </bdi>\
             <code><bdi>v1=</bdi></code><bdi></bdi>"
        );
    }

    #[test]
    fn a_button_leads_to_an_address() {
        let to = Address::to(&["dlqs", "a/\"b"]).with("do", "purge");
        assert_eq!(
            button("Delete …", &to, "").into_string(),
            "<a href=\"/dlqs/a%2F%22b?do=purge\" class=\"button\">Delete …</a>"
        );
    }
}
