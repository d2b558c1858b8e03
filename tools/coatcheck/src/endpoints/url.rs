use std::fmt;

use anyhow::Result;
use operator::endpoints::find;
use serde::Serialize;

use crate::{
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Example:
  curl --data @body.json \"$(coatcheck endpoints url github)\"

{EXIT_CODES}"))]
pub(super) struct Args {
    /// The endpoint's name.
    name: String,
    #[command(flatten)]
    stack: stack::Args,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Said<'a> {
    name: &'a str,
    url: &'a str,
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url)
    }
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        let found = find(stack, &args.name).await?;
        console.either(&Said {
            name: &args.name,
            url: &found.url,
        })?;
        Ok(Exit::Good)
    })
}
