//! `coatcheck cost`: what a stack costs, by a model of its shapes and AWS's list prices.

mod number;
mod shown;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use costs::{Bill, Front, Lane, Model, Prices, Record, Scenario};
use operator::metrics::{USAGE_DAYS, Usage, usage};

use self::{
    number::{count, size},
    shown::Shown,
};
use crate::{
    host::{self, Host},
    output::{Exit, Report},
    stack::{self, Stack},
    terminal::Terminal,
};

const WHAT: &str = "What to reckon";

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck cost --events 10M --size 8KB --subscriptions 3
  coatcheck cost --events 10M --size 2KB --inline 4KB --record mark --json | jq .per_month
  coatcheck cost
  coatcheck cost --size 8KB --subscriptions 5

Without --events the numbers are those of the stack's last 30 days, read from CloudWatch, which takes
cloudwatch:GetMetricData and costs less than a cent. Each option that you give replaces what the stack
did, so you can ask what would be. With --events nothing is read, and you need no AWS account.

It is a model, not a bill: docs/cost.md says what it assumes.")]
pub(crate) struct Args {
    /// Events a month: 500k, 10M, 1200000. Without it, those of the stack's last 30 days.
    #[arg(help_heading = WHAT, long, value_name = "COUNT", value_parser = count)]
    events: Option<f64>,
    /// Bytes of a payload: 500B, 8KB, 4.4MB. [default: 8KB, or the stack's average]
    #[arg(help_heading = WHAT, long, value_name = "SIZE", value_parser = size)]
    size: Option<f64>,
    /// Subscriptions, each of which takes every event. [default: 1, or the stack's and their shares]
    #[arg(help_heading = WHAT, long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=1000))]
    subscriptions: Option<u32>,
    /// Endpoints, each with a secret. [default: 1, or those of the stack that received something]
    #[arg(help_heading = WHAT, long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    endpoints: Option<u32>,
    /// The lane that deliveries take.
    #[arg(help_heading = WHAT, long, value_name = "LANE", default_value = "standard", value_parser = ["standard", "direct"])]
    lane: String,
    /// Payloads up to this size travel in the pointer and the event; 0B for none.
    #[arg(help_heading = WHAT, long, value_name = "SIZE", default_value = "0B", value_parser = size)]
    inline: f64,
    /// Attributes of an event by which an index finds it. [default: 0, or what the stack's endpoints declare, on average]
    #[arg(help_heading = WHAT, long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=3))]
    indexed: Option<u32>,
    /// How a processor records what it has processed.
    #[arg(help_heading = WHAT, long, value_name = "HOW", default_value = "claim", value_parser = ["claim", "mark", "off"])]
    record: String,
    /// How many events a pipe reads at once, on average.
    #[arg(help_heading = WHAT, long, value_name = "COUNT", default_value_t = 10.0)]
    batch: f64,
    /// The API in front; Coatcheck has no HTTP API, this is for comparison.
    #[arg(help_heading = WHAT, long, value_name = "API", default_value = "rest", value_parser = ["rest", "http"])]
    front: String,
    /// Days for which payloads are kept. [default: Terraform's default, or the stack's]
    #[arg(help_heading = WHAT, long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    retention_days: Option<u32>,
    /// Days for which pointers are kept. [default: Terraform's default, or the stack's]
    #[arg(help_heading = WHAT, long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pointer_days: Option<u32>,
    /// Memory of `ingest`, in MB. [default: Terraform's default]
    #[arg(help_heading = WHAT, long, value_name = "MB", value_parser = clap::value_parser!(u32).range(128..=10_240))]
    ingest_mb: Option<u32>,
    /// Your own prices, for another region or a contract: a file like shared/costs/src/prices.json.
    #[arg(help_heading = WHAT, long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    let model = args.model()?;
    if let Some(events) = args.events {
        let scenario = args.applied(Scenario::of(events, 8_000.0)?.subscribed(1.0));
        let bill = model.bill(&scenario)?;
        return Report::either(args.json, Exit::Good, &Shown::new(&scenario, &bill, None));
    }
    stack::run(&args.stack, args.json, host, async |stack, terminal| {
        tell(args, &model, stack, terminal).await
    })
}

async fn tell(args: &Args, model: &Model, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    let used = terminal.patiently("CloudWatch", usage(stack)).await?;
    ensure!(
        used.received >= 1.0,
        "the stack received nothing in the last {USAGE_DAYS} days: say how many events of which size you expect, \
         --events 10M --size 8KB"
    );
    let days = &stack.description.days;
    let scenario = args.applied(of_usage(&used, (days.payloads, days.pointers))?);
    let bill = model.bill(&scenario)?;
    terminal.either(&Shown::new(&scenario, &bill, Some(&used)))?;
    Ok(Exit::Good)
}

/// What the stack did, as a scenario. A duplicate is stored twice, and refusals stop before: neither is in it.
fn of_usage(used: &Usage, (payload_days, pointer_days): (u32, u32)) -> Result<Scenario> {
    let size = (used.bytes / used.received).max(1.0);
    let routed: f64 = used.subscriptions.values().sum();
    let mut scenario = Scenario::of(used.received, size)?;
    scenario.subscriptions = f64::from(u32::try_from(used.subscriptions.len())?);
    scenario.subscribed = routed / used.received;
    scenario.indexed = used.index_entries / used.received;
    scenario.endpoints = f64::from(u32::try_from(used.endpoints)?).max(1.0);
    scenario.payload_days = f64::from(payload_days);
    scenario.pointer_days = f64::from(pointer_days);
    Ok(scenario)
}

impl Args {
    fn model(&self) -> Result<Model> {
        let shipped = Model::shipped()?;
        let Some(path) = &self.prices else {
            return Ok(shipped);
        };
        let named = || format!("--prices {}", path.display());
        let text = String::from_utf8(host::read(path)?).with_context(named)?;
        let prices = Prices::parse(&text).with_context(named)?;
        Ok(Model::new(prices, shipped.measured().clone()))
    }

    /// The scenario with what the options say.
    fn applied(&self, mut scenario: Scenario) -> Scenario {
        if let Some(count) = self.subscriptions {
            scenario = scenario.subscribed(f64::from(count));
        }
        scenario.lane = if self.lane == "direct" {
            Lane::Direct
        } else {
            Lane::Standard
        };
        scenario.front = if self.front == "http" {
            Front::Http
        } else {
            Front::Rest
        };
        scenario.record = match self.record.as_str() {
            "mark" => Record::Mark,
            "off" => Record::Off,
            _ => Record::Claim,
        };
        scenario.inline_max = self.inline;
        scenario.batch = self.batch;
        let set = |to: &mut f64, value: Option<f64>| *to = value.unwrap_or(*to);
        set(&mut scenario.indexed, self.indexed.map(f64::from));
        set(&mut scenario.size, self.size);
        set(&mut scenario.endpoints, self.endpoints.map(f64::from));
        set(
            &mut scenario.payload_days,
            self.retention_days.map(f64::from),
        );
        set(&mut scenario.pointer_days, self.pointer_days.map(f64::from));
        set(&mut scenario.ingest_mb, self.ingest_mb.map(f64::from));
        scenario
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_stacks_usage_becomes_shares_and_an_average() {
        let used = Usage {
            received: 1_000.0,
            bytes: 3_000_000.0,
            endpoints: 2,
            index_entries: 500.0,
            subscriptions: BTreeMap::from([("a".to_owned(), 1_000.0), ("b".to_owned(), 500.0)]),
            ..Usage::default()
        };
        let scenario = of_usage(&used, (7, 70)).unwrap();
        assert_eq!(scenario.size, 3_000.0);
        assert_eq!((scenario.subscriptions, scenario.subscribed), (2.0, 1.5));
        assert_eq!((scenario.payload_days, scenario.pointer_days), (7.0, 70.0));
        assert_eq!((scenario.endpoints, scenario.indexed), (2.0, 0.5));
    }
}
