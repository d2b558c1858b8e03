use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use domain::Ref;
use operator::events::{Redeemed, redeem};

use crate::{
    host::Host,
    output::{Exit, Report},
    shown::is_printable,
    sight,
    stack::{self, Stack},
    terminal::Terminal,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck events payload billing/evt_1 | jq .
  coatcheck events payload billing/evt_1 -o evt_1.json

On a terminal the command refuses a payload that is not plain text, because control characters in it
could steer the terminal. Write it into a file with -o, or print it anyway with --raw. Bytes that do not
match the pointer's digest are not printed; the exit code is then 1.

Where the endpoint has `redact`, \"[redacted]\" stands for what it names, and a payload that is not JSON is
not printed. --reveal prints the exact bytes, if your credentials have the policy `reveal`.")]
pub(crate) struct Args {
    /// The event's ref.
    #[arg(value_name = "REF")]
    reference: Ref,
    /// Write the payload into this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite an existing file.
    #[arg(long, requires = "output")]
    force: bool,
    /// Print the payload on a terminal, whatever it contains.
    #[arg(long, conflicts_with = "output")]
    raw: bool,
    #[command(flatten)]
    sight: sight::Args,
    #[command(flatten)]
    stack: stack::Args,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, false, host, async |stack, terminal| {
        print(args, &args.sight.of(stack), terminal).await
    })
}

async fn print(args: &Args, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    if let Some(path) = &args.output {
        check_free(path, args.force)?;
    }
    let bytes = match redeem(stack, &args.reference).await? {
        Redeemed::Payload { bytes, redacted } => {
            if redacted {
                terminal.note(sight::REDACTED);
            }
            bytes
        }
        Redeemed::Withheld(why) | Redeemed::Unredeemable(why) => {
            terminal.note(format!("coatcheck: {why}"));
            return Ok(Exit::Bad);
        }
    };
    let Some(path) = &args.output else {
        if !args.raw && io::stdout().is_terminal() && !is_printable(&bytes) {
            bail!(
                "the payload is not plain text and could steer this terminal: write it into a file with -o FILE, \
                 or print it anyway with --raw"
            );
        }
        terminal.bytes(&bytes)?;
        return Ok(Exit::Good);
    };
    // Atomic: an existing file stays until the new one is complete.
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    fs::File::create(&part)
        .and_then(|mut file| file.write_all(&bytes))
        .and_then(|()| fs::rename(&part, path))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    terminal.note(format!("wrote {} bytes to {}", bytes.len(), path.display()));
    Ok(Exit::Good)
}

fn check_free(path: &Path, force: bool) -> Result<()> {
    ensure!(
        force || fs::symlink_metadata(path).is_err(),
        "{} exists: overwrite it with --force",
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_is_overwritten_only_with_force() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evt.json");
        assert!(check_free(&path, false).is_ok());
        fs::write(&path, b"mine").unwrap();
        let refused = check_free(&path, false).unwrap_err().to_string();
        assert!(refused.contains("--force"), "{refused}");
        assert!(check_free(&path, true).is_ok());
    }
}
