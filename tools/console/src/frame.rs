//! What every page has: head, bar, footer, the list of keys.

use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use operator::{Sight, Tone};

use crate::{
    address::Address,
    app::Console,
    assets,
    markup::{shown, state, time},
};

/// The parts of the console that the bar leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Overview,
    Events,
    Subscriptions,
    Dlqs,
    Endpoints,
}

impl Section {
    const ALL: [Self; 5] = [
        Self::Overview,
        Self::Events,
        Self::Subscriptions,
        Self::Dlqs,
        Self::Endpoints,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Events => "Events",
            Self::Subscriptions => "Subscriptions",
            Self::Dlqs => "DLQs",
            Self::Endpoints => "Endpoints",
        }
    }

    /// Its first page.
    pub(crate) fn address(self) -> Address {
        match self {
            Self::Overview => Address::to(&[]),
            Self::Events => Address::to(&["events"]),
            Self::Subscriptions => Address::to(&["subscriptions"]),
            Self::Dlqs => Address::to(&["dlqs"]),
            Self::Endpoints => Address::to(&["endpoints"]),
        }
    }

    /// The command that shows the same as its first page.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Overview => "coatcheck doctor",
            Self::Events => "coatcheck events ls",
            Self::Subscriptions => "coatcheck subscriptions status",
            Self::Dlqs => "coatcheck dlq ls",
            Self::Endpoints => "coatcheck endpoints ls",
        }
    }

    /// Where a path belongs.
    pub(crate) fn of_path(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("events" | "find" | "replay") => Self::Events,
            Some("subscriptions") => Self::Subscriptions,
            Some("dlqs") => Self::Dlqs,
            Some("endpoints") => Self::Endpoints,
            _ => Self::Overview,
        }
    }
}

/// One page, without its body.
pub(crate) struct Page<'a> {
    /// For the tab; for the heading too, unless there is another one.
    pub(crate) title: &'a str,
    /// Where it belongs.
    pub(crate) section: Section,
    /// The same on the command line.
    pub(crate) command: &'a str,
    /// What leads back, above the heading.
    pub(crate) crumb: Option<Markup>,
    /// The heading, where the title alone is not enough.
    pub(crate) heading: Option<Markup>,
    /// What stands beside the heading.
    pub(crate) lead: Option<Markup>,
    /// The names of its live parts: `flow` for `hx-trigger="live-flow from:body"`.
    pub(crate) live: &'a [&'a str],
    /// What stands in the box that finds.
    pub(crate) query: &'a str,
}

impl<'a> Page<'a> {
    pub(crate) fn new(title: &'a str, section: Section, command: &'a str) -> Self {
        Self {
            title,
            section,
            command,
            crumb: None,
            heading: None,
            lead: None,
            live: &[],
            query: "",
        }
    }
}

/// Without the last three, htmx keeps whole pages, payloads included, in the browser's storage.
const HTMX: &str = r#"{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,"historyEnabled":false,"historyCacheSize":0,"refreshOnHistoryMiss":true}"#;

const KEYS: [(&str, &str); 6] = [
    (
        "/",
        "find an event by its ref, its id or the beginning of one",
    ),
    ("j", "next row"),
    ("k", "previous row"),
    ("Enter", "open the row"),
    ("?", "this list"),
    ("Esc", "close this list"),
];

/// A page: `body` in the frame.
pub(crate) fn page(app: &Console, page: Page<'_>, body: Markup) -> Response {
    let live = Address::to(&["live"]);
    let live = page
        .live
        .iter()
        .fold(live, |live, name| live.with("part", name));
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head(page.title))
                meta name="htmx-config" content=(HTMX);
                @for script in assets::SCRIPTS {
                    script src=(script) defer {}
                }
            }
            body {
                a href="#main" class="skip" { "Skip to the content" }
                (bar(app, &page))
                main id="main" tabindex="-1" {
                    div class="head title" {
                        @if let Some(crumb) = &page.crumb { p class="crumb" { (crumb) } }
                        h1 {
                            @match &page.heading {
                                Some(heading) => (heading),
                                None => (shown(page.title)),
                            }
                        }
                        @if let Some(lead) = &page.lead { (lead) }
                        @if !page.live.is_empty() {
                            span class="live" data-live=(live) data-parts=(page.live.join(" ")) data-state="waiting" {
                                "Connecting"
                            }
                        }
                    }
                    (body)
                }
                (footer(app, page.command))
                (keys())
                div id="said" class="toast" role="status" {}
            }
        }
    };
    markup.into_response()
}

/// A part of a page, for htmx.
pub(crate) fn part(body: Markup) -> Response {
    body.into_response()
}

/// What the head of every document has, with or without a session.
pub(crate) fn head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        title { (operator::visible(title)) " · coatcheck" }
        link rel="icon" href=(assets::ICON) type="image/svg+xml";
        @for sheet in assets::SHEETS {
            link rel="stylesheet" href=(sheet);
        }
    }
}

fn bar(app: &Console, page: &Page<'_>) -> Markup {
    let description = &app.stack.description;
    // The account is the fifth part of an ARN.
    let account = app.caller.split(':').nth(4).filter(|part| !part.is_empty());
    html! {
        header class="bar" {
            div {
                a href=(Section::Overview.address()) class="brand" { "Coatcheck" }
                span class="where" {
                    (description.stack) " · " (description.region)
                    @if let Some(account) = account { " · " (shown(account)) }
                }
                @if app.operate { (state("may change things", Tone::Attention)) }
                @else { (state("read-only", Tone::Quiet)) }
                @if app.stack.sight() == Sight::Revealed { (state("shows what is redacted", Tone::Attention)) }
                nav aria-label="Pages" {
                    ul {
                        @for section in Section::ALL {
                            @let here = (section == page.section).then_some("page");
                            li { a href=(section.address()) aria-current=[here] { (section.title()) } }
                        }
                    }
                }
                form action=(Address::to(&["find"])) method="get" role="search" class="find" {
                    label for="find" class="unseen" { "Find an event" }
                    input id="find" type="search" name="q" value=(page.query)
                        placeholder="Find a ref or an id  ( / )" autocomplete="off" spellcheck="false";
                    button { "Find" }
                }
            }
        }
    }
}

fn footer(app: &Console, command: &str) -> Markup {
    html! {
        footer {
            span { "On the command line: " code { (shown(command)) } }
            span { "Read at " (time((app.stack.now)())) " as " (shown(&app.caller)) }
            @if let Some(requests) = operator::requests::so_far() {
                span data-requests=(requests) { "AWS requests for this page: " (requests) }
            }
            button type="button" class="small" data-keys {
                "Shortcuts" span class="unseen" { " (press ?)" }
            }
        }
    }
}

fn keys() -> Markup {
    html! {
        dialog id="keys" aria-labelledby="keys-title" {
            h2 id="keys-title" { "Keyboard shortcuts" }
            dl class="facts" {
                @for (key, what) in KEYS {
                    dt { kbd { (key) } }
                    dd { (what) }
                }
            }
            label class="choice" { input type="checkbox" id="keys-on" checked; " Shortcuts on" }
            form method="dialog" { button { "Close" } }
        }
    }
}
