//! What several of these pages have.

use std::sync::Arc;

use domain::{KeyUse, Lane};
use maud::{Markup, html};
use operator::{
    Tone,
    endpoints::ListedKey,
    metrics::{Charts, Counts},
};

use crate::{
    address::Address,
    frame::Section,
    markup::{copy, grouped, shown, state, time, words},
};

/// The way back: to all, or to this one.
pub(super) fn crumb(one: Option<&str>) -> Markup {
    html! {
        a href=(Section::Endpoints.address()) { "Endpoints" }
        @if let Some(name) = one {
            " / " a href=(Address::to(&["endpoints", name])) { (shown(name)) }
        }
    }
}

/// Whether it accepts deliveries.
pub(super) fn state_of(enabled: bool) -> Markup {
    if enabled {
        state("accepts", Tone::Good)
    } else {
        state("disabled", Tone::Quiet)
    }
}

/// Its URL, and a button that copies it.
pub(super) fn url(url: &str, name: &str) -> Markup {
    let what = operator::visible(&format!("the URL of {name}"));
    html! { div { span class="mono" { (shown(url)) } " " (copy(url, &what)) } }
}

/// The lane in a word.
pub(super) fn lane(lane: Lane) -> &'static str {
    match lane {
        Lane::Standard => "standard",
        Lane::Direct => "direct",
    }
}

/// Whether a key is accepted now.
pub(super) fn key_state(key: &ListedKey) -> Markup {
    if key.live {
        state("live", Tone::Good)
    } else {
        state("expired", Tone::Quiet)
    }
}

/// What a key is for.
pub(super) fn key_use(purpose: KeyUse) -> &'static str {
    match purpose {
        KeyUse::Signature => "signature",
        KeyUse::Basic => "basic",
        KeyUse::Challenge => "challenge",
    }
}

/// How many deliveries were refused; it stands out if they are many.
pub(super) fn refused(counts: Counts) -> Markup {
    match counts.refused {
        None => html! { "–" },
        Some(refused) if counts.refuses_many() => state(&grouped(refused), Tone::Bad),
        Some(refused) => html! { (grouped(refused)) },
    }
}

/// Where the counts come from, or why there are none.
pub(super) fn remark(figures: &Result<Arc<Charts>, Arc<str>>) -> Markup {
    match figures {
        Ok(found) => html! {
            p class="note" { (words(&found.source.remark())) " Read at " (time(found.read_at)) "." }
        },
        Err(why) => html! {
            p class="note" { "No counts: " (shown(why)) }
        },
    }
}

/// Endpoints for the tests of these pages.
#[cfg(test)]
pub(super) mod samples {
    use domain::{KeyRing, Lane, Timestamp};
    use operator::{
        endpoints::{ListedEndpoint, ListedKey},
        metrics::{Chart, ChartSpan, Charts, MetricsSource},
    };

    pub(crate) const KEYS: &str = r#"{"keys":[
        {"id":"new","secret":"hunter2"},
        {"id":"old","secret":"hunter3","not_after":"2026-11-23T12:00:00Z"},
        {"id":"gone","secret":"hunter4","not_after":"2026-11-21T12:00:00Z"},
        {"id":"login","secret":"u:hunter5","use":"basic"}]}"#;

    pub(crate) fn figures() -> Charts {
        Charts {
            span: ChartSpan::Hour,
            read_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            source: MetricsSource::Nothing,
            received: Chart::default(),
            refused: Chart::default(),
            endpoints: std::collections::BTreeMap::new(),
            oldest_s: std::collections::BTreeMap::new(),
            lag_ms: None,
        }
    }

    pub(crate) fn listed(name: &str, keys: &str) -> ListedEndpoint {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let ring = KeyRing::from_versions(keys, None).unwrap();
        let keys = ring.keys().iter();
        ListedEndpoint {
            name: name.to_owned(),
            scheme: "stripe".to_owned(),
            lane: Lane::Standard,
            enabled: true,
            max_body_bytes: 4_500_000,
            retention_days: None,
            demands: Vec::new(),
            url: format!("https://a/v1/hooks/{name}"),
            keys: keys.map(|key| ListedKey::new(key, now)).collect(),
            problem: None,
        }
    }
}
