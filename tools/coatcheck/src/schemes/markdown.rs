//! The generated part of docs/providers.md.

use super::facts::PresetFacts;

/// A short table, and a heading for each preset.
pub(super) fn of(all: &[PresetFacts]) -> String {
    let mut text = String::from(
        "| preset | provider | replay-protected | handshake | facts |\n|---|---|---|---|---|\n",
    );
    for facts in all {
        let name = facts.name;
        let handshake = if facts.handshake.is_some() {
            "yes"
        } else {
            "–"
        };
        let checked = facts.checked.as_deref().unwrap_or("unconfirmed");
        text += &format!(
            "| [`{name}`](#{name}) | {} | {} | {handshake} | {checked} |\n",
            facts.title, facts.replay
        );
    }
    for facts in all {
        text += &format!("\n### {}\n\n{}", facts.name, one(facts));
    }
    text
}

fn one(facts: &PresetFacts) -> String {
    let signed = match facts.signed.as_str() {
        "nothing" => facts.proof.clone(),
        signed => format!("{}, over {signed}", facts.proof),
    };
    let mut lines = vec![
        format!("[{}]({})", facts.title, facts.source),
        format!("**How it signs**: {signed}"),
        format!("**Replay-protected**: {}", facts.replay),
        format!(
            "**An event is named by**: {}. {}",
            facts.event_key, facts.event_key_why
        ),
        format!("**Type from**: {}", facts.type_from),
    ];
    lines.extend(
        facts
            .handshake
            .iter()
            .map(|how| format!("**Handshake**: {how}")),
    );
    for (word, sentence) in [("Retries", &facts.retries), ("Size", &facts.size)] {
        if sentence != "Not documented." {
            lines.push(format!("**{word}**: {}", plain(sentence)));
        }
    }
    if facts.needs_url {
        lines.push(
            "**The URL is signed**: set the endpoint's `url` if the provider has another URL than the stack's own."
                .to_owned(),
        );
    }
    lines.push(format!("**Facts**: {}", facts.standing()));
    let list: String = lines.iter().map(|line| format!("- {line}\n")).collect();
    format!("{list}\n{}\n", plain(&facts.notes))
}

/// A sentence with Markdown escaped.
fn plain(sentence: &str) -> String {
    sentence.replace('*', "\\*").replace('<', "\\<")
}
