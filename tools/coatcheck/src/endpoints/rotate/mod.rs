//! `coatcheck endpoints rotate-key`.

mod plan;
mod secret;
mod told;

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail, ensure};
use aws::{Secrets, operator::KeyVersions};
use domain::{KeyRing, KeyRingProblem, Secret, SignedDuration, Timestamp};
use signature::{Key, Proof, Verifier};

use self::{
    plan::{Plan, Wish, plan},
    told::{remarks, told},
};
use super::{
    find,
    found::{Found, versions},
};
use crate::{
    console::Console,
    host::{self, Host},
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Explained, Stack},
    when,
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
    let issued = args.issued()?;
    stack::run(&args.stack, args.json, host, async |stack, console| {
        let found = find(stack, &args.name).await?;
        let versions = versions(stack, &found.endpoint.name).await?;
        let now = (stack.now)();
        let is_ours = issued.is_none();
        let secret = match issued {
            Some(secret) => secret,
            None => secret::random(found.scheme(), &user(&versions))
                .with_context(|| args.name.clone())?,
        };
        let wish = Wish {
            secret,
            id: args.id.as_deref(),
            overlap,
            replace: args.replace,
        };
        if found.scheme().proof == Proof::Plaid && args.id.is_none() {
            bail!("Plaid names its key: give its kid by --id");
        }
        let verifier = Verifier::of(&found.endpoint)?;
        let is_usable = |key: &domain::Key| {
            let problem = verifier.key_problem(&Key::from(key));
            problem.is_none_or(|problem| !problem.is_fatal())
        };
        let plan = plan(&versions, wish, now, is_usable).with_context(|| args.name.clone())?;
        judge(&found, &plan, console)?;
        if !args.is_agreed(&plan, console)? {
            console.note("nothing was changed");
            return Ok(Exit::Usage);
        }
        put(stack, &found, &plan).await?;
        args.tell(&plan, is_ours, now, console)?;
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

    fn is_agreed(&self, plan: &Plan, console: &Console) -> Result<bool> {
        let is_alone = plan.ring.keys().len() == 1;
        if !self.now || self.yes || is_alone {
            return Ok(true);
        }
        let question = format!(
            "From now on {} refuses every delivery that is signed with an old key, until its provider has \
             the new one. Go on?",
            self.name
        );
        console.confirm(&question, "say --yes")
    }

    fn tell(&self, plan: &Plan, is_ours: bool, now: Timestamp, console: &Console) -> Result<()> {
        let told = told(&self.name, plan, is_ours);
        // A secret that was put and not shown is lost to its reader, not to the endpoint.
        let said = if console.json() || is_ours {
            console.either(&told)
        } else {
            Ok(())
        };
        said.map_err(|problem| {
            anyhow!(
                "the key {} is in place and could not be shown: {problem:#}. Rotate again, or read the secret \
                 in Secrets Manager",
                plan.id
            )
        })?;
        for line in remarks(&self.name, plan, is_ours, now) {
            console.note(line);
        }
        Ok(())
    }
}

/// The secret in a file. What begins with `{` is taken too: it is put into a list, where it
/// can be told from one.
fn issued(text: &str) -> Result<Secret> {
    match KeyRing::from_text(text, "new") {
        Ok(ring) => match ring.keys() {
            [key] if key.id == "new" => Ok(key.secret.clone()),
            _ => bail!("a list of keys is no secret: give the new secret alone"),
        },
        Err(KeyRingProblem::Shape) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']))),
        Err(problem) => bail!(problem),
    }
}

/// Refuses a key that the scheme can never use; others are in the way of no delivery.
fn judge(found: &Found, plan: &Plan, console: &Console) -> Result<()> {
    let verifier = Verifier::of(&found.endpoint)?;
    let new = plan.ring.keys().first().map(Key::from);
    let new = new.context("there is no new key")?;
    if found.scheme().proof == Proof::Basic {
        let is_pair = plan.ring.keys().first();
        let is_pair = is_pair.is_some_and(|key| key.secret.expose().contains(':'));
        ensure!(
            is_pair,
            "the secret has no colon: HTTP Basic credentials are user:password"
        );
    }
    match verifier.key_problem(&new) {
        Some(problem) if problem.is_fatal() => bail!("the new key cannot be used: {problem}"),
        Some(problem) => console.note(format!("warning: {problem}")),
        None => {}
    }
    Ok(())
}

async fn put(stack: &Stack, found: &Found, plan: &Plan) -> Result<()> {
    Secrets::new(&stack.sdk, stack.made_of.keys_prefix.clone())
        .put(&found.endpoint.name, &plan.ring)
        .await
        .explained()
}

/// Whom the present HTTP Basic credentials are for.
fn user(versions: &KeyVersions) -> String {
    let current = versions.current.as_ref();
    let ring = current.and_then(|text| KeyRing::from_versions(text.expose(), None).ok());
    let user = ring.and_then(|ring| {
        let key = ring.keys().first()?;
        let (user, _) = key.secret.expose().split_once(':')?;
        Some(user.to_owned())
    });
    user.unwrap_or_else(|| "coatcheck".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issued_secret_is_the_files_text_without_what_an_editor_adds() {
        for (text, secret) in [("a\r\n", "a"), ("\u{feff}a\n\n", "a"), ("{a}\n", "{a}")] {
            assert_eq!(issued(text).unwrap().expose(), secret, "{text:?}");
        }
        for bad in ["", "\n", r#"{"keys":[{"id":"1","secret":"a"}]}"#] {
            assert!(issued(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn basic_credentials_keep_their_user() {
        let of = |text: Option<&str>| KeyVersions {
            current: text.map(Secret::new),
            previous: None,
        };
        assert_eq!(user(&of(Some("erp:hunter2"))), "erp");
        assert_eq!(user(&of(Some("no pair"))), "coatcheck");
        assert_eq!(user(&of(None)), "coatcheck");
    }
}
