//! The figures, for people and for programs.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;

use crate::measure::Row;
use crate::{deliver, direct};

/// What a reader of the table must know.
pub(crate) const NOTES: &str = "\
Medians over fresh processes on this machine; times in ms, memory in MB. CPU is user and system time
of one warm invocation, crypto that of one HMAC-SHA-256 and one SHA-256 over the payload, by the
same library. S3, DynamoDB and Secrets Manager are stubs on loopback without TLS. The last line of
each group is ours / naive: below 1, ours is better. Nothing here was measured on AWS.";

const HEADER: [&str; 11] = [
    "scheme",
    "bytes",
    "ingest",
    "init",
    "first",
    "CPU",
    "wall",
    "idle MB",
    "peak MB",
    "crypto",
    "CPU/crypto",
];

/// A table with a line of ratios after each pair.
pub(crate) fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(HEADER);
    for pair in rows.chunks(2) {
        for row in pair {
            table.add_row(line(row));
        }
        if let [ours, naive] = pair {
            table.add_row(ratios(ours, naive));
        }
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn line(row: &Row) -> Vec<String> {
    let mut cells = vec![
        row.scheme.to_owned(),
        row.payload_bytes.to_string(),
        row.program.to_owned(),
    ];
    let crypto = row.hmac_ms + row.sha256_ms;
    let figures = [
        row.init_ms,
        row.first_ms,
        row.cpu_ms,
        row.wall_ms,
        row.idle_mb,
        row.peak_mb,
        crypto,
    ];
    cells.extend(figures.map(|figure| {
        if figure < 1.0 {
            format!("{figure:.3}")
        } else {
            format!("{figure:.2}")
        }
    }));
    cells.push(format!("{:.2}", row.cpu_over_crypto));
    cells
}

fn ratios(ours: &Row, naive: &Row) -> Vec<String> {
    let mut cells = vec![String::new(), String::new(), "ratio".to_owned()];
    cells.extend(pairs(ours, naive).map(|(_, ours, naive)| format!("{:.2}", ours / naive)));
    cells
}

/// The figures that can be compared, by name.
fn pairs(ours: &Row, naive: &Row) -> [(&'static str, f64, f64); 6] {
    [
        ("init", ours.init_ms, naive.init_ms),
        ("first", ours.first_ms, naive.first_ms),
        ("cpu", ours.cpu_ms, naive.cpu_ms),
        ("wall", ours.wall_ms, naive.wall_ms),
        ("idle", ours.idle_mb, naive.idle_mb),
        ("peak", ours.peak_mb, naive.peak_mb),
    ]
}

/// What a reader of the direct lane's table must know.
pub(crate) const DIRECT_NOTES: &str = "\
`admit` over an object of S3's, as above. read: the same SDK reads the object and does nothing with it. The
ratio is the CPU of `admit` over read, one HMAC-SHA-256 and one SHA-256 together.";

/// The direct lane's figures.
pub(crate) fn direct(rows: &[direct::Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "bytes",
        "admit CPU",
        "read",
        "HMAC",
        "SHA-256",
        "ratio",
        "idle MB",
        "peak MB",
    ]);
    for row in rows {
        let figures = [
            row.admit_ms,
            row.read_ms,
            row.hmac_ms,
            row.sha256_ms,
            row.ratio,
            row.idle_mb,
            row.peak_mb,
        ];
        let mut cells = vec![row.payload_bytes.to_string()];
        cells.extend(figures.map(|figure| format!("{figure:.2}")));
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// What a reader of the table of `deliver` must know.
pub(crate) const DELIVER_NOTES: &str = "\
`deliver` with signed events to a destination on loopback; CPU of one event. With TLS, S3, DynamoDB and the destination
are behind it, as on AWS; events: how many come in one invocation. forward: the same libraries read the object once and
post it once, the same way, and do nothing else. The ratio is the CPU of `deliver` over forward.";

/// The figures of `deliver`.
pub(crate) fn deliver(rows: &[deliver::Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "bytes",
        "TLS",
        "events",
        "deliver CPU",
        "forward",
        "HMAC",
        "SHA-256",
        "ratio",
        "idle MB",
        "peak MB",
    ]);
    for row in rows {
        let figures = [
            row.deliver_ms,
            row.forward_ms,
            row.hmac_ms,
            row.sha256_ms,
            row.ratio,
            row.idle_mb,
            row.peak_mb,
        ];
        let tls = if row.way.tls { "yes" } else { "no" };
        let mut cells = vec![
            row.payload_bytes.to_string(),
            tls.to_owned(),
            row.way.events.to_string(),
        ];
        cells.extend(figures.map(|figure| format!("{figure:.2}")));
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// All figures, and the ratios ours / naive.
pub(crate) fn json(
    rows: &[Row],
    direct: &[direct::Row],
    deliver: &[deliver::Row],
) -> anyhow::Result<String> {
    let ratios: Vec<_> = rows
        .chunks(2)
        .filter_map(|pair| match pair {
            [ours, naive] => {
                let ratios: serde_json::Map<_, _> = pairs(ours, naive)
                    .into_iter()
                    .map(|(name, ours, naive)| (name.to_owned(), json!(ours / naive)))
                    .collect();
                Some(json!({"scheme": ours.scheme, "payload_bytes": ours.payload_bytes, "ours_over_naive": ratios}))
            }
            _ => None,
        })
        .collect();
    Ok(serde_json::to_string_pretty(
        &json!({"rows": rows, "ratios": ratios, "direct": direct, "deliver": deliver}),
    )?)
}
