//! `coatcheck ranges ls`.

use anyhow::Result;
use serde::Serialize;

use super::folder::Folder;
use crate::{
    output::{Exit, Report},
    table::table,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck ranges ls
  coatcheck ranges ls --dir ranges --json | jq -r '.[] | select(.name == \"github\") | .cidrs[]'

An endpoint takes a list by its name: allowed_cidrs = [\"github\", \"10.0.0.0/8\"].")]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
}

/// A list, for programs.
#[derive(Serialize)]
struct Row {
    name: String,
    #[serde(flatten)]
    list: ranges::List,
}

pub(super) fn run(args: &Args) -> Result<Report> {
    let lists = args.folder.lists()?;
    let rows = lists.into_iter().map(|(name, list)| Row { name, list });
    if args.json {
        return Report::json(Exit::Good, &rows.collect::<Vec<_>>());
    }
    let mut all = table(["name", "provider", "ranges", "read on", "source"]);
    for Row { name, list } in rows {
        let count = list.cidrs.len().to_string();
        all.add_row([name, list.title, count, list.read_on, list.source]);
    }
    Ok(Report::text(Exit::Good, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_says_from_when_it_is() {
        let folder = Folder { dir: None };
        let args = Args {
            folder,
            json: false,
        };
        let text = run(&args).unwrap().into_text();
        let github = text.lines().find(|line| line.starts_with("github "));
        assert!(
            github.is_some_and(|line| line.contains("https://api.github.com/meta")),
            "{text}"
        );
        let json = run(&Args { json: true, ..args }).unwrap().into_text();
        let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(
            rows[0]["cidrs"]
                .as_array()
                .is_some_and(|cidrs| !cidrs.is_empty()),
            "{json}"
        );
    }
}
