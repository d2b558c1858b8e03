//! `coatcheck endpoints rotate-key`.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use domain::{Secret, SignedDuration};
use operator::endpoints::{Rotation, RotationOptions, parse_secret, plan_rotation};

use crate::{
    host::{self, Host},
    output::{Exit, Report},
    stack,
    terminal::Terminal,
    when,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck endpoints rotate-key github
  coatcheck endpoints rotate-key stripe --secret-file new-secret.txt --overlap 7d
  coatcheck endpoints rotate-key github --now

A secret that this command creates goes to standard output, once. Remarks go to standard error. The
endpoint accepts both keys during the overlap, so no delivery is refused while you switch the provider
to the new one. Use --now for a key that leaked: deliveries that the provider still signs with it are
refused.")]
pub(crate) struct Args {
    /// The endpoint's name.
    name: String,
    /// A file with the secret that the provider issued; - is standard input. Without it the command
    /// creates a secret.
    #[arg(long, value_name = "PATH")]
    secret_file: Option<PathBuf>,
    /// The id of the new key, for pointers and logs. The default is today's date.
    #[arg(long)]
    id: Option<String>,
    /// How long the endpoint still accepts the old keys.
    #[arg(long, value_name = "LENGTH", default_value = "24h")]
    overlap: String,
    /// End the old keys at once.
    #[arg(long, conflicts_with = "overlap")]
    now: bool,
    /// Discard a current value that is not a key.
    #[arg(long)]
    replace: bool,
    /// Do not ask for confirmation.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    let overlap = args.overlap()?;
    let secret = args.issued()?;
    let is_ours = secret.is_none();
    args.common.run(host, async |stack, terminal| {
        let options = RotationOptions {
            secret,
            id: args.id.as_deref(),
            overlap,
            replace: args.replace,
        };
        let rotation = plan_rotation(stack, &args.name, options).await?;
        if let Some(warning) = &rotation.warning {
            terminal.note(format!("warning: {warning}"));
        }
        if !args.is_agreed(&rotation, terminal)? {
            terminal.note("nothing was changed");
            return Ok(Exit::Usage);
        }
        rotation.apply(stack).await?;
        tell(&rotation, is_ours, terminal)?;
        Ok(Exit::Good)
    })
}

impl Args {
    fn overlap(&self) -> Result<Option<SignedDuration>> {
        if self.now {
            return Ok(None);
        }
        let overlap = when::length(&self.overlap).context("--overlap")?;
        ensure!(
            !overlap.is_zero(),
            "without an overlap, deliveries that the provider still signs with the old key are refused: use --now if you want that"
        );
        Ok(Some(overlap))
    }

    fn issued(&self) -> Result<Option<Secret>> {
        let Some(path) = &self.secret_file else {
            return Ok(None);
        };
        let text = String::from_utf8(host::read(path)?)
            .map_err(|_| anyhow!("{} is not UTF-8", path.display()))?;
        parse_secret(&text)
            .with_context(|| path.display().to_string())
            .map(Some)
    }

    fn is_agreed(&self, rotation: &Rotation, terminal: &Terminal) -> Result<bool> {
        if !self.now || self.yes || rotation.is_alone() {
            return Ok(true);
        }
        let question = format!(
            "From now on {} refuses every delivery that is signed with an old key, until its provider has \
             the new one. Continue?",
            self.name
        );
        terminal.confirm(&question, "pass --yes")
    }
}

fn tell(rotation: &Rotation, is_ours: bool, terminal: &Terminal) -> Result<()> {
    // The secret is stored even if it cannot be shown.
    let shown = if terminal.json() || is_ours {
        terminal.either(&rotation.rotated_key())
    } else {
        Ok(())
    };
    shown.map_err(|problem| {
        anyhow!(
            "the key {} is in place but could not be shown: {problem:#}. Rotate again, or read the secret \
             in Secrets Manager",
            rotation.id()
        )
    })?;
    for line in rotation.remarks() {
        terminal.note(line);
    }
    Ok(())
}
