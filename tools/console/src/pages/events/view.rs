use domain::{EndpointName, format_time};
use maud::{Markup, html};
use operator::{
    events::{Cursor, EventPage, Query, StateFilter},
    plural,
};

use super::{
    filter::{Filter, SPANS},
    rows::listing,
};
use crate::{
    address::Address,
    frame::Section,
    markup::{Part, copy, time},
};

/// What the page shows.
pub(super) struct View<'a> {
    pub(super) filter: &'a Filter,
    /// The same with an end, for links.
    pub(super) fixed: &'a Filter,
    pub(super) query: &'a Query,
    /// Whether any endpoint declares attributes.
    pub(super) has_attributes: bool,
    pub(super) names: &'a [EndpointName],
    pub(super) found: &'a EventPage,
    pub(super) newer: Option<Markup>,
    pub(super) share: Option<String>,
}

impl View<'_> {
    pub(super) fn body(&self) -> Markup {
        let rows = &self.found.rows;
        html! {
            (self.form())
            @if let Some(newer) = &self.newer { (newer) }
            section class="card" aria-label="Newest first" {
                div class="head" {
                    h2 { "Newest first" }
                    @if let Some(share) = &self.share { (copy(share, "the address of this page")) }
                }
                (self.how())
                @if rows.is_empty() { (self.empty()) }
                @else { (listing(&self.caption(), rows)) }
                (self.paging())
            }
        }
    }

    fn form(&self) -> Markup {
        let filter = self.filter;
        let chosen = filter.endpoint.as_ref();
        let is_known = chosen.is_none_or(|chosen| self.names.contains(chosen));
        let is_span = SPANS.iter().any(|(span, _)| *span == filter.span);
        let until = filter.until.map(format_time).unwrap_or_default();
        html! {
            form action=(Section::Events.address()) method="get" aria-label="Filters" {
                div class="fields" {
                    label {
                        "Endpoint"
                        select name="endpoint" {
                            option value="" selected[chosen.is_none()] { "all endpoints" }
                            @for name in self.names {
                                option value=(name) selected[chosen == Some(name)] { (name) }
                            }
                            @if let Some(name) = chosen && !is_known {
                                option value=(name) selected { (name) }
                            }
                        }
                    }
                    label class="grow" {
                        "Type, or its beginning with *"
                        input name="type" value=(filter.kind) placeholder="invoice.*" autocomplete="off" spellcheck="false";
                    }
                    @if self.has_attributes {
                        @for condition in &filter.conditions {
                            label {
                                "Attribute"
                                input name="where" value=(condition) autocomplete="off" spellcheck="false";
                            }
                        }
                        label {
                            @if filter.conditions.is_empty() { "Attribute, as name=value" } @else { "And another" }
                            input name="where" placeholder="customer=cus_1" autocomplete="off" spellcheck="false";
                        }
                    }
                    label {
                        "Received within"
                        select name="since" {
                            @for (span, words) in SPANS {
                                option value=(span) selected[span == filter.span] { (words) }
                            }
                            @if !is_span { option value=(filter.span) selected { (filter.span) } }
                        }
                    }
                    label {
                        "Before (UTC)"
                        input name="until" value=(until) placeholder="now" autocomplete="off";
                    }
                    label {
                        "State"
                        select name="state" {
                            option value="" selected[filter.state.is_none()] { "any state" }
                            @for state in StateFilter::ALL {
                                option value=(state.word()) selected[filter.state == Some(state)] { (state.word()) }
                            }
                        }
                    }
                    button class="primary" { "Show" }
                    a href=(Section::Events.address()) class="button" { "Clear" }
                }
            }
        }
    }

    /// How events with certain attributes are found.
    fn how(&self) -> Markup {
        html! {
            @if let Some(condition) = self.query.found_by() {
                p class="note" {
                    "Found by the index of " code { (condition.name) } "."
                    @if self.query.compares() { " The other attributes were compared with each pointer." }
                    " Events from before it was indexed are not in it."
                }
            } @else if self.query.compares() {
                p class="note" {
                    "Not every endpoint that declares it indexes such an attribute, so the pointers of all events of the span are \
                     read. With " code { "index = true" } " it is one query."
                }
            }
        }
    }

    fn caption(&self) -> String {
        format!("{}, newest first", plural(self.found.rows.len(), "event"))
    }

    fn empty(&self) -> Markup {
        let filter = self.fixed;
        let looked_to = self.found.looked_to.unwrap_or(self.query.from);
        html! {
            div class="empty" {
                p { b { "No event matches between " (time(looked_to)) " and " (time(self.end())) "." } }
                @if self.found.looked_to.is_some() {
                    p {
                        "One page makes 128 requests at most, which are "
                        @if self.query.compares() { "four" } @else { "eight" }
                        " quiet hours."
                    }
                }
                @if let (Some(older), Some(_)) = (&self.found.older, self.found.looked_to) {
                    p { a href=(filter.address(Some(older))) class="button" { "Look further back" } }
                }
                @if filter.endpoint.is_some() || !filter.kind.is_empty() || !filter.conditions.is_empty() || filter.state.is_some() {
                    p { a href=(Section::Events.address().with("since", &filter.span)) { "All events" } }
                }
            }
        }
    }

    /// Where the page begins, at its newer end.
    fn end(&self) -> domain::Timestamp {
        let at = self.filter.at.as_ref().map(|at| at.at);
        at.unwrap_or(self.query.until)
    }

    fn paging(&self) -> Markup {
        let found = self.found;
        let rows = &found.rows;
        let to = |at: &Cursor| self.fixed.address(Some(at));
        html! {
            nav class="pages" aria-label="Pages of the list" {
                @match &found.newer {
                    Some(newer) => a href=(to(newer)) class="button" rel="prev" { "← Newer" },
                    None => span class="note" { "Nothing newer" },
                }
                span class="note" {
                    @if let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) {
                        (plural(rows.len(), "event")) ", from " (time(last.received_at)) " to " (time(first.received_at)) ". "
                    }
                    @if let Some(looked_to) = found.looked_to && !rows.is_empty() {
                        "Looked as far as " (time(looked_to)) ": this page's 128 requests were spent. "
                    }
                    @if !self.filter.is_newest() {
                        a href=(self.filter.newest().address(None)) { "The newest" }
                    }
                }
                @match &found.older {
                    Some(older) => a href=(to(older)) class="button" rel="next" { "Older →" },
                    None => span class="note" { "Nothing older in this span" },
                }
            }
        }
    }
}

/// How many are newer than the list; none before the first count.
pub(super) fn newer(filter: &Filter, counted: Option<(usize, bool)>) -> Part {
    let text = counted.filter(|(count, more)| *count > 0 || *more);
    Part::new(html! {
        @if let Some((count, more)) = text {
            p class="notice" {
                @match (count, more) {
                    (0, _) => "There may be newer events. ",
                    (count, true) => { "More than " (plural(count, "newer event")) ". " },
                    (count, false) => { (plural(count, "newer event")) ". " },
                }
                a href=(filter.address(None)) { "Show them" }
            }
        }
    })
}

/// The line about it, which fetches itself again. It inserts nothing into the list, so that you
/// keep your place.
pub(super) fn newer_line(filter: &Filter, after: &Cursor, newer: &Part) -> Markup {
    let source = filter.fields(Address::to(&["parts", "newer"]), Some(after));
    let source = newer.seen(source);
    html! {
        div id="newer" role="status" hx-get=(source) hx-trigger="live-events from:body" hx-swap="outerHTML" {
            (newer.body)
        }
    }
}
