//! `make chaos` and `make load`: sends to a local cloud, makes trouble, and looks whether anything was lost.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Result;
use chaos::{Plan, Plant, run};
use clap::Parser;
use e2e::{Destination, Stack};

/// Sends deliveries to the suite's stack in a local cloud, with trouble (FAULTS=1 scripts/local-up) or as fast as it can.
/// Exit status 1 if anything was lost, wrong, out of order or believed without a signature.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// What Terraform made; scripts/local-up writes it.
    #[arg(long, env = "COATCHECK_STACK_JSON")]
    stack: PathBuf,
    /// The port that the stack's HTTP subscriptions send to.
    #[arg(long, env = "COATCHECK_DESTINATION_PORT")]
    destination_port: u16,
    /// How long events are begun [default: 180, 40 with --short].
    #[arg(long)]
    seconds: Option<u64>,
    /// Decides what is sent and what happens meanwhile.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The short form, for after a suite.
    #[arg(long)]
    short: bool,
    /// How long the stack may take afterwards.
    #[arg(long, default_value_t = 420)]
    settle_seconds: u64,
    /// As fast as it can, without trouble.
    #[arg(long)]
    load: bool,
    /// Providers that send at once [default: 6, 32 with --load].
    #[arg(long)]
    providers: Option<u64>,
    /// Spoils something before the last look, which has to find it: the exit status is then 1.
    #[arg(long)]
    plant: Option<Plant>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let seconds = if arguments.short { 40 } else { 180 };
    let providers = if arguments.load { 32 } else { 6 };
    let plan = Plan {
        time: Duration::from_secs(arguments.seconds.unwrap_or(seconds)),
        settle: Duration::from_secs(arguments.settle_seconds),
        seed: arguments.seed,
        providers: arguments.providers.unwrap_or(providers),
        is_load: arguments.load,
        plant: arguments.plant,
    };
    let stack = Stack::load(&arguments.stack).await?;
    let destination = Destination::start(arguments.destination_port)?;
    println!("seed {}, {} s", plan.seed, plan.time.as_secs());
    let report = run(&stack, &destination, &plan).await?;
    print!("{report}");
    let is_clean = report.verdict.is_clean();
    Ok(if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
