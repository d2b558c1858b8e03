//! The secrets in arguments. Nothing here implements `Debug`, and no message shows a secret.

use std::{os::unix::ffi::OsStringExt, path::PathBuf};

use anyhow::{Result, anyhow, bail, ensure};
use domain::{KeyRing, KeyRingProblem, KeyUse, Timestamp};
use operator::describe::description;
use signature::{Key, MAX_KEYS, Proof, Scheme, Verifier};

use crate::host::{self, Host};

/// Read if neither --secret nor --secret-file is given.
const VARIABLE: &str = "COATCHECK_SECRET";

const HEADING: &str = "Secrets";

#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// The provider's secret, as the provider shows it. Repeat it for a rotation. Other users of
    /// this machine can see it in the list of processes; --secret-file and the environment
    /// variable `COATCHECK_SECRET` keep it private.
    #[arg(help_heading = HEADING, long, value_name = "SECRET", allow_hyphen_values = true)]
    secret: Vec<String>,
    /// A file with the secret, in the form of the stack's secret: the provider's secret, or
    /// {"keys":[...]}. Line ends after it are ignored.
    #[arg(help_heading = HEADING, long, value_name = "PATH")]
    secret_file: Vec<PathBuf>,
    /// The id of a secret, if the provider names its keys (Plaid's kid) or the secret begins with
    /// {. The first id is for the first secret, and so on; --secret comes before --secret-file.
    #[arg(help_heading = HEADING, long, value_name = "ID")]
    secret_id: Vec<String>,
    /// HTTP Basic credentials, if the scheme requires them.
    #[arg(help_heading = HEADING, long, value_name = "USER:PASSWORD", allow_hyphen_values = true)]
    basic: Vec<String>,
    /// The token that the provider sends when it checks the endpoint.
    #[arg(help_heading = HEADING, long, value_name = "TOKEN", allow_hyphen_values = true)]
    challenge_token: Vec<String>,
}

/// A secret.
#[derive(Clone)]
pub(crate) struct Secret {
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
    /// The argument that gave it.
    pub(crate) from: String,
    purpose: KeyUse,
    not_after: Option<Timestamp>,
}

impl Args {
    /// All secrets, those for the signature first.
    pub(crate) fn read(&self, scheme: &Scheme, host: &Host) -> Result<Vec<Secret>> {
        let mut secrets = Vec::new();
        for (bytes, from) in self.given(scheme, host)? {
            let at = secrets.len();
            secrets.extend(match self.secret_id.get(at) {
                Some(id) => read(bytes, &from, id, true)?,
                None => read(bytes, &from, &(at + 1).to_string(), false)?,
            });
        }
        let is_basic = scheme.proof == Proof::Basic;
        ensure!(
            secrets.iter().any(Secret::is_for_signing),
            "give the secret: --secret, --secret-file or the variable {VARIABLE}"
        );
        ensure!(
            self.secret_id.len() <= secrets.len(),
            "there are more --secret-id than secrets"
        );
        ensure!(
            !description(scheme).names_its_key || self.secret_id.len() == secrets.len(),
            "a token names its key: give each secret its --secret-id, the kid of the JSON Web Key"
        );
        let others = [
            (&self.basic, KeyUse::Basic, "--basic"),
            (
                &self.challenge_token,
                KeyUse::Challenge,
                "--challenge-token",
            ),
        ];
        for (given, purpose, from) in others {
            if purpose == KeyUse::Basic && is_basic {
                continue;
            }
            secrets.extend(given.iter().enumerate().map(|(at, secret)| Secret {
                id: format!("{}-{}", from.trim_start_matches('-'), at + 1),
                bytes: secret.clone().into_bytes(),
                from: from.to_owned(),
                purpose,
                not_after: None,
            }));
        }
        check(&secrets, scheme)?;
        Ok(secrets)
    }

    /// The secrets for the signature, and the argument of each.
    fn given(&self, scheme: &Scheme, host: &Host) -> Result<Vec<(Vec<u8>, String)>> {
        let mut given = Vec::new();
        for secret in &self.secret {
            given.push((secret.clone().into_bytes(), "--secret".to_owned()));
        }
        for path in &self.secret_file {
            given.push((
                host::read(path)?,
                format!("--secret-file {}", path.display()),
            ));
        }
        if given.is_empty()
            && let Some(secret) = (host.env)(VARIABLE)
        {
            given.push((secret.into_vec(), VARIABLE.to_owned()));
        }
        if scheme.proof == Proof::Basic {
            for pair in &self.basic {
                given.push((pair.clone().into_bytes(), "--basic".to_owned()));
            }
        }
        Ok(given)
    }

    /// Whether an argument gives a secret; the environment alone does not count.
    pub(crate) fn is_given(&self) -> bool {
        !self.secret.is_empty() || !self.secret_file.is_empty()
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.secret_file.iter()
    }
}

impl Secret {
    pub(crate) fn key(&self) -> Key {
        Key::new(self.id.clone(), self.bytes.clone()).for_use(self.purpose)
    }

    /// Whether a stack would accept it now.
    pub(crate) fn is_live(&self, now: i64) -> bool {
        let now = Timestamp::from_second(now);
        self.not_after
            .is_none_or(|end| now.is_ok_and(|now| now < end))
    }

    pub(crate) fn is_for_signing(&self) -> bool {
        self.purpose == KeyUse::Signature
    }

    /// The user and the password of HTTP Basic credentials.
    pub(crate) fn is_basic(&self) -> bool {
        self.purpose == KeyUse::Basic
    }

    fn named(&self) -> String {
        format!("secret {} ({})", self.id, self.from)
    }
}

/// Checks what does not depend on how the scheme decodes a secret.
fn check(secrets: &[Secret], scheme: &Scheme) -> Result<()> {
    if secrets.len() > MAX_KEYS {
        bail!(
            "{} secrets: an endpoint has at most {MAX_KEYS}",
            secrets.len()
        );
    }
    for secret in secrets {
        let is_pair = secret.is_basic() || scheme.proof == Proof::Basic && secret.is_for_signing();
        ensure!(
            !is_pair || secret.bytes.contains(&b':'),
            "{} has no colon: HTTP Basic credentials are user:password",
            secret.named()
        );
    }
    ensure!(
        !scheme.also_basic || secrets.iter().any(Secret::is_basic),
        "the scheme requires HTTP Basic credentials besides the signature: give --basic user:password"
    );
    Ok(())
}

/// Refuses a secret that can never be used, and returns the warnings about the others.
pub(crate) fn judge(secrets: &[Secret], verifier: &Verifier) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    for secret in secrets {
        if let Some(problem) = verifier.key_problem(&secret.key()) {
            let text = format!("{}: {problem}", secret.named());
            if problem.is_fatal() {
                bail!(text);
            }
            warnings.push(text);
        }
    }
    Ok(warnings)
}

/// Reads a secret as the stack reads an endpoint's. A secret with an id is one of a list there,
/// so it may begin with `{` (Plaid's keys do).
fn read(bytes: Vec<u8>, from: &str, id: &str, has_id: bool) -> Result<Vec<Secret>> {
    let named = || format!("secret {id} ({from})");
    // The conversion's own error would hold the bytes.
    let text = String::from_utf8(bytes).map_err(|_| {
        anyhow!(
            "{} is not UTF-8: a stack keeps its secrets as text",
            named()
        )
    })?;
    let ring = match KeyRing::from_text(&text, id) {
        Err(KeyRingProblem::Shape) if has_id => KeyRing::new(vec![domain::Key {
            id: id.to_owned(),
            secret: domain::Secret::new(text.trim_end_matches(['\r', '\n'])),
            not_after: None,
            purpose: KeyUse::Signature,
        }]),
        read => read,
    };
    let ring = ring.map_err(|problem| anyhow!("{}: {problem}", named()))?;
    let keys = ring.keys().iter().map(|key| Secret {
        id: key.id.clone(),
        bytes: key.secret.expose().as_bytes().to_vec(),
        from: from.to_owned(),
        purpose: key.purpose,
        not_after: key.not_after,
    });
    Ok(keys.collect())
}
