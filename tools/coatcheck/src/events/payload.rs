use std::{fs, io::Write, path::PathBuf};

use anyhow::{Context, Result};
use aws::Redemption;
use aws_lc_rs::digest::{SHA256, digest};
use domain::{Digest, Ref};

use super::{of, pointer};
use crate::{
    cli::EXIT_CODES,
    console::Console,
    host::Host,
    output::{Exit, Report},
    stack::{self, Explained, Stack},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck events payload billing/evt_1 | jq .
  coatcheck events payload billing/evt_1 -o evt_1.json

Bytes that are not those of the pointer's digest are not printed: exit 1.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The event's ref.
    #[arg(value_name = "REF")]
    reference: Ref,
    /// Writes it into this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    stack: stack::Args,
}

/// What lies where the pointer says.
pub(super) enum Redeemed {
    Payload(Vec<u8>),
    /// Why the claim check cannot be redeemed.
    Not(String),
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, false, host, async |stack, console| {
        print(args, stack, console).await
    })
}

async fn print(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let bytes = match redeem(stack, &args.reference).await? {
        Redeemed::Payload(bytes) => bytes,
        Redeemed::Not(why) => {
            console.note(format!("coatcheck: {why}"));
            return Ok(Exit::Bad);
        }
    };
    let Some(path) = &args.output else {
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

/// Redeems a claim check as a processor does.
pub(super) async fn redeem(stack: &Stack, reference: &Ref) -> Result<Redeemed> {
    let pointer = pointer(stack, reference).await?;
    let (bucket, key) = (of(&pointer, "bucket")?, of(&pointer, "key")?);
    let expected: Digest = of(&pointer, "sha256")?
        .parse()
        .context("the pointer's sha256 is unreadable")?;
    let object = Redemption::new(&stack.sdk)
        .open(bucket, key)
        .await
        .explained()?;
    let Some(mut object) = object else {
        return Ok(Redeemed::Not(format!(
            "the payload of {reference} is gone: payloads are kept {} days",
            stack.made_of.days.payloads
        )));
    };
    let mut bytes = Vec::new();
    while let Some(part) = object.next().await.explained()? {
        bytes.extend_from_slice(&part);
    }
    if digest(&SHA256, &bytes).as_ref() != expected.0 {
        return Ok(Redeemed::Not(format!(
            "what lies at s3://{bucket}/{key} is not the payload of {reference}: \
             its SHA-256 is not that of the pointer. Somebody has written to the bucket"
        )));
    }
    Ok(Redeemed::Payload(bytes))
}
