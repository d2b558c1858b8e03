//! `coatcheck check`: applies the functions' rules to a scheme before you deploy it.

use std::{fmt, path::PathBuf};

use anyhow::Result;
use operator::describe::{self, plain};
use serde::Serialize;
use signature::{Scheme, SchemeDescription, SchemeError, Verifier};

use crate::{
    host,
    output::{Exit, Report},
    scheme,
    shown::fact,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck check partner.json
  coatcheck check - < partner.json")]
pub(crate) struct Args {
    /// A file with the scheme, one JSON object; - is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Report> {
    let text = host::read(&args.file)?;
    match scheme::parse(&text).and_then(|scheme| good(&scheme)) {
        Ok(good) => Report::either(args.json, Exit::Good, &good),
        Err(problem) => Report::either(args.json, Exit::Bad, &Bad::from(problem)),
    }
}

fn good(scheme: &Scheme) -> Result<Good, SchemeError> {
    let verifier = Verifier::compile(scheme, &scheme::example_site())?;
    let SchemeDescription { proof, signed, .. } = describe::description(scheme);
    Ok(Good {
        outcome: "good",
        proof,
        signed,
        replay_protected: verifier.replay_protected(),
        replay: describe::replay(&verifier),
        event_key: describe::event_key(scheme, &verifier),
        warning: describe::only_bytes_tell(scheme, &verifier).then_some(MERGES),
        needs_url: scheme::needs_url(scheme),
    })
}

/// A scheme that can be used.
#[derive(Serialize)]
struct Good {
    outcome: &'static str,
    proof: String,
    signed: String,
    replay_protected: bool,
    #[serde(skip)]
    replay: String,
    event_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    needs_url: bool,
}

/// Which events are merged, and how to keep them apart.
const MERGES: &str = "two deliveries with equal bytes within pointer_ttl_days (90 days, unless you set it) are one event: the scheme has no event id, no type in a header and no signed time. If your provider may send such events, name the field that differs under event.id or event.occurred_at, or set dedupe_window_s on the endpoint to a little more than the time for which the provider retries";

/// What to do if the URL is signed.
const NEEDS_URL: &str =
    "signed: set url on the endpoint if the provider has another URL than the stack's own";

/// A scheme that cannot be used.
#[derive(Serialize)]
struct Bad {
    outcome: &'static str,
    field: String,
    problem: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
}

impl From<SchemeError> for Bad {
    fn from(problem: SchemeError) -> Self {
        let (field, problem, remedy) = match problem {
            SchemeError::Rule {
                field,
                problem,
                remedy,
            } => (field.to_owned(), problem, Some(remedy)),
            SchemeError::Shape { field, message } => (field, message, None),
            other @ SchemeError::UnknownPreset { .. } => {
                ("scheme".to_owned(), other.to_string(), None)
            }
        };
        Self {
            outcome: "bad",
            field,
            problem,
            remedy,
        }
    }
}

impl fmt::Display for Good {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "good: the scheme can be used")?;
        fact(f, "proof", plain(&self.proof))?;
        fact(f, "what is signed", plain(&self.signed))?;
        fact(f, "replay-protected", plain(&self.replay))?;
        fact(f, "event key", plain(&self.event_key))?;
        if let Some(warning) = self.warning {
            fact(f, "warning", warning)?;
        }
        if self.needs_url {
            fact(f, "url", NEEDS_URL)?;
        }
        Ok(())
    }
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "bad: the scheme cannot be used")?;
        writeln!(f, "  field    {}", self.field)?;
        writeln!(f, "  problem  {}", self.problem)?;
        match self.remedy {
            Some(remedy) => writeln!(f, "  remedy   {remedy}"),
            None => Ok(()),
        }
    }
}
