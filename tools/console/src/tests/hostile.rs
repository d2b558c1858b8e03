//! Texts that a provider or a processor may send to harm a page, and what must not become of them.

/// Each of them is an id, a type, a subject, a header, a payload and an error in the tests.
pub(super) const TEXTS: [&str; 9] = [
    "<script>canary()</script>",
    "\"onload=\"canary()",
    "'><img src=x onerror=canary()>",
    "javascript:canary()",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "\u{202e}gpj.exe\u{2066}\u{200f}",
    "</pre></bdi></dd></section><h1>canary",
    "{{7*7}} ${7*7} <%= 7 %> &lt;script&gt;",
    "a\r\nset-cookie: canary=1",
];

/// What is no UTF-8.
pub(super) const BYTES: &[u8] = b"\xff\xfe<script>\xc3\x28</script>\x00";

/// The attributes that our pages have.
const ATTRIBUTES: [&str; 50] = [
    "action",
    "aria-hidden",
    "aria-label",
    "aria-pressed",
    "autocomplete",
    "checked",
    "class",
    "data-copy",
    "data-json",
    "data-json-tools",
    "data-label",
    "data-payload",
    "data-row",
    "data-view",
    "data-what",
    "datetime",
    "download",
    "height",
    "hidden",
    "href",
    "hx-get",
    "hx-post",
    "hx-swap",
    "hx-target",
    "hx-trigger",
    "id",
    "method",
    "name",
    "placeholder",
    "preserveAspectRatio",
    "rel",
    "role",
    "scope",
    "selected",
    "spellcheck",
    "tabindex",
    "type",
    "value",
    "viewBox",
    "width",
    "x",
    "y",
    "for",
    "aria-current",
    "aria-labelledby",
    "colspan",
    "open",
    "data-live",
    "data-parts",
    "data-state",
];

/// The elements that our pages have.
const ELEMENTS: [&str; 47] = [
    "a", "b", "bdi", "button", "caption", "code", "dd", "div", "dl", "dt", "fieldset", "form",
    "h1", "h2", "h3", "input", "label", "legend", "li", "nav", "ol", "ul", "option", "output", "p",
    "pre", "rect", "section", "select", "small", "span", "svg", "table", "tbody", "td", "th",
    "thead", "time", "tr", "details", "summary", "main", "header", "footer", "em", "strong", "kbd",
];

/// The part of a page that is its own.
pub(super) fn main_of(page: &str) -> &str {
    let (_, after) = page.split_once("<main ").unwrap();
    let (_, after) = after.split_once('>').unwrap();
    after.split_once("</main>").unwrap().0
}

/// Fails if there is an element or an attribute that is not ours, an address that leads elsewhere,
/// or a character that steers.
pub(super) fn assert_tame(html: &str) {
    assert!(
        !html.chars().any(operator::steers),
        "a character that steers"
    );
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after.strip_prefix('/').unwrap_or(after);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap();
        let (name, attributes) = rest.split_at(end);
        assert!(
            ELEMENTS.contains(&name),
            "the element {name:?} in {rest:.200}"
        );
        rest = attributes_of(attributes);
    }
}

/// What follows the tag.
fn attributes_of(mut rest: &str) -> &str {
    loop {
        rest = rest.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix('>') {
            return after;
        }
        let end = rest.find(['=', ' ', '>']).unwrap();
        let (name, after) = rest.split_at(end);
        assert!(
            ATTRIBUTES.contains(&name),
            "the attribute {name:?} in {rest:.200}"
        );
        rest = after;
        if let Some(after) = rest.strip_prefix("=\"") {
            let (value, after) = after.split_once('"').unwrap();
            if ["href", "action", "hx-get", "hx-post"].contains(&name) {
                let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%?=&;".contains(c);
                assert!(
                    value.starts_with('/') && !value.starts_with("//"),
                    "{value}"
                );
                assert!(value.chars().all(plain), "{value}");
            }
            rest = after;
        }
    }
}

#[test]
fn the_check_finds_what_it_looks_for() {
    assert_tame("<p class=\"a\"><b>x</b> &lt;script&gt;</p><input checked>");
    for bad in [
        "<script>",
        "<p onload=\"x\">",
        "<a href=\"javascript:x\">",
        "<a href=\"//elsewhere\">",
        "<p>\u{202e}</p>",
    ] {
        assert!(
            std::panic::catch_unwind(|| assert_tame(bad)).is_err(),
            "{bad}"
        );
    }
}
