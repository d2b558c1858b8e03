//! What `make run` shows: real payloads, signed as their providers sign them, on
//! their way through the deployed stack, and each one's result.

mod step;
mod table;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Parser;
use e2e::Stack;

/// Sends a handful of deliveries through a stack and prints what happened.
#[derive(Parser)]
struct Arguments {
    /// What Terraform made; scripts/local-up writes it.
    #[arg(long, env = "COATCHECK_STACK_JSON")]
    stack: PathBuf,
    /// Ends without hints on how to continue: the stack is about to be stopped.
    #[arg(long)]
    once: bool,
}

/// An event passes two queues and a function that may have to start first.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let stack = Stack::load(&arguments.stack).await?;
    println!("\nDeliveries to {}/hooks/...\n", stack.outputs.base_url);
    let mut steps = Vec::new();
    for step in step::steps(&stack).await? {
        println!("  {}", step.what);
        let step = step.perform(&stack).await?;
        println!("    -> {}", step.outcome());
        steps.push(step);
    }
    println!("\nWaiting for the processors ...");
    for step in &mut steps {
        step.follow(&stack, PATIENCE).await?;
    }
    println!("\n{}", table::of(&steps));
    for (processor, summary) in steps.iter().flat_map(step::Step::summaries) {
        println!("  {processor}: {summary}");
    }
    let failed = steps.iter().filter(|step| !step.went_as_expected()).count();
    println!("\n{} of {} as expected.", steps.len() - failed, steps.len());
    if !arguments.once {
        println!(
            "\nSend one more yourself:\n\n{}\n",
            step::curl(&stack).await?
        );
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
