//! The stack that a command works on: found by its name, described by itself.

mod description;
mod problem;
#[cfg(test)]
mod sample;

use anyhow::{Context, Result, bail};
use aws::{
    Sdk,
    operator::{Account, Directory, sdk},
};
use domain::Timestamp;

pub(crate) use description::{Days, Description, Function, Subscription};
pub(crate) use problem::{Explained, explain, in_short, is_denied, next_step};
#[cfg(test)]
pub(crate) use sample::sample;

use crate::{
    console::{Closed, Console},
    host::Host,
    output::{Exit, Report},
};

const HEADING: &str = "Stack";

/// Which stack, and in which account.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// The stack's name, as Terraform's variable `stack` says.
    #[arg(
        help_heading = HEADING,
        long,
        env = "COATCHECK_STACK",
        default_value = "coatcheck",
        value_name = "NAME"
    )]
    stack: String,
    /// The AWS region, if not the one of the environment or the profile.
    #[arg(help_heading = HEADING, long, value_name = "REGION")]
    region: Option<String>,
    /// A profile of the AWS configuration files.
    #[arg(help_heading = HEADING, long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Where a local cloud serves its APIs: what its environment says, beside `AWS_ENDPOINT_URL`.
    #[arg(long, env = "AWS_ENDPOINT_URL_API_GATEWAY", hide = true)]
    gateway: Option<String>,
}

/// A stack, with what it is made of and the means to call AWS.
pub(crate) struct Stack {
    pub(crate) sdk: Sdk,
    /// Where a local cloud serves its APIs, if not at its own address.
    gateway: Option<String>,
    pub(crate) made_of: Description,
    pub(crate) now: fn() -> Timestamp,
}

impl Stack {
    /// Where deliveries go to: `{base}/hooks/{endpoint}`, in the direct lane
    /// `{base}/direct/{endpoint}`.
    pub(crate) fn base_url(&self) -> String {
        let api = &self.made_of.api;
        match self.sdk.endpoint_url() {
            None => api.url.clone(),
            // A local cloud serves every API under its own address, or that of the front before it.
            Some(cloud) => format!(
                "{}/restapis/{}/{}/_user_request_",
                self.gateway
                    .as_deref()
                    .unwrap_or(cloud)
                    .trim_end_matches('/'),
                api.id,
                api.stage
            ),
        }
    }

    /// A subscription, or an error that names those there are.
    pub(crate) fn subscription(&self, name: &str) -> Result<&Subscription> {
        let all = &self.made_of.subscriptions;
        all.get(name)
            .with_context(|| unknown("subscription", name, all.keys()))
    }

    async fn find(args: &Args, host: &Host, console: &Console) -> Result<Self> {
        let account = Account {
            profile: args.profile.clone(),
            region: args.region.clone(),
        };
        let sdk = sdk(account).await;
        let Some(region) = sdk.region() else {
            bail!("no AWS region: say --region, set AWS_REGION, or give the profile one");
        };
        let region = region.to_owned();
        let directory = Directory::new(&sdk, format!("{}-endpoints", args.stack));
        let server = sdk.endpoint_url().unwrap_or("AWS");
        let what = format!("an answer of DynamoDB in {region} ({server})");
        let found = console.patiently(what, directory.stack()).await;
        let found = found.map_err(|error| {
            // No table of that name is the usual mistake, and its text says nothing.
            if problem::code(&error) == Some("ResourceNotFoundException") {
                return anyhow::anyhow!(
                    "there is no stack {:?} in {region}: name it by --stack or COATCHECK_STACK, \
                     and its region by --region or AWS_REGION",
                    args.stack
                );
            }
            explain(error)
        })?;
        let text = found.with_context(|| {
            format!(
                "the table {}-endpoints does not describe its stack: apply the Terraform code of this version",
                args.stack
            )
        })?;
        let made_of = Description::parse(&text)?;
        Ok(Self {
            sdk,
            gateway: args.gateway.clone(),
            made_of,
            now: host.now,
        })
    }
}

/// `no subscription "x": there are a, b`.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    there: impl Iterator<Item = &'a String>,
) -> String {
    let there: Vec<&str> = there.map(String::as_str).collect();
    if there.is_empty() {
        format!("no {what} {name:?}: the stack has none")
    } else {
        format!("no {what} {name:?}: there are {}", there.join(", "))
    }
}

/// Runs what a command does with its stack, on a terminal.
pub(crate) fn run(
    args: &Args,
    json: bool,
    host: &Host,
    work: impl AsyncFnOnce(&Stack, &Console) -> Result<Exit>,
) -> Result<Report> {
    let console = Console::new(json);
    let outcome = on_runtime(async {
        let stack = Stack::find(args, host, &console).await?;
        work(&stack, &console).await
    });
    match outcome {
        Ok(exit) => Ok(Report::said(exit)),
        // A reader that has seen enough is no failure.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_those_there_are() {
        let there = ["a".to_owned(), "b".to_owned()];
        assert_eq!(
            unknown("subscription", "x", there.iter()),
            "no subscription \"x\": there are a, b"
        );
        assert_eq!(
            unknown("endpoint", "x", [].iter()),
            "no endpoint \"x\": the stack has none"
        );
    }
}
