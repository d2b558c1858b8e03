//! Programs that ask a Runtime API for events.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::delivery::Front;

/// A bootstrap, in any language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// In tables.
    pub(crate) name: String,
    /// With its arguments.
    pub(crate) command: Vec<String>,
    /// The form of the requests that it is written for.
    pub(crate) front: Front,
    /// Whether it must write a pointer after the payload.
    pub(crate) pointer: bool,
    /// What it wants in its environment beside what our functions want.
    pub(crate) environment: Vec<(String, String)>,
}

impl Program {
    /// One of this repository. It writes a pointer if it is an ingest.
    pub(crate) fn ours(name: &str, path: &Path) -> Self {
        Self {
            name: name.to_owned(),
            command: vec![path.display().to_string()],
            front: Front::Rest,
            pointer: true,
            environment: Vec::new(),
        }
    }

    /// `name=command`: a program from elsewhere, which must store the payload unchanged before it
    /// answers 2xx. The command is split at spaces. Its environment is given as `NAME=VALUE`.
    pub(crate) fn peer(text: &str, front: Front, environment: &[String]) -> anyhow::Result<Self> {
        let (name, command) = pair(text)?;
        let command: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
        ensure!(!command.is_empty(), "{name} has no command");
        let environment = environment.iter().map(|text| pair(text));
        Ok(Self {
            name,
            command,
            front,
            pointer: false,
            environment: environment.collect::<anyhow::Result<_>>()?,
        })
    }

    /// The file of one of ours. `None` for a peer: its interpreter says nothing about its size.
    pub(crate) fn binary(&self) -> Option<PathBuf> {
        match self.command.as_slice() {
            [only] => Some(only.into()),
            _ => None,
        }
    }
}

fn pair(text: &str) -> anyhow::Result<(String, String)> {
    let (name, value) = text
        .split_once('=')
        .with_context(|| format!("{text:?} is not NAME=VALUE"))?;
    ensure!(!name.is_empty(), "{text:?} has no name before the =");
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_a_name_and_a_command() {
        let given = ["TABLE_NAME=a=b".to_owned()];
        let peer = Program::peer("py=python3 run.py  app.handler", Front::Http, &given).unwrap();
        assert_eq!(peer.name, "py");
        assert_eq!(peer.command, ["python3", "run.py", "app.handler"]);
        assert_eq!(
            peer.environment,
            [("TABLE_NAME".to_owned(), "a=b".to_owned())]
        );
        assert!(!peer.pointer && peer.binary().is_none());
        for bad in ["python3", "=python3", "py=", "py= "] {
            assert!(Program::peer(bad, Front::Rest, &[]).is_err(), "{bad}");
        }
        assert!(Program::peer("py=x", Front::Rest, &["A".to_owned()]).is_err());
    }
}
