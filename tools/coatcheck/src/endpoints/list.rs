//! `coatcheck endpoints ls`.

use anyhow::Result;
use domain::{KeyUse, Lane};
use operator::endpoints::{Listed, ListedKey, list};

use crate::{
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack,
    table::{bytes, table},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck endpoints ls
  coatcheck endpoints ls --json | jq -r 'select(.keys == []) | .name'

Keys are those that are accepted: of the secret's current version and of its previous one. Their
secrets are never shown.

{EXIT_CODES}"))]
pub(super) struct Args {
    #[command(flatten)]
    stack: stack::Args,
    /// Answers with one JSON object a line.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        let rows = list(stack).await?;
        if console.json() {
            rows.iter().try_for_each(|row| console.line(row))?;
            return Ok(Exit::Good);
        }
        if rows.is_empty() {
            console.note("the stack has no endpoint: add one to var.endpoints");
            return Ok(Exit::Good);
        }
        console.say(shown(&rows))?;
        for row in &rows {
            if let Some(problem) = &row.problem {
                console.note(format!("{}: {problem}", row.name));
            }
        }
        Ok(Exit::Good)
    })
}

fn said(key: &ListedKey) -> String {
    let purpose = match key.purpose {
        KeyUse::Signature => "",
        KeyUse::Basic => " (basic)",
        KeyUse::Challenge => " (challenge)",
    };
    let end = key.not_after.as_ref();
    let end = end.map(|end| format!(" until {end}")).unwrap_or_default();
    format!("{}{purpose}{end}", key.id)
}

fn shown(rows: &[Listed]) -> String {
    let mut all = table(["name", "scheme", "lane", "limit", "state", "keys", "url"]);
    for row in rows {
        let live = row.keys.iter().filter(|key| key.live);
        let keys = live.map(said).collect::<Vec<_>>().join(", ");
        let lane = match row.lane {
            Lane::Standard => "standard",
            Lane::Direct => "direct",
        };
        // No colours: their codes count as width in all columns but the last.
        let state = if row.enabled { "enabled" } else { "disabled" };
        let limit = u64::try_from(row.max_body_bytes).unwrap_or(u64::MAX);
        all.add_row([
            row.name.clone(),
            row.scheme.clone(),
            lane.to_owned(),
            bytes(limit),
            state.to_owned(),
            if keys.is_empty() {
                "none".to_owned()
            } else {
                keys
            },
            row.url.clone(),
        ]);
    }
    all.to_string()
}

#[cfg(test)]
mod tests {
    use domain::{KeyRing, Timestamp};

    use super::*;

    fn row(keys: &str) -> Listed {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let ring = KeyRing::from_versions(keys, None).unwrap();
        Listed {
            name: "billing".to_owned(),
            scheme: "stripe".to_owned(),
            lane: Lane::Standard,
            enabled: true,
            max_body_bytes: 4_500_000,
            url: "https://a/v1/hooks/billing".to_owned(),
            keys: ring
                .keys()
                .iter()
                .map(|key| ListedKey::new(key, now))
                .collect(),
            problem: None,
        }
    }

    const KEYS: &str = r#"{"keys":[
        {"id":"new","secret":"hunter2"},
        {"id":"old","secret":"hunter3","not_after":"2026-11-23T12:00:00Z"},
        {"id":"gone","secret":"hunter4","not_after":"2026-11-21T12:00:00Z"},
        {"id":"login","secret":"u:hunter5","use":"basic"}]}"#;

    #[test]
    fn people_see_the_keys_that_are_accepted_and_when_they_end() {
        let text = shown(&[row(KEYS)]);
        assert!(
            text.contains("new, old until 2026-11-23T12:00:00.000Z, login (basic)"),
            "{text}"
        );
        assert!(text.contains("4.5 MB") && !text.contains("gone"), "{text}");
    }

    #[test]
    fn programs_see_all_keys_and_nobody_a_secret() {
        let json = serde_json::to_string(&row(KEYS)).unwrap();
        assert!(json.contains(
            r#"{"id":"gone","use":"signature","not_after":"2026-11-21T12:00:00.000Z","live":false}"#
        ));
        assert!(!json.contains("hunter") && !shown(&[row(KEYS)]).contains("hunter"));
    }
}
