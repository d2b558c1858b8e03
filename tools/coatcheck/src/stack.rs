//! The stack that a command works on.

use anyhow::{Context, Result};
pub(crate) use operator::Stack;
use operator::stack::Account;

use crate::{
    host::Host,
    output::{Exit, Report},
    terminal::{Closed, Terminal},
};

const HEADING: &str = "Stack";

/// Which stack, and in which account.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// The stack's name: Terraform's variable `stack`.
    #[arg(
        help_heading = HEADING,
        long,
        env = "COATCHECK_STACK",
        default_value = "coatcheck",
        value_name = "NAME"
    )]
    stack: String,
    /// The AWS region. The default is that of the environment or the profile.
    #[arg(help_heading = HEADING, long, value_name = "REGION")]
    region: Option<String>,
    /// The AWS profile.
    #[arg(help_heading = HEADING, long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Where a local cloud serves its APIs; its environment sets it, like `AWS_ENDPOINT_URL`.
    #[arg(long, env = "AWS_ENDPOINT_URL_API_GATEWAY", hide = true)]
    gateway: Option<String>,
}

/// What every command on a stack takes.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct CommandArgs {
    /// Print JSON, one object per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: Args,
}

impl CommandArgs {
    /// Runs what a command does with its stack, on a terminal.
    pub(crate) fn run(
        &self,
        host: &Host,
        work: impl AsyncFnOnce(&Stack, &Terminal) -> Result<Exit>,
    ) -> Result<Report> {
        run(&self.stack, self.json, host, work)
    }
}

async fn find(args: &Args, host: &Host, terminal: &Terminal) -> Result<Stack> {
    let sdk = operator::stack::sdk(Account {
        profile: args.profile.clone(),
        region: args.region.clone(),
    });
    let (sdk, region) = sdk.await?;
    let server = sdk.endpoint_url().unwrap_or("AWS");
    let what = format!("DynamoDB in {region} to respond ({server})");
    let found = Stack::find(&args.stack, (sdk, region), args.gateway.clone(), host.now);
    Ok(terminal.patiently(what, found).await?)
}

#[cfg(test)]
pub(crate) fn sample() -> operator::stack::StackDescription {
    operator::stack::StackDescription::parse(testkit::STACK).unwrap()
}

/// The same for a command that prints no JSON, or decides on it by itself.
pub(crate) fn run(
    args: &Args,
    json: bool,
    host: &Host,
    work: impl AsyncFnOnce(&Stack, &Terminal) -> Result<Exit>,
) -> Result<Report> {
    let terminal = Terminal::new(json);
    let outcome = on_runtime(async {
        let stack = find(args, host, &terminal).await?;
        work(&stack, &terminal).await
    });
    match outcome {
        Ok(exit) => Ok(Report::said(exit)),
        // A reader that closes the pipe is not an error.
        Err(problem) if problem.is::<Closed>() => Ok(Report::said(Exit::Good)),
        Err(problem) => Err(problem),
    }
}

/// Blocks until it is done.
pub(crate) fn on_runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("no thread can be started")?
        .block_on(work)
}
