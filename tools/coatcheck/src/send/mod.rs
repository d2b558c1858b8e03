//! `coatcheck send`: deliveries as a provider would send them, one or very many.

mod figures;
mod fixtures;
mod load;
mod number;
mod source;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use domain::Timestamp;
use operator::endpoints::find;
use provider::{DeliveryTemplate, Nonces, Poster, Provider, Sent};
use tokio::time::Instant;

use self::{figures::Pace, load::Job, number::rate};
use crate::{
    host::{self, Host},
    interrupt,
    output::{Exit, Report},
    scheme, secrets,
    sender::{self, Shown},
    stack::{self, Stack, on_runtime},
    terminal::{Closed, Terminal},
    when,
};

const TARGET: &str = "Destination";
const PACE: &str = "Number and rate";

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck send --fixture stripe/invoice.paid --endpoint stripe
  coatcheck send body.json --endpoint github -H 'x-github-event: push'
  coatcheck send --size 100KB --endpoint billing --count 5000 --rate 50/s --concurrency 64 --json
  coatcheck send body.json --url https://hooks.example.com/v1/hooks/a --scheme stripe --secret-file secret.txt

With --rate, each delivery has its own time, even if earlier ones are still running, and its latency
counts from that time: a slow endpoint cannot hide behind a slow sender. Connections stay open. With
--count above 1, each delivery is another event: it has another id, or other bytes if the bytes
identify the event.")]
pub(crate) struct Args {
    #[command(flatten)]
    source: source::Args,
    /// Sends to this endpoint of the stack, with its URL, its scheme and its newest key.
    #[arg(help_heading = TARGET, long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Sign with the key of this id instead of the newest.
    #[arg(help_heading = TARGET, long, value_name = "ID", requires = "endpoint")]
    key: Option<String>,
    /// A URL, if you have no stack; give --scheme and --secret too.
    #[arg(help_heading = TARGET, long, conflicts_with = "endpoint")]
    url: Option<String>,
    /// With --url: the name of a preset, or the path of a file with a scheme. The default is the
    /// fixture's.
    #[arg(help_heading = TARGET, long, value_name = "PRESET|FILE", conflicts_with = "endpoint")]
    scheme: Option<String>,
    #[command(flatten)]
    secrets: secrets::Args,
    /// How many deliveries to send.
    #[arg(help_heading = PACE, long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Send at most this many (50/s, 600/m). The default is as fast as possible.
    #[arg(help_heading = PACE, long, value_parser = rate)]
    rate: Option<f64>,
    /// How many deliveries may run at once.
    #[arg(help_heading = PACE, long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,
    /// Send the same event each time.
    #[arg(help_heading = PACE, long)]
    same: bool,
    /// How often to retry after a 5xx, a 429 or no response, as a provider would.
    #[arg(help_heading = PACE, long, value_name = "TIMES", default_value_t = 0)]
    retry: u32,
    /// How long to wait for a response.
    #[arg(help_heading = PACE, long, value_name = "LENGTH", default_value = "35s")]
    timeout: String,
    #[command(flatten)]
    stack: stack::Args,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    let secrets = args.secrets.files().map(PathBuf::as_path);
    let readers = args.source.files().chain(secrets);
    ensure!(
        readers.filter(|path| host::is_stdin(path)).count() <= 1,
        "standard input can be read only once: give at most one -"
    );
    if let Some(url) = &args.url {
        let provider = args.unlisted(url, host)?;
        let terminal = Terminal::new(args.json);
        let outcome = on_runtime(args.send(provider, host.now, &terminal));
        return match outcome {
            // A reader that stops reading is not a failure.
            Err(problem) if problem.is::<Closed>() => Ok(Report::said(Exit::Good)),
            other => other.map(Report::said),
        };
    }
    let name = args.endpoint.as_deref();
    let name = name.context("say where to: --endpoint NAME of a stack, or --url URL")?;
    stack::run(&args.stack, args.json, host, async |stack, terminal| {
        let provider = args.listed(name, stack, host, terminal).await?;
        args.send(provider, host.now, terminal).await
    })
}

impl Args {
    async fn listed(
        &self,
        name: &str,
        stack: &Stack,
        host: &Host,
        terminal: &Terminal,
    ) -> Result<Provider> {
        let found = find(stack, name).await?;
        if !found.endpoint.enabled {
            terminal.note(format!("{name} is disabled: it refuses everything"));
        }
        if found.endpoint.mtls.is_some() {
            terminal.note(format!(
                "{name} takes only clients with a certificate, and this command has none: the delivery will be refused"
            ));
        }
        if !self.secrets.is_given() {
            return Ok(found.provider(stack, self.key.as_deref()).await?);
        }
        ensure!(self.key.is_none(), "give either --key or a secret");
        let secrets = self.secrets.read(found.scheme(), host)?;
        sender::with_secrets(&found, &secrets)
    }

    fn unlisted(&self, url: &str, host: &Host) -> Result<Provider> {
        let named = match &self.scheme {
            Some(given) => Some(scheme::load(given)?),
            None => self.source.scheme()?,
        };
        let named = named.context("say how the delivery is signed: --scheme")?;
        let secrets = self.secrets.read(&named.scheme, host)?;
        sender::unlisted(named, url, &secrets)
    }

    async fn send(
        &self,
        provider: Provider,
        now: fn() -> Timestamp,
        terminal: &Terminal,
    ) -> Result<Exit> {
        let nonces = Nonces::new()?;
        let source = self.source.read(&provider, nonces.of(0), now())?;
        if let Some(remark) = source.remark {
            terminal.note(remark);
        }
        let mut template = DeliveryTemplate::new(source.sample, &provider, nonces.of(0));
        if self.count > 1 && !self.same {
            template = template.made_distinct(&provider, now()).context(
                "--count needs different events; to send the same one each time add --same, and to vary the id \
                 leave out the --header that sets it",
            )?;
        }
        let timeout = Duration::try_from(when::length(&self.timeout)?)
            .context("--timeout is not a length of time")?;
        let job = Job {
            poster: Poster::new(&provider.url, timeout)?,
            provider,
            template,
            nonces,
            now,
            is_fresh: !self.same && (self.count > 1 || self.source.is_always_fresh()),
            retries: self.retry,
        };
        if self.count == 1 {
            return one(&job, terminal).await;
        }
        let pace = Pace {
            count: self.count,
            rate: self.rate,
            concurrency: self.concurrency.into(),
        };
        terminal.note(format!("posting to {}", job.poster.url()));
        let progress = terminal.progress("deliveries", Some(self.count));
        let (figures, is_interrupted) =
            load::send(job, pace, progress, &interrupt::listen()).await?;
        terminal.either(&figures)?;
        if let Some(remark) = figures.remark() {
            terminal.note(remark);
        }
        Ok(match (is_interrupted, figures.is_good()) {
            (true, _) => Exit::Interrupted,
            (false, true) => Exit::Good,
            (false, false) => Exit::Bad,
        })
    }
}

async fn one(job: &Job, terminal: &Terminal) -> Result<Exit> {
    let interrupt = interrupt::listen();
    let what = format!("the reply of {}", job.poster.url());
    let delivered = tokio::select! {
        delivered = terminal.patiently(what, job.deliver(0, Instant::now())) => delivered?,
        () = interrupt.wait() => return Ok(Exit::Interrupted),
    };
    match &delivered.end {
        Err(problem) => bail!("{}: {problem}", job.poster.url()),
        Ok(reply) => {
            let took_ms = u64::try_from(delivered.took.as_millis()).unwrap_or(u64::MAX);
            let sent = Sent::new(reply, delivered.bytes, took_ms, delivered.retries);
            terminal.either(&Shown(&sent))?;
            Ok(if reply.is_good() {
                Exit::Good
            } else {
                Exit::Bad
            })
        }
    }
}
