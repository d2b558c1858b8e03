use anyhow::Result;
use operator::{
    Stack,
    dlq::{Dlq, Selection},
};

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

/// Which messages of it.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Messages {
    /// Only the message of this id, which `coatcheck dlq show NAME --json` has as `message_id`.
    /// Repeat it for more, up to 500. If one of them is not there, nothing is done.
    #[arg(long = "message", value_name = "ID")]
    ids: Vec<String>,
}

impl Messages {
    /// The messages that are named, if any are.
    pub(super) fn named(&self) -> Result<Option<Selection>> {
        if self.ids.is_empty() {
            return Ok(None);
        }
        Ok(Some(Selection::these(self.ids.iter().cloned())?))
    }

    /// How many are named.
    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }
}
