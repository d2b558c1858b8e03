//! `coatcheck ranges check`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use outbound::Fetcher;
use ranges::{Difference, List, Provider, Ranges, ReadProblem};

use super::{
    folder::Folder,
    outcome::{Checked, Outcome, text_of},
};
use crate::{
    host::Host,
    output::{Exit, Report},
    stack::on_runtime,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck ranges check
  coatcheck ranges check github stripe
  coatcheck ranges check github --dir ranges --write

It asks each provider over HTTPS and compares. The exit code is 1 if a list differs or cannot be compared.
With --write it writes what the provider publishes, with today's date, into the folder that you name in
ranges_dir. A document that is not understood, and a list without ranges, is never written.")]
pub(crate) struct Args {
    /// The lists. The default is all: those in your folder, if you name one.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    folder: Folder,
    /// Write each list, as its provider has it today, into your folder.
    #[arg(long, requires = "dir")]
    write: bool,
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    let lists = chosen(args)?;
    let fetcher = Fetcher::new().context("TLS cannot be set up")?;
    let mut provider = Provider::new(fetcher);
    let today = (host.now)().to_string();
    let day = today.split('T').next().unwrap_or_default();
    let read = async |list: &List| provider.read(list).await;
    let checked = on_runtime(check(&lists, read, args, day))?;
    let exit = if checked.iter().all(|one| one.is_good(args.write)) {
        Exit::Good
    } else {
        Exit::Bad
    };
    if args.json {
        Report::json(exit, &checked)
    } else {
        Ok(Report::text(exit, text_of(&checked, args.write)))
    }
}

/// The lists to compare, by name.
fn chosen(args: &Args) -> Result<BTreeMap<String, List>> {
    if args.names.is_empty() {
        let own = args.folder.own()?;
        match &args.folder.dir {
            Some(dir) if own.is_empty() => bail!(
                "{} has no list: name those that you want in it, for instance github",
                dir.display()
            ),
            Some(_) => return Ok(own),
            None => return args.folder.lists(),
        }
    }
    let mut lists = args.folder.lists()?;
    let known = lists.keys().cloned().collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        let found = lists.remove_entry(name);
        found.with_context(|| format!("there is no list {name:?}; there are {known}"))
    };
    let mut names = args.names.clone();
    names.sort();
    names.dedup();
    names.iter().map(find).collect()
}

async fn check(
    lists: &BTreeMap<String, List>,
    mut read: impl AsyncFnMut(&List) -> Result<Ranges, ReadProblem>,
    args: &Args,
    day: &str,
) -> Result<Vec<Checked>> {
    let mut checked = Vec::new();
    for (name, list) in lists {
        let outcome = match read(list).await {
            Err(problem) => Outcome::Unknown {
                problem: problem.to_string(),
            },
            Ok(today) => {
                if args.write {
                    args.folder.write(name, &list.read_again(&today, day))?;
                }
                let difference = Difference::between(&list.ranges(), &today);
                if difference.is_none() {
                    Outcome::Same
                } else {
                    Outcome::Differs { difference }
                }
            }
        };
        checked.push(Checked {
            name: name.clone(),
            source: list.source.clone(),
            read_on: list.read_on.clone(),
            outcome,
        });
    }
    Ok(checked)
}

#[cfg(test)]
mod tests;
