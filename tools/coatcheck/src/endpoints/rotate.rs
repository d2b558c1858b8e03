//! `coatcheck endpoints rotate-key`.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use domain::{Secret, SignedDuration};
use operator::endpoints::{Rotation, Wish, issued, rotation};

use crate::{
    console::Console,
    host::{self, Host},
    output::{EXIT_CODES, Exit, Report},
    stack, when,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck endpoints rotate-key github
  coatcheck endpoints rotate-key stripe --secret-file new-secret.txt --overlap 7d
  coatcheck endpoints rotate-key github --now

The secret that is made here goes to standard output, once; all remarks go to standard error. Both
keys are accepted during the overlap, so nothing is refused while the provider changes over. --now
is for a key that leaked: it refuses what the provider still signs with it.

{EXIT_CODES}"))]
pub(super) struct Args {
    /// The endpoint's name.
    name: String,
    /// The file of the secret that the provider issued; - is standard input. Without it one is made.
    #[arg(long, value_name = "PATH")]
    secret_file: Option<PathBuf>,
    /// What the new key is called on pointers and in logs; without it today's date.
    #[arg(long)]
    id: Option<String>,
    /// How long the old keys are accepted beside the new one.
    #[arg(long, value_name = "LENGTH", default_value = "24h")]
    overlap: String,
    /// Ends the old keys at once.
    #[arg(long, conflicts_with = "overlap")]
    now: bool,
    /// Loses a present value that is no key.
    #[arg(long)]
    replace: bool,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    stack: stack::Args,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    let overlap = args.overlap()?;
    let secret = args.issued()?;
    let is_ours = secret.is_none();
    stack::run(&args.stack, args.json, host, async |stack, console| {
        let wish = Wish {
            secret,
            id: args.id.as_deref(),
            overlap,
            replace: args.replace,
        };
        let rotation = rotation(stack, &args.name, wish).await?;
        if let Some(warning) = &rotation.warning {
            console.note(format!("warning: {warning}"));
        }
        if !args.is_agreed(&rotation, console)? {
            console.note("nothing was changed");
            return Ok(Exit::Usage);
        }
        rotation.put(stack).await?;
        tell(&rotation, is_ours, console)?;
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
            "an overlap of nothing refuses what the provider still signs with the old key: mean it by --now"
        );
        Ok(Some(overlap))
    }

    fn issued(&self) -> Result<Option<Secret>> {
        let Some(path) = &self.secret_file else {
            return Ok(None);
        };
        let text = String::from_utf8(host::read(path)?)
            .map_err(|_| anyhow!("{} is not UTF-8", path.display()))?;
        issued(&text)
            .with_context(|| path.display().to_string())
            .map(Some)
    }

    fn is_agreed(&self, rotation: &Rotation, console: &Console) -> Result<bool> {
        if !self.now || self.yes || rotation.is_alone() {
            return Ok(true);
        }
        let question = format!(
            "From now on {} refuses every delivery that is signed with an old key, until its provider has \
             the new one. Go on?",
            self.name
        );
        console.confirm(&question, "say --yes")
    }
}

fn tell(rotation: &Rotation, is_ours: bool, console: &Console) -> Result<()> {
    // A secret that was put and not shown is lost to its reader, not to the endpoint.
    let said = if console.json() || is_ours {
        console.either(&rotation.told())
    } else {
        Ok(())
    };
    said.map_err(|problem| {
        anyhow!(
            "the key {} is in place and could not be shown: {problem:#}. Rotate again, or read the secret \
             in Secrets Manager",
            rotation.id()
        )
    })?;
    for line in rotation.remarks() {
        console.note(line);
    }
    Ok(())
}
