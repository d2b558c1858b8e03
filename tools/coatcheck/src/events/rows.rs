//! The rows of `ls` and `tail`. They are printed as they are read, so the columns have fixed
//! widths.

use anyhow::Result;
use domain::format_time;
use operator::events::ListedEvent;

use crate::{console::Console, table::bytes};

pub(super) fn headings(console: &Console) -> Result<()> {
    if console.json() {
        return Ok(());
    }
    console.say(format_args!(
        "{:<24}  {:<28}  {:>8}  REF",
        "RECEIVED", "TYPE", "SIZE"
    ))
}

pub(super) fn row(console: &Console, event: &ListedEvent) -> Result<()> {
    if console.json() {
        return console.line(event);
    }
    console.say(format_args!(
        "{}  {:<28}  {:>8}  {}",
        format_time(event.received_at),
        event.kind.escape_default().to_string(),
        bytes(event.size),
        event.reference,
    ))
}
