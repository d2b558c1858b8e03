//! Records as a target gets them.

use std::collections::BTreeSet;

use tracing::warn;

use crate::event::SourceEvent;
use crate::template::InputTemplate;

/// A record and the template's result.
pub(crate) struct Prepared<'a> {
    pub(crate) event: &'a SourceEvent,
    pub(crate) text: String,
}

/// Puts each record through the template on its own; without one a record goes unchanged.
pub(crate) fn prepare<'a>(
    pipe: &str,
    template: Option<&InputTemplate>,
    events: &'a [SourceEvent],
) -> Vec<Prepared<'a>> {
    let mut missing = BTreeSet::new();
    let mut prepared = Vec::with_capacity(events.len());
    for event in events {
        let text = match template {
            None => event.record.to_string(),
            Some(template) => {
                let rendered = template.render(event);
                missing.extend(rendered.missing);
                rendered.text
            }
        };
        prepared.push(Prepared { event, text });
    }
    if !missing.is_empty() {
        let paths = missing.into_iter().collect::<Vec<_>>().join(" ");
        warn!(
            pipe,
            paths, "a record has no value at these paths of the template"
        );
    }
    prepared
}
