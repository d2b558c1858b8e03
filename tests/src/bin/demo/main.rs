//! What `make run` shows: real payloads, signed as their providers sign them, on
//! their way through the deployed stack, and each one's result.

mod cast;
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
    let mut acts = Vec::new();
    for act in cast::acts(&stack).await? {
        println!("  {}", act.what);
        let act = act.perform(&stack).await?;
        println!("    -> {}", act.told());
        acts.push(act);
    }
    println!("\nWaiting for the processors ...");
    for act in &mut acts {
        act.follow(&stack, PATIENCE).await?;
    }
    println!("\n{}", table::of(&acts));
    for (processor, summary) in acts.iter().flat_map(cast::Act::summaries) {
        println!("  {processor}: {summary}");
    }
    let failed = acts.iter().filter(|act| !act.went_as_expected()).count();
    println!("\n{} of {} as expected.", acts.len() - failed, acts.len());
    if !arguments.once {
        println!(
            "\nSend one more yourself:\n\n{}\n",
            cast::curl(&stack).await?
        );
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
