//! `coatcheck schemes`: the presets, for people and for programs.

mod example;
mod facts;
mod markdown;
mod one;
mod table;

use anyhow::{Context, Result};
use signature::{Preset, presets};

use self::facts::PresetFacts;
use crate::{
    output::{Exit, Report},
    scheme,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck schemes
  coatcheck schemes stripe
  coatcheck schemes --json | jq '.[] | select(.replay_protected) | .name'

To write a scheme of your own, start from `coatcheck schemes NAME`, and check it with `coatcheck check`.")]
pub(crate) struct Args {
    /// The preset to show. The default is to list all.
    name: Option<String>,
    /// Print JSON: an array, or one object.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the generated part of docs/providers.md.
    #[arg(long, conflicts_with = "name")]
    markdown: bool,
}

pub(crate) fn run(args: &Args) -> Result<Report> {
    let presets = presets()?;
    let Some(name) = &args.name else {
        let all = presets
            .iter()
            .map(PresetFacts::of)
            .collect::<Result<Vec<_>>>()?;
        return if args.json {
            Report::json(Exit::Good, &all)
        } else if args.markdown {
            Ok(Report::text(Exit::Good, markdown::of(&all)))
        } else {
            Ok(Report::text(Exit::Good, table::of(&all)))
        };
    };
    scheme::preset(name)?;
    let preset = presets.iter().find(|preset| preset.name == name);
    let preset: &Preset = preset.context("the preset is not listed")?;
    if args.json {
        Report::json(Exit::Good, &PresetFacts::of(preset)?)
    } else {
        Ok(Report::text(Exit::Good, one::of(preset)?))
    }
}
