use std::fmt;

use anyhow::Result;
use operator::endpoints::find;
use serde::Serialize;

use crate::{
    host::Host,
    output::{Exit, Report},
    stack,
};

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  curl --data @body.json \"$(coatcheck endpoints url github)\"")]
pub(crate) struct Args {
    /// The endpoint's name.
    name: String,
    #[command(flatten)]
    common: stack::CommandArgs,
}

#[derive(Serialize)]
struct EndpointUrl<'a> {
    name: &'a str,
    url: &'a str,
}

impl fmt::Display for EndpointUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url)
    }
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let found = find(stack, &args.name).await?;
        terminal.either(&EndpointUrl {
            name: &args.name,
            url: &found.url,
        })?;
        Ok(Exit::Good)
    })
}
