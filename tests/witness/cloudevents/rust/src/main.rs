//! Reads one event a line, and answers with one line each: empty where the SDK takes it, else why not.

use std::io::{self, BufRead, Write};

use cloudevents::Event;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let read = serde_json::from_str::<Event>(&line?);
        let told = read.map_or_else(|problem| problem.to_string(), |_| String::new());
        writeln!(out, "{}", told.replace('\n', " "))?;
    }
    Ok(())
}
