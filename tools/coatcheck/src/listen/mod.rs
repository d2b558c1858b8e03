//! `coatcheck listen`: delivers each event to a program on the developer's machine.

mod deliver;
mod journal;
mod resign;
mod send;
mod shown;
mod terminal;
mod worker;

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use domain::{EndpointName, Timestamp, format_time};
use operator::{endpoints, events::check_kind};
use provider::{Poster, ProviderError};

use self::{
    journal::Journal,
    resign::Resign,
    send::Sender,
    terminal::Keys,
    worker::{Options, Worker},
};
use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    shown::line,
    sight,
    stack::{self, Stack},
    terminal::Terminal,
    when,
};

const HEADING: &str = "Which events";

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck listen --to http://localhost:3000/webhooks
  coatcheck listen --to http://localhost:3000/webhooks --endpoint stripe --type 'invoice.*' --since 1h
  coatcheck listen --to http://localhost:3000/webhooks --resign my-secret.txt
  coatcheck listen --to http://localhost:3000/webhooks --once --retry 3 --json

Your program gets what the provider sent: the exact bytes, the content type, the headers of the signature and
those that name the event, and those that the endpoint's keep_headers names. So the provider's own library
verifies it. Where a library refuses an old timestamp, or the provider sends its secret in a header, use
--resign. An event counts as delivered if the response is 2xx. Anything else is kept: press r to send it again.
While nothing listens at the URL, the command waits for it. Events of endpoints with `redact` are left out,
unless you pass --reveal and have the policy `reveal`.

The command remembers its place for each stack, selection and URL. After a break it continues there.")]
pub(crate) struct Args {
    /// Where to deliver, for instance <http://localhost:3000/webhooks>.
    #[arg(long, value_name = "URL")]
    to: String,
    /// Only events of this endpoint. Repeat it for more endpoints.
    #[arg(help_heading = HEADING, long = "endpoint", value_name = "NAME")]
    endpoints: Vec<String>,
    /// Only events of this type, or with this prefix: `invoice.*`. Repeat it for more types.
    #[arg(help_heading = HEADING, long = "type", value_name = "TYPE")]
    kinds: Vec<String>,
    /// Go to this time, back or forward: 90m, 24h or 7d ago, a date, or a time. What was delivered
    /// before is not delivered again.
    #[arg(help_heading = HEADING, long, value_name = "TIME")]
    since: Option<String>,
    /// Go to now: events received before are not delivered. The default the first time.
    #[arg(help_heading = HEADING, long, conflicts_with = "since")]
    from_now: bool,
    /// With --since: deliver again what was delivered before.
    #[arg(help_heading = HEADING, long, requires = "since")]
    again: bool,
    /// Sign each delivery again, now, with the secret in this file.
    #[arg(long, value_name = "SECRET_FILE")]
    resign: Option<PathBuf>,
    /// Send a failed event again up to N times, with growing pauses of up to a minute.
    #[arg(long, value_name = "N", default_value_t = 0)]
    retry: u32,
    /// How long to wait for a response.
    #[arg(long, value_name = "LENGTH", default_value = "30s")]
    timeout: String,
    /// Deliver what there is, then end. The exit code is 1 if an event was not delivered.
    #[arg(long)]
    once: bool,
    /// Allow a URL that is not on this machine: payloads leave it.
    #[arg(long)]
    allow_remote: bool,
    #[command(flatten)]
    sight: sight::Args,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    // Before AWS is asked anything.
    let poster = target(args)?;
    for kind in &args.kinds {
        check_kind(kind).with_context(|| format!("--type {kind:?}"))?;
    }
    let folder = state_folder(host)?;
    args.common.run(host, async |stack, terminal| {
        listen(args, poster, folder, &args.sight.of(stack), terminal).await
    })
}

fn target(args: &Args) -> Result<Poster> {
    let timeout = Duration::try_from(when::length(&args.timeout)?).context("--timeout")?;
    let made = if args.allow_remote {
        Poster::new(&args.to, timeout)
    } else {
        Poster::on_this_machine(&args.to, timeout)
    };
    let poster = match made {
        Err(problem @ ProviderError::NotLocal(..)) => {
            bail!(
                "--to: {problem}. Payloads would leave this machine: allow it with --allow-remote"
            )
        }
        made => made.context("--to")?,
    };
    let url = poster.url();
    ensure!(
        url.username().is_empty() && url.password().is_none(),
        "--to: put no credentials into the URL"
    );
    Ok(poster)
}

/// <https://specifications.freedesktop.org/basedir-spec/latest/>
fn state_folder(host: &Host) -> Result<PathBuf> {
    let absolute = |name: &str| {
        let path = (host.env)(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    let state = state.context("set HOME or XDG_STATE_HOME: the place is remembered there")?;
    Ok(state.join("coatcheck/listen"))
}

async fn listen(
    args: &Args,
    poster: Poster,
    folder: PathBuf,
    stack: &Stack,
    terminal: &Terminal,
) -> Result<Exit> {
    let mut names = Vec::new();
    for name in &args.endpoints {
        names.push(endpoints::find(stack, name).await?.endpoint.name);
    }
    names.sort_unstable();
    names.dedup();
    let url = poster.url().to_string();
    let now = (stack.now)();
    let (mut journal, is_known) =
        Journal::open(&folder, &identity(args, &names, &url, stack), now)?;
    go(args, &mut journal, is_known, now, terminal)?;
    let resign = args.resign.as_deref();
    let resign = resign.map(|path| Resign::read(path, &url)).transpose()?;
    let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    let keys = Keys::of(is_terminal && !args.once);
    terminal.note(begin(args, &url, &journal, stack, keys.are_read()));
    let worker = Worker {
        stack,
        terminal,
        options: Options {
            endpoints: names,
            kinds: args.kinds.clone(),
            retry: args.retry,
            once: args.once,
        },
        sender: Sender { poster, resign },
        journal,
        keys,
        stop: interrupt::listen(),
        totals: shown::Totals::default(),
        tries: std::collections::BTreeMap::new(),
        trouble: None,
    };
    worker.run().await
}

/// Whose place it is.
fn identity(args: &Args, names: &[EndpointName], url: &str, stack: &Stack) -> String {
    let mut kinds = args.kinds.clone();
    kinds.sort_unstable();
    kinds.dedup();
    let names: Vec<&str> = names.iter().map(EndpointName::as_str).collect();
    format!(
        "{}, endpoints {names:?}, types {kinds:?}, to {url}",
        operator::listen::identity(stack)
    )
}

/// Goes where the arguments say, else stays where the last run ended.
fn go(
    args: &Args,
    journal: &mut Journal,
    is_known: bool,
    now: Timestamp,
    terminal: &Terminal,
) -> Result<()> {
    let to = match &args.since {
        Some(text) => when::moment(text, now)?,
        None if args.from_now || !is_known => now,
        None => return Ok(()),
    };
    let place = journal.place();
    if is_known && place.near < to {
        let (from, to) = (format_time(place.near), format_time(to));
        terminal.note(format_args!(
            "events received between {from} and {to} are left out"
        ));
    }
    journal.go_to(to, args.again)
}

fn begin(args: &Args, url: &str, journal: &Journal, stack: &Stack, keys: bool) -> String {
    let all = |given: &[String], what: &str| match given {
        [] => format!("all {what}"),
        given => given.join(", "),
    };
    let mut text = format!(
        "{}: {}, {}, from {} to {url}",
        operator::listen::source(stack),
        line(&all(&args.endpoints, "endpoints")),
        line(&all(&args.kinds, "types")),
        format_time(journal.place().near),
    );
    let kept = journal.kept().len();
    if kept > 0 {
        let events = operator::plural(u64::try_from(kept).unwrap_or(u64::MAX), "event");
        text += &format!("\n{events} kept from before, because they failed");
    }
    if !args.once {
        text += "\nCtrl-C ends";
    }
    if keys {
        text += ", r sends again what failed";
    }
    text
}
