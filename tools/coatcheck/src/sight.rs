//! What a command shows of events whose endpoint has `redact`.

use crate::stack::Stack;

/// What is said beside a payload that lacks values.
pub(crate) const REDACTED: &str =
    "values are redacted: --reveal shows them, with the policy `reveal` in place of `read`";

/// Whether to show everything.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// Show what endpoints redact. Your credentials need the policy `reveal` in place of `read`.
    #[arg(long)]
    reveal: bool,
}

impl Args {
    /// The stack, as it is to be seen.
    pub(crate) fn of(&self, stack: &Stack) -> Stack {
        let stack = stack.clone();
        if self.reveal { stack.revealed() } else { stack }
    }
}
