//! The rows of `ls` and `tail`. They are printed as they are read, so the columns have fixed
//! widths.

use anyhow::Result;
use domain::format_time;
use operator::events::ListedEvent;

use crate::{table::bytes, terminal::Terminal};

pub(super) fn headings(terminal: &Terminal) -> Result<()> {
    if terminal.json() {
        return Ok(());
    }
    terminal.say(format_args!(
        "{:<24}  {:<28}  {:>8}  REF",
        "RECEIVED", "TYPE", "SIZE"
    ))
}

pub(super) fn row(terminal: &Terminal, event: &ListedEvent) -> Result<()> {
    if terminal.json() {
        return terminal.line(event);
    }
    terminal.say(format_args!(
        "{}  {:<28}  {:>8}  {}",
        format_time(event.received_at),
        event.kind.escape_default().to_string(),
        bytes(event.size),
        event.reference,
    ))
}
