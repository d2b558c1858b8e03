//! The generated part of docs/providers.md.

use super::facts::Facts;

pub(super) fn of(all: &[Facts]) -> String {
    let mut text = String::from(
        "| preset | provider | how it signs | replay-protected | event named by | type from | handshake | retries | size |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for facts in all {
        let signed = match facts.signed.as_str() {
            "nothing" => facts.proof.clone(),
            signed => format!("{}, over {signed}", facts.proof),
        };
        let cells = [
            format!("`{}`", facts.name),
            format!("[{}]({})", facts.title, facts.source),
            signed,
            facts.replay.clone(),
            facts.event_key.clone(),
            facts.type_from.clone(),
            facts.handshake.clone().unwrap_or_else(|| "–".to_owned()),
            plain(&documented(&facts.retries)),
            plain(&documented(&facts.size)),
        ];
        // A bar ends a cell, even inside backticks.
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text += "\nNotes, for anyone who sets one up; each says what tells the provider's events apart:\n\n";
    for facts in all {
        let url = if facts.needs_url {
            " **The URL is signed:** set the endpoint's `url` if the provider was given another one than the stack's own."
        } else {
            ""
        };
        text += &format!(
            "- **`{}`** {} {} Facts {}.{url}\n",
            facts.name,
            plain(&facts.notes),
            facts.event_key_why,
            facts.standing()
        );
    }
    text
}

/// A sentence that holds no Markdown.
fn plain(sentence: &str) -> String {
    sentence.replace('*', "\\*").replace('<', "\\<")
}

fn documented(sentence: &str) -> String {
    if sentence == "Not documented." {
        "–".to_owned()
    } else {
        sentence.to_owned()
    }
}
