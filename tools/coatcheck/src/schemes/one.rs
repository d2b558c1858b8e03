use std::fmt::Write;

use anyhow::Result;
use operator::describe::plain;
use signature::Preset;

use super::{example, facts::PresetFacts};
use crate::scheme;

/// Everything about one preset.
pub(super) fn of(preset: &Preset) -> Result<String> {
    let facts = PresetFacts::of(preset)?;
    let handshake = facts.handshake.as_deref().unwrap_or("none");
    let mut text = format!("{}: {}\n{}\n\n", facts.name, facts.title, facts.source);
    for (what, description) in [
        ("proof", facts.proof.as_str()),
        ("what is signed", &facts.signed),
        ("replay-protected", &facts.replay),
        ("event key", &facts.event_key),
        ("", facts.event_key_why),
        ("type", &facts.type_from),
        ("challenges", handshake),
        (
            "url",
            if facts.needs_url {
                "signed: give --url here, and set url on the endpoint if the provider has another URL than the stack's own"
            } else {
                "not signed"
            },
        ),
        ("facts", &facts.standing()),
        ("retries", &facts.retries),
        ("size", &facts.size),
    ] {
        writeln!(text, "  {what:<17} {}", plain(description))?;
    }
    write!(
        text,
        "\n{}\n\nThe scheme:\n\n{}\n\n{}",
        facts.notes,
        scheme::preset_text(preset)?,
        example::of(preset, facts.needs_url)
    )?;
    Ok(text)
}
