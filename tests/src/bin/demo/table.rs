use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};

use crate::step::{Expect, Step};

/// What happened, one row per delivery.
pub(crate) fn of(steps: &[Step]) -> Table {
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
    for step in steps {
        let Some(answer) = &step.answer else { continue };
        let accepted = matches!(step.expect, Expect::Accepted { .. });
        let word = if answer.body.status.is_empty() {
            &answer.body.error
        } else {
            &answer.body.status
        };
        let slowest = step.receipts.values().map(|receipt| receipt.age_ms).max();
        table.add_row([
            step.what.to_owned(),
            format!("{} {word}", answer.status),
            shortened(&step.reference().unwrap_or_default()),
            step.delivery.body.len().to_string(),
            if !accepted {
                "-"
            } else if step.digests_equal() {
                "equal"
            } else {
                "DIFFERS"
            }
            .to_owned(),
            step.receipts.keys().cloned().collect::<Vec<_>>().join(", "),
            slowest.map_or_else(String::new, |ms| {
                format!(
                    "{:.1} s",
                    std::time::Duration::from_millis(ms).as_secs_f64()
                )
            }),
            if step.went_as_expected() {
                "ok".to_owned()
            } else {
                step.late
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
