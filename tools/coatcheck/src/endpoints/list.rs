//! `coatcheck endpoints ls`.

use anyhow::Result;
use domain::{KeyUse, Lane};
use operator::endpoints::{ListedEndpoint, ListedKey, list};

use crate::{
    host::Host,
    output::{Exit, Report},
    stack,
    table::{bytes, table},
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck endpoints ls
  coatcheck endpoints ls --json | jq -r 'select(.keys == []) | .name'

The keys are those that the endpoint accepts: of the current and the previous version of its secret.
The command never shows a secret.")]
pub(crate) struct Args {
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let rows = list(stack).await?;
        if terminal.json() {
            rows.iter().try_for_each(|row| terminal.line(row))?;
            return Ok(Exit::Good);
        }
        if rows.is_empty() {
            terminal.note("the stack has no endpoints: add one to var.endpoints");
            return Ok(Exit::Good);
        }
        terminal.say(shown(&rows))?;
        for row in &rows {
            if let Some(problem) = &row.problem {
                terminal.note(format!("{}: {problem}", row.name));
            }
        }
        Ok(Exit::Good)
    })
}

fn key_text(key: &ListedKey) -> String {
    let purpose = match key.purpose {
        KeyUse::Signature => "",
        KeyUse::Basic => " (basic)",
        KeyUse::Challenge => " (challenge)",
    };
    let end = key.not_after.as_ref();
    let end = end.map(|end| format!(" until {end}")).unwrap_or_default();
    format!("{}{purpose}{end}", key.id)
}

fn shown(rows: &[ListedEndpoint]) -> String {
    let mut all = table(["name", "scheme", "lane", "limit", "state", "keys", "url"]);
    for row in rows {
        let live = row.keys.iter().filter(|key| key.live);
        let keys = live.map(key_text).collect::<Vec<_>>().join(", ");
        let lane = match row.lane {
            Lane::Standard => "standard",
            Lane::Direct => "direct",
        };
        // No colours: their codes would count as width.
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

    fn row(keys: &str) -> ListedEndpoint {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let ring = KeyRing::from_versions(keys, None).unwrap();
        ListedEndpoint {
            name: "billing".to_owned(),
            scheme: "stripe".to_owned(),
            lane: Lane::Standard,
            enabled: true,
            max_body_bytes: 4_500_000,
            retention_days: None,
            demands: Vec::new(),
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
    fn programs_see_all_keys_and_no_one_a_secret() {
        let json = serde_json::to_string(&row(KEYS)).unwrap();
        assert!(json.contains(
            r#"{"id":"gone","use":"signature","not_after":"2026-11-21T12:00:00.000Z","live":false}"#
        ));
        assert!(!json.contains("hunter") && !shown(&[row(KEYS)]).contains("hunter"));
    }
}
