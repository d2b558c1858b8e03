//! The files that the pages load: built into the binary, so that nothing comes from elsewhere.

use axum::{
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

/// The icon in the tab.
pub(crate) const ICON: &str = "/assets/icon.svg";

/// The style sheets of every page.
pub(crate) const SHEETS: [&str; 2] = ["/assets/vendor/uplot-1.6.32.min.css", "/assets/console.css"];

/// The scripts of every page, in this order.
pub(crate) const SCRIPTS: [&str; 3] = [
    "/assets/vendor/htmx-2.0.11.min.js",
    "/assets/vendor/uplot-1.6.32.min.js",
    "/assets/console.js",
];

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

macro_rules! files {
    ($(($kind:expr, $name:literal)),+ $(,)?) => {
        &[$(($name, $kind, include_bytes!(concat!("../assets/", $name)))),+]
    };
}

/// Name below `/assets/`, content type, content. The licences go with what they are for.
const FILES: &[(&str, &str, &[u8])] = files![
    (STYLE, "console.css"),
    (SCRIPT, "console.js"),
    ("image/svg+xml", "icon.svg"),
    (SCRIPT, "vendor/htmx-2.0.11.min.js"),
    (TEXT, "vendor/htmx-LICENSE.txt"),
    (STYLE, "vendor/uplot-1.6.32.min.css"),
    (SCRIPT, "vendor/uplot-1.6.32.min.js"),
    (TEXT, "vendor/uplot-LICENSE.txt"),
];

/// The file of this name.
pub(crate) fn file(name: &str) -> Option<Response> {
    let (_, kind, content) = FILES.iter().find(|(found, ..)| *found == name)?;
    Some(([(CONTENT_TYPE, *kind)], *content).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_that_pages_load_is_there() {
        for path in SHEETS.into_iter().chain(SCRIPTS).chain([ICON]) {
            let name = path.strip_prefix("/assets/").unwrap();
            assert!(FILES.iter().any(|(found, ..)| *found == name), "{path}");
        }
    }

    #[test]
    fn all_of_them_are_below_200_kb() {
        let all: usize = FILES.iter().map(|(.., content)| content.len()).sum();
        assert!(all < 200_000, "{all}");
    }
}
