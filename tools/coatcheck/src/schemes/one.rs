use std::fmt::Write;

use anyhow::Result;
use signature::Preset;

use super::{example, facts::Facts};
use crate::{scheme, words::plain};

/// All about one preset.
pub(super) fn of(preset: &Preset) -> Result<String> {
    let facts = Facts::of(preset)?;
    let handshake = facts.handshake.as_deref().unwrap_or("none");
    let mut text = format!("{}: {}\n{}\n\n", facts.name, facts.title, facts.source);
    for (what, words) in [
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
                "signed: --url here, and url on the endpoint if it is not the stack's own"
            } else {
                "not signed"
            },
        ),
        ("facts", &facts.standing()),
        ("retries", &facts.retries),
        ("size", &facts.size),
    ] {
        writeln!(text, "  {what:<17} {}", plain(words))?;
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
