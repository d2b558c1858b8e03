use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use domain::Ref;
use operator::events::{Redeemed, redeem};

use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    shown::is_printable,
    stack::{self, Stack},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck events payload billing/evt_1 | jq .
  coatcheck events payload billing/evt_1 -o evt_1.json

On a terminal a payload that is not plain text is refused, since control bytes in it would steer the
terminal: -o writes it into a file, --raw prints it all the same. Bytes that are not those of the pointer's digest are not printed: exit 1.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The event's ref.
    #[arg(value_name = "REF")]
    reference: Ref,
    /// Writes it into this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Writes over a file that is there.
    #[arg(long, requires = "output")]
    force: bool,
    /// Prints it on a terminal whatever it holds.
    #[arg(long, conflicts_with = "output")]
    raw: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, false, host, async |stack, console| {
        print(args, stack, console).await
    })
}

async fn print(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    if let Some(path) = &args.output {
        check_free(path, args.force)?;
    }
    let bytes = match redeem(stack, &args.reference).await? {
        Redeemed::Payload(bytes) => bytes,
        Redeemed::Not(why) => {
            console.note(format!("coatcheck: {why}"));
            return Ok(Exit::Bad);
        }
    };
    let Some(path) = &args.output else {
        if !args.raw && io::stdout().is_terminal() && !is_printable(&bytes) {
            bail!(
                "the payload is not plain text, and what is in it could steer this terminal: write it into a \
                 file with -o FILE, or print it all the same with --raw"
            );
        }
        console.bytes(&bytes)?;
        return Ok(Exit::Good);
    };
    // Whole or not at all: what is there under the name stays until the new one is.
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    fs::File::create(&part)
        .and_then(|mut file| file.write_all(&bytes))
        .and_then(|()| fs::rename(&part, path))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    console.note(format!("{} bytes in {}", bytes.len(), path.display()));
    Ok(Exit::Good)
}

fn check_free(path: &Path, force: bool) -> Result<()> {
    ensure!(
        force || fs::symlink_metadata(path).is_err(),
        "{} is there already: --force writes over it",
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_written_over_only_if_that_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evt.json");
        assert!(check_free(&path, false).is_ok());
        fs::write(&path, b"mine").unwrap();
        let refused = check_free(&path, false).unwrap_err().to_string();
        assert!(refused.contains("--force"), "{refused}");
        assert!(check_free(&path, true).is_ok());
    }
}
