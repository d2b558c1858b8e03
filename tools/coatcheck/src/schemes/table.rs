use comfy_table::{Table, presets::NOTHING};
use operator::describe::{KeyKind, plain};

use super::facts::PresetFacts;

/// One row a preset.
pub(super) fn of(all: &[PresetFacts]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header([
        "NAME",
        "PROVIDER",
        "PROOF",
        "SIGNED",
        "REPLAY-PROTECTED",
        "EVENT KEY",
        "CHALLENGE",
    ]);
    for facts in all {
        let yes_no = |yes| if yes { "yes" } else { "no" };
        let proof = plain(&facts.proof);
        table.add_row([
            facts.name,
            &facts.title,
            // `schemes NAME` says where it is.
            proof
                .split([',', '('])
                .next()
                .unwrap_or_default()
                .trim_end(),
            &plain(&facts.signed),
            yes_no(facts.replay_protected),
            match facts.event_key_kind {
                KeyKind::Id => "id",
                KeyKind::Digest => "digest",
                KeyKind::Split => "digest, headers",
                KeyKind::Delivery => "every delivery",
            },
            yes_no(facts.handshake.is_some()),
        ]);
    }
    let rows = table.lines();
    rows.map(|row| format!("{}\n", row.trim())).collect()
}
