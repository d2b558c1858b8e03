//! Measures the pages of `coatcheck console` over many events: the server's own processor time
//! until a page is there, the requests to AWS that it takes, and the server's memory.
//!
//! The console runs as a child against a stack that is served here, so that the console is
//! measured and not AWS: its table holds as many events as requested.

#[path = "../../cpu.rs"]
mod cpu;
#[path = "../bench-ls/index.rs"]
mod index;
mod stack;
mod visitor;

use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use clap::Parser;
use comfy_table::Table;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{cpu::Memory, index::Index, stack::Served, visitor::Visitor};

/// The most that a page may take of the server's processor time.
const CPU: Duration = Duration::from_millis(100);

/// The most memory that the server may have.
const MEMORY: u64 = 60_000_000;

/// Measures `coatcheck console`.
///
/// Build it first: cargo build --release -p coatcheck
#[derive(Debug, Parser)]
struct Args {
    /// The command line. Default: next to this program.
    #[arg(long)]
    coatcheck: Option<PathBuf>,
    /// How many events there are.
    #[arg(long, default_value_t = 100_000)]
    events: u64,
    /// Visits of each page; the medians are reported.
    #[arg(long, default_value_t = 9)]
    visits: usize,
}

/// Name and address of each page, and the most AWS requests that it may take. The stack has one
/// endpoint, one buffered subscription and its processor.
const PAGES: [(&str, &str, u64); 11] = [
    ("Overview", "/", 20),
    ("Events", "/events", 140),
    ("Events of a type", "/events?type=invoice.*", 140),
    (
        "Events of a type that there is not",
        "/events?type=no.such",
        140,
    ),
    ("Find, the beginning of an id", "/find?q=evt_9999", 140),
    ("Find, an id", "/find?q=evt_77777", 140),
    ("An event", "/events/bench%2Fevt_77777", 20),
    ("Subscriptions", "/subscriptions", 20),
    ("A subscription", "/subscriptions/invoices", 10),
    ("DLQs", "/dlqs", 10),
    ("Endpoints", "/endpoints", 10),
];

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let program = match args.coatcheck {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("coatcheck"),
    };
    let served = Arc::new(Served::new(Index::of(args.events), args.events));
    let address = stack::serve(Arc::clone(&served)).await?;
    let mut console = start(&program, address)
        .with_context(|| format!("{} cannot be run: build it first", program.display()))?;
    let pid = console.id().context("it ended at once")?;
    let output = console.stdout.take().context("no output")?;
    let url = BufReader::new(output).lines().next_line().await?;
    let visitor = Visitor::open(&url.context("the console said no address")?).await?;

    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["page", "cpu ms", "AWS requests", "KB of HTML"]);
    let mut slow = Vec::new();
    for (name, path, at_most) in PAGES {
        let mut visits = Vec::new();
        for _ in 0..args.visits.max(1) {
            served.reset();
            let before = cpu::of_process(pid)?;
            let bytes = visitor.visit(path).await?;
            // The kernel updates the figure when a thread leaves the processor.
            tokio::time::sleep(Duration::from_millis(5)).await;
            visits.push((cpu::of_process(pid)? - before, served.requests(), bytes));
        }
        visits.sort_unstable();
        let (cpu, requests, bytes) = *visits.get(visits.len() / 2).context("no visit")?;
        if cpu > CPU || requests > at_most {
            slow.push(format!("{name}: {cpu:?}, {requests} requests"));
        }
        table.add_row([
            name.to_owned(),
            format!("{:.1}", cpu.as_secs_f64() * 1e3),
            requests.to_string(),
            format!("{:.0}", bytes as f64 / 1e3),
        ]);
    }
    let memory = Memory::of_process(pid)?;
    console.kill().await?;
    println!("{table}");
    println!(
        "{} events. Memory of the server: {:.1} MB now, {:.1} MB at most.",
        args.events,
        memory.resident as f64 / 1e6,
        memory.peak as f64 / 1e6
    );
    println!(
        "cpu: user and system time of the server until the page is there, with its calls of AWS."
    );
    ensure!(slow.is_empty(), "over the limits: {}", slow.join("; "));
    ensure!(memory.peak < MEMORY, "over {MEMORY} bytes of memory");
    Ok(())
}

fn start(program: &PathBuf, aws: std::net::SocketAddr) -> std::io::Result<Child> {
    Command::new(program)
        .args(["console", "--no-open", "--port", "0"])
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "bench")
        .env("AWS_SECRET_ACCESS_KEY", "bench")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ENDPOINT_URL", format!("http://{aws}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
}
