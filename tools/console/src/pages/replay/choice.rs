use domain::Ref;
use operator::replay::ReplayOptions;

use crate::{failure::Failure, fields::Fields, shell};

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// To this subscription; none means all.
    pub(super) subscription: Option<String>,
    pub(super) force: bool,
}

impl Choice {
    pub(super) fn read(fields: &Fields) -> Result<Self, Failure> {
        let to = fields.needs("to")?;
        let force = match fields.needs("force")? {
            "yes" => true,
            "no" => false,
            _ => {
                let why = "\"force\" is yes or no. Nothing was changed.";
                return Err(Failure::Unreadable(why.to_owned()));
            }
        };
        Ok(Self {
            subscription: Some(to.to_owned()).filter(|to| !to.is_empty()),
            force,
        })
    }

    pub(super) fn options(&self) -> ReplayOptions<'_> {
        ReplayOptions {
            subscription: self.subscription.as_deref(),
            force: self.force,
            // Of one event.
            rate: 1,
        }
    }

    /// The same on the command line.
    pub(super) fn command(&self, reference: &Ref) -> String {
        let mut command = format!("coatcheck replay {}", shell::word(&reference.to_string()));
        if let Some(subscription) = &self.subscription {
            command += &format!(" --subscription {}", shell::word(subscription));
        }
        if self.force {
            command += " --force";
        }
        command
    }
}
