//! Measures the shipped bootstraps through the Lambda Runtime API.
//!
//! Each runs as a child process, as Lambda runs it: it asks a Runtime API served here for events,
//! and finds S3, DynamoDB and Secrets Manager behind `AWS_ENDPOINT_URL`, which are stubs served
//! here. Others are driven in the same way in the same run: the floor, a naive ingest, and peers in
//! any language. So the figures are ratios on one machine and not numbers of one machine.

mod args;
mod baseline;
mod bounds;
mod callgrind;
mod child;
mod cpu;
mod delivery;
mod environment;
mod measure;
mod memory;
mod names;
mod page;
mod plot;
mod program;
mod report;
mod seen;
mod server;
mod stats;
mod suites;
mod table;
mod tls;
mod works;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use clap::Parser;

use args::{Args, Check, Measured, Run, What};
use baseline::{Baseline, Machine};
use page::Section;
use report::{Files, Part};
use suites::{Programs, Row, Settings, Suite};

/// Beside the page.
const PLOT: &str = "pictures/performance-cpu.svg";

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    // One worker leaves the other processor to the child.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    match args.what {
        What::Run(run) => runtime.block_on(compare(&run)),
        What::Memory(measured) => runtime.block_on(memory(&measured)),
        What::Check(check) => runtime.block_on(check_instructions(&check)),
    }
}

async fn compare(run: &Run) -> anyhow::Result<()> {
    let programs = Programs::find(&run.measured.functions, run.peers()?)?;
    let settings = run.measured.settings(run.tls, &run.only, &run.sizes);
    let rows = suites::run(&programs, &settings).await?;
    let files = |name: &str| files(&programs, &settings, name);
    let parts = report::parts(&rows, &files);
    print(&parts);
    if let Some(path) = &run.json {
        let json = serde_json::to_string_pretty(&rows)?;
        std::fs::write(path, json).with_context(|| path.display().to_string())?;
    }
    if let Some(page) = &run.measured.write {
        let mut sections: Vec<Section> = parts.iter().map(Part::section).collect();
        sections.push(about(&run.measured)?);
        if let Some(svg) = report::plot(&rows) {
            let path = page.with_file_name(PLOT);
            std::fs::write(&path, svg).with_context(|| path.display().to_string())?;
            sections.push(Section {
                name: "plot",
                text: format!("![Processor time over the size of the body]({PLOT})\n"),
            });
        }
        page::write(page, &sections)?;
    }
    bounds::kept(&rows)
}

async fn memory(measured: &Measured) -> anyhow::Result<()> {
    const SUITES: [Suite; 5] = [
        Suite::Start,
        Suite::Door,
        Suite::Authorizer,
        Suite::Admit,
        Suite::Processor,
    ];
    let mut programs = Programs::find(&measured.functions, Vec::new())?;
    programs.others.clear();
    let settings = measured.settings(true, &SUITES, &args::SIZES);
    let rows: Vec<Row> = suites::run(&programs, &settings).await?;
    let [cost, time] = memory::tables(&rows)?;
    let part = Part {
        name: "memory",
        title: "dollars for a million invocations, and milliseconds of one, by memory",
        tables: vec![cost, time],
    };
    print(std::slice::from_ref(&part));
    match &measured.write {
        Some(page) => page::write(page, &[part.section()]),
        None => Ok(()),
    }
}

async fn check_instructions(check: &Check) -> anyhow::Result<()> {
    let machine = Machine::this()?;
    let wanted = |name: &str| check.only.as_ref().is_none_or(|only| name.contains(only));
    let baseline = if check.record {
        None
    } else {
        let mut baseline = Baseline::read(&check.baseline)?;
        baseline.fits(&machine)?;
        baseline.instructions.retain(|name, _| wanted(name));
        Some(baseline)
    };
    let programs = Programs::find(&check.functions, Vec::new())?;
    let mut counted = BTreeMap::new();
    for case in callgrind::cases(&programs) {
        if !wanted(case.name) {
            continue;
        }
        let counts = callgrind::counts(&case).await?;
        let shown: Vec<_> = counts.iter().map(|count| stats::figure(*count)).collect();
        eprintln!("{}: {} instructions", case.name, shown.join(", "));
        let count = stats::median(counts);
        counted.insert(case.name.to_owned(), count.max(0.0).round() as u64);
    }
    let Some(baseline) = baseline else {
        let commit = baseline::commit()?;
        let recorded = Baseline {
            commit,
            machine,
            instructions: counted,
        };
        return recorded.write(&check.baseline);
    };
    let (table, failed) = baseline::compare(&baseline, &counted);
    println!("{table}");
    ensure!(
        failed.is_empty(),
        "{}. Find out why with `callgrind_annotate`; if it is meant, `make bench-check ARGS=--record`, and commit {} \
         with the reason.",
        failed.join("; "),
        check.baseline.display()
    );
    Ok(())
}

fn print(parts: &[Part]) {
    for part in parts {
        println!("\n{}", part.title);
        for table in &part.tables {
            println!("{table}");
        }
    }
}

fn files(programs: &Programs, settings: &Settings, name: &str) -> Files {
    let binary = programs.named(name).and_then(program::Program::binary);
    // The processor that is measured is `audit`: its file has another name than its row.
    let file = binary.as_deref().and_then(Path::file_name);
    let zip = file.map(|file| settings.packages.join(file).with_extension("zip"));
    Files::of(binary.as_deref(), &zip.unwrap_or_default())
}

/// Where and how the figures of a page were measured.
fn about(measured: &Measured) -> anyhow::Result<Section> {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unknown processor", |rest| {
            rest.trim_start_matches(|c: char| c.is_whitespace() || c == ':')
        });
    let processors = std::thread::available_parallelism()?;
    let plan = measured.plan();
    Ok(Section {
        name: "about",
        text: format!(
            "Commit {}, {processors} processors ({model}). Medians of {} fresh processes of at most {} invocations or {} s, in \
             interleaved rounds.\n",
            baseline::commit()?,
            plan.rounds,
            plan.invocations,
            plan.time.as_secs_f64(),
        ),
    })
}
