use std::fmt::Write as _;

use ranges::Difference;
use serde::Serialize;

/// What became of a list.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) source: String,
    /// The date of the list that was compared.
    pub(super) read_on: String,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The provider publishes the same.
    Same,
    /// It publishes something else.
    Differs {
        #[serde(flatten)]
        difference: Difference,
    },
    /// It could not be asked, or its answer is no list.
    Unknown { problem: String },
}

impl Checked {
    /// Whether nothing is left to do.
    pub(super) fn is_good(&self, written: bool) -> bool {
        match self.outcome {
            Outcome::Same => true,
            Outcome::Differs { .. } => written,
            Outcome::Unknown { .. } => false,
        }
    }
}

/// For people.
pub(super) fn text_of(checked: &[Checked], written: bool) -> String {
    let mut text = String::new();
    for one in checked {
        let Checked {
            name,
            source,
            read_on,
            outcome,
        } = one;
        let mut line = |line: &str| {
            // A String takes every line.
            let _always = writeln!(text, "{line}");
        };
        let after = if written {
            "; written with today's date"
        } else {
            ""
        };
        match outcome {
            Outcome::Same => line(&format!("{name}: as on {read_on}{after}")),
            Outcome::Unknown { problem } => {
                line(&format!("{name}: not compared with {source}: {problem}"));
            }
            Outcome::Differs { difference } => {
                line(&format!(
                    "{name}: {source} differs from the list of {read_on}{after}"
                ));
                for net in &difference.added {
                    line(&format!("  added    {net}"));
                }
                for net in &difference.removed {
                    line(&format!("  removed  {net}"));
                }
            }
        }
    }
    if !written
        && checked
            .iter()
            .any(|one| !matches!(one.outcome, Outcome::Unknown { .. }))
    {
        text += "\nTo use what the providers publish today: add --dir FOLDER --write, set ranges_dir to that folder, and apply.\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(outcome: Outcome) -> Checked {
        Checked {
            name: "github".to_owned(),
            source: "https://api.github.com/meta".to_owned(),
            read_on: "2026-07-31".to_owned(),
            outcome,
        }
    }

    fn differs() -> Checked {
        checked(Outcome::Differs {
            difference: Difference {
                added: vec!["9.234.98.160/28".parse().unwrap()],
                removed: vec!["192.30.252.0/22".parse().unwrap()],
            },
        })
    }

    #[test]
    fn a_difference_is_bad_until_it_is_written() {
        assert!(!differs().is_good(false));
        assert!(differs().is_good(true));
        assert!(checked(Outcome::Same).is_good(false));
        let problem = "the answer has the status 404".to_owned();
        assert!(!checked(Outcome::Unknown { problem }).is_good(true));
    }

    #[test]
    fn the_text_says_what_came_what_went_and_what_to_do() {
        let text = text_of(&[differs()], false);
        for part in [
            "  added    9.234.98.160/28\n",
            "  removed  192.30.252.0/22\n",
            "ranges_dir",
            "2026-07-31",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let text = text_of(&[differs()], true);
        assert!(
            text.contains("; written with today's date\n") && !text.contains("ranges_dir"),
            "{text}"
        );
        let json = serde_json::to_value(differs()).unwrap();
        assert_eq!(
            (&json["outcome"], &json["added"][0]),
            (&"differs".into(), &"9.234.98.160/28".into())
        );
    }
}
