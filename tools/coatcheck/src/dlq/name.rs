use anyhow::Result;
use operator::{Stack, dlq::Dlq};

/// The DLQ that a command works on.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// The DLQ: the name of a subscription, `router`, `admit` for the direct lane, or
    /// `processor:NAME` for the inbox of a processor of kind queue.
    name: String,
}

impl Args {
    pub(super) fn find<'a>(&self, stack: &'a Stack) -> Result<Dlq<'a>> {
        Ok(Dlq::named(&stack.description, &self.name)?)
    }
}
