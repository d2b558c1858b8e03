use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};

use crate::cast::{Act, Expect};

/// What happened, one row per delivery.
pub(crate) fn of(acts: &[Act]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header([
            "delivery",
            "status",
            "ref",
            "bytes",
            "digest",
            "processors",
            "end to end",
            "",
        ]);
    for act in acts {
        let Some(answer) = &act.answer else { continue };
        let taken = matches!(act.expect, Expect::Taken { .. });
        let word = if answer.body.status.is_empty() {
            &answer.body.error
        } else {
            &answer.body.status
        };
        let slowest = act.receipts.values().map(|receipt| receipt.age_ms).max();
        table.add_row([
            act.what.to_owned(),
            format!("{} {word}", answer.status),
            shortened(&act.reference().unwrap_or_default()),
            act.delivery.body.len().to_string(),
            if !taken {
                "-"
            } else if act.digests_equal() {
                "equal"
            } else {
                "DIFFERS"
            }
            .to_owned(),
            act.receipts.keys().cloned().collect::<Vec<_>>().join(", "),
            slowest.map_or_else(String::new, |ms| {
                format!(
                    "{:.1} s",
                    std::time::Duration::from_millis(ms).as_secs_f64()
                )
            }),
            if act.went_as_expected() {
                "ok".to_owned()
            } else {
                act.late
                    .clone()
                    .unwrap_or_else(|| "NOT AS EXPECTED".to_owned())
            },
        ]);
    }
    table
}

/// A digest as event key is long: its beginning identifies it.
fn shortened(reference: &str) -> String {
    if reference.len() <= 34 {
        reference.to_owned()
    } else {
        format!("{}...", reference.get(..31).unwrap_or(reference))
    }
}
