//! The figures as the sections of a page. The terminal gets the same tables.

use std::path::Path;

use crate::bounds;
use crate::delivery::Content;
use crate::measure::Figures;
use crate::page::Section;
use crate::plot::{self, Line};
use crate::stats::{figure, mb, size};
use crate::suites::{Row, Suite, name};
use crate::table::Table;

/// A part of the report.
pub(crate) struct Part {
    /// Of its section in a page.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) tables: Vec<Table>,
}

impl Part {
    pub(crate) fn section(&self) -> Section {
        let tables: Vec<_> = self.tables.iter().map(Table::markdown).collect();
        Section {
            name: self.name,
            text: tables.join("\n"),
        }
    }
}

/// All parts of which something was measured. The zips of functions are in this folder, if they
/// are built.
pub(crate) fn parts(rows: &[Row], files: &dyn Fn(&str) -> Files) -> Vec<Part> {
    let door = |title, name, figure: fn(&Figures) -> f64, ratios| Part {
        name,
        title,
        tables: [Content::Json, Content::Binary]
            .map(|content| by_size(rows, content, figure, ratios))
            .into(),
    };
    let part = |name, title, table| Part {
        name,
        title,
        tables: vec![table],
    };
    let parts = [
        part("goals", "goals", bounds::goals(rows)),
        door("CPU of a warm invocation, ms", "cpu", |f| f.cpu_ms, true),
        door(
            "from the event to the response, ms",
            "wall",
            |f| f.wall_ms,
            false,
        ),
        door("highest memory, MB", "peak", |f| f.peak_mb, false),
        part(
            "start",
            "from the start to the first answer, with TLS",
            start(rows, files),
        ),
        part("authorizer", "authorizer", authorizer(rows)),
        part("admit", "admit", admit(rows)),
        part("processor", "a processor by the SDK", processor(rows)),
        part("deliver", "deliver", deliver(rows)),
    ];
    let keep = |mut part: Part| {
        part.tables.retain(|table| !table.is_empty());
        Some(part).filter(|part| !part.tables.is_empty())
    };
    parts.into_iter().filter_map(keep).collect()
}

/// Sizes of what is shipped, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Files {
    pub(crate) binary: Option<u64>,
    pub(crate) zip: Option<u64>,
}

impl Files {
    pub(crate) fn of(binary: Option<&Path>, zip: &Path) -> Self {
        let bytes = |path: &Path| std::fs::metadata(path).ok().map(|file| file.len());
        Self {
            binary: binary.and_then(bytes),
            zip: bytes(zip),
        }
    }
}

/// A column for each program that receives deliveries; with ratios, one for `ingest` over each of the
/// others, too.
fn by_size(rows: &[Row], content: Content, value: fn(&Figures) -> f64, ratios: bool) -> Table {
    let rows: Vec<&Row> = rows
        .iter()
        .filter(|row| row.suite == Suite::Door && row.content == content)
        .collect();
    let programs = distinct(rows.iter().map(|row| row.program.as_str()));
    let sizes = distinct(rows.iter().map(|row| row.bytes));
    let others = || {
        programs
            .iter()
            .filter(|program| ratios && **program != name::INGEST)
    };
    let mut header = vec![content.name().to_owned()];
    header.extend(programs.iter().map(|&program| program.to_owned()));
    header.extend(others().map(|other| format!("ingest / {other}")));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = Table::new(&header);
    for bytes in sizes {
        let of = |program: &str| {
            let found = rows
                .iter()
                .find(|row| row.program == program && row.bytes == bytes);
            found.map_or(f64::NAN, |row| value(&row.figures))
        };
        let mut cells = vec![size(bytes)];
        cells.extend(programs.iter().map(|program| figure(of(program))));
        cells.extend(others().map(|other| figure(of(name::INGEST) / of(other))));
        table.row(cells);
    }
    table
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

fn start(rows: &[Row], files: &dyn Fn(&str) -> Files) -> Table {
    let mut table = Table::new(&[
        "program",
        "init, ms",
        "init CPU, ms",
        "first request, ms",
        "its CPU, ms",
        "idle, MB",
        "binary, MB",
        "zip, MB",
    ]);
    for row in of(rows, Suite::Start) {
        let files = files(&row.program);
        let bytes = |size: Option<u64>| size.map_or(f64::NAN, mb);
        let one = &row.figures;
        let figures = [
            one.init_ms,
            one.init_cpu_ms,
            one.first_ms,
            one.first_cpu_ms,
            one.idle_mb,
            bytes(files.binary),
            bytes(files.zip),
        ];
        table.row(cells(&row.program, figures));
    }
    table
}

fn authorizer(rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "a request that is allowed",
        "CPU, ms",
        "to the response, ms",
        "idle, MB",
        "peak, MB",
        "log, bytes",
    ]);
    for row in of(rows, Suite::Authorizer) {
        let one = &row.figures;
        let figures = [
            one.cpu_ms,
            one.wall_ms,
            one.idle_mb,
            one.peak_mb,
            one.log_bytes,
        ];
        table.row(cells(&row.program, figures));
    }
    table
}

fn admit(rows: &[Row]) -> Table {
    let mut table = Table::new(&["object", "CPU, ms", "to read it", "ratio", "peak, MB"]);
    for [ours, least] in pairs(rows, Suite::Admit) {
        let (one, other) = (&ours.figures, &least.figures);
        let ratio = one.cpu_ms / other.cpu_ms;
        let figures = [one.cpu_ms, other.cpu_ms, ratio, one.peak_mb];
        table.row(cells(&size(ours.bytes), figures));
    }
    table
}

fn processor(rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "payload",
        "events at once",
        "CPU of an event, ms",
        "the batch to its response, ms",
        "peak, MB",
        "requests to AWS for an event",
    ]);
    for row in of(rows, Suite::Processor) {
        let one = &row.figures;
        let requests = one.requests / row.events as f64;
        let mut line = vec![size(row.bytes), row.events.to_string()];
        line.extend([one.cpu_ms, one.wall_ms, one.peak_mb, requests].map(figure));
        table.row(line);
    }
    table
}

fn deliver(rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "payload",
        "TLS",
        "events at once",
        "CPU of an event, ms",
        "to read and post it",
        "ratio",
        "idle, MB",
        "peak, MB",
    ]);
    for [ours, least] in pairs(rows, Suite::Deliver) {
        let (one, other) = (&ours.figures, &least.figures);
        let tls = if ours.tls { "yes" } else { "no" };
        let mut line = vec![size(ours.bytes), tls.to_owned(), ours.events.to_string()];
        let ratio = one.cpu_ms / other.cpu_ms;
        let figures = [one.cpu_ms, other.cpu_ms, ratio, one.idle_mb, one.peak_mb];
        line.extend(figures.map(figure));
        table.row(line);
    }
    table
}

fn of(rows: &[Row], suite: Suite) -> impl Iterator<Item = &Row> {
    rows.iter().filter(move |row| row.suite == suite)
}

/// Ours, and the least that one must do for the same work.
fn pairs(rows: &[Row], suite: Suite) -> Vec<[&Row; 2]> {
    let rows: Vec<_> = of(rows, suite).collect();
    rows.chunks(2)
        .filter_map(|pair| pair.try_into().ok())
        .collect()
}

fn cells(first: &str, figures: impl IntoIterator<Item = f64>) -> Vec<String> {
    let mut cells = vec![first.to_owned()];
    cells.extend(figures.into_iter().map(figure));
    cells
}

/// The processor time of a warm invocation over the size of a JSON body, as SVG.
pub(crate) fn plot(rows: &[Row]) -> Option<String> {
    let json = || of(rows, Suite::Door).filter(|row| row.content == Content::Json);
    let lines: Vec<Line> = distinct(json().map(|row| row.program.as_str()))
        .into_iter()
        .map(|program| Line {
            name: program.to_owned(),
            points: json()
                .filter(|row| row.program == program && row.figures.cpu_ms > 0.0)
                .map(|row| (row.bytes as f64, row.figures.cpu_ms))
                .collect(),
        })
        .collect();
    let name = |bytes: f64| size(bytes as usize);
    (!lines.is_empty()).then(|| {
        plot::svg(
            "CPU of a warm invocation",
            "size of the body",
            "milliseconds",
            &lines,
            name,
        )
    })
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
