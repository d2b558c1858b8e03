//! The delivery that `verify` and `sign` take as arguments.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result, ensure};
use domain::Headers;
use signature::{Key, Rejection, SchemeError, Site, Verified, Verifier};

use crate::{
    headers,
    host::{self, Host},
    scheme::{self, Named},
    secrets::{self, Secret},
};

#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// The name of a preset, or the path of a file with a scheme.
    #[arg(long, value_name = "PRESET|FILE")]
    scheme: String,
    #[command(flatten)]
    secrets: secrets::Args,
    /// A header, or @FILE with one header per line (@- is standard input). Repeat it for more
    /// headers.
    #[arg(
        short = 'H',
        long = "header",
        value_name = "NAME: VALUE",
        allow_hyphen_values = true
    )]
    headers: Vec<String>,
    /// The request's method.
    #[arg(long, default_value = "POST")]
    method: String,
    /// The URL that the provider was given, byte for byte. Some schemes sign it, and some
    /// challenges are in its query.
    #[arg(long)]
    url: Option<String>,
    /// The time to use, in Unix seconds. The default is the system's clock.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    now: Option<i64>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// A file with the exact bytes of the body; - is standard input.
    #[arg(value_name = "BODY")]
    body: Option<PathBuf>,
}

/// A delivery, and what an endpoint needs to judge it. Cheap to clone: `verify` judges it again
/// with one thing changed to find out what is wrong.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) scheme: Named,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) headers: Headers,
    pub(crate) body: Arc<[u8]>,
    pub(crate) method: String,
    pub(crate) url: Option<String>,
    pub(crate) now: i64,
}

impl Args {
    pub(crate) fn read(&self, host: &Host) -> Result<Delivery> {
        self.check_stdin()?;
        let scheme = scheme::load(&self.scheme)?;
        let secrets = self.secrets.read(&scheme.scheme, host)?;
        let headers = Headers::from_pairs(headers::read(&self.headers)?);
        let body = match &self.body {
            Some(path) => host::read(path)?,
            None if ["GET", "HEAD"].contains(&self.method.as_str()) => Vec::new(),
            None => Err(anyhow::anyhow!(
                "give the file of the body, or - for standard input"
            ))?,
        };
        Ok(Delivery {
            scheme,
            secrets,
            headers,
            body: body.into(),
            method: self.method.clone(),
            url: self.url.clone(),
            now: self.now.unwrap_or_else(|| (host.now)().as_second()),
        })
    }

    fn check_stdin(&self) -> Result<()> {
        let headers = self.headers.iter().filter_map(|text| headers::file(text));
        let files = self.body.iter().chain(self.secrets.files());
        let readers = files.map(PathBuf::as_path).chain(headers);
        ensure!(
            readers.filter(|path| host::is_stdin(path)).count() <= 1,
            "standard input can be read only once: use - once"
        );
        Ok(())
    }
}

impl Delivery {
    /// The endpoint's site. Coatcheck signs and verifies for POST, because only a POST is a
    /// delivery.
    pub(crate) fn site(&self) -> Site<'_> {
        let is_challenge = ["GET", "HEAD"].contains(&self.method.as_str());
        Site {
            url: self.url.as_deref(),
            method: if is_challenge { "POST" } else { &self.method },
        }
    }

    pub(crate) fn keys(&self) -> Vec<Key> {
        let live = self.secrets.iter().filter(|key| key.is_live(self.now));
        live.map(Secret::key).collect()
    }

    pub(crate) fn verifier(&self) -> Result<Verifier> {
        scheme::compile(&self.scheme, &self.site())
    }

    pub(crate) fn signing_secret(&self) -> Result<&Secret> {
        let mut secrets = self.secrets.iter();
        secrets
            .find(|secret| secret.is_for_signing() && secret.is_live(self.now))
            .context("no secret to sign with")
    }

    pub(crate) fn verify(&self, verifier: &Verifier) -> Result<Verified<&[u8]>, Rejection> {
        verifier.verify(&self.headers, self.body.as_ref(), &self.keys(), self.now)
    }

    /// Whether the signature would be valid with something changed, whatever the time.
    pub(crate) fn is_signed_with(&self, change: impl FnOnce(&mut Self)) -> bool {
        let mut changed = self.clone();
        change(&mut changed);
        changed.is_signed().unwrap_or(false)
    }

    fn is_signed(&self) -> Result<bool, SchemeError> {
        let verifier = Verifier::compile(&self.scheme.scheme, &self.site())?;
        Ok(matches!(
            self.verify(&verifier),
            Ok(_) | Err(Rejection::TimestampStale | Rejection::TimestampFuture)
        ))
    }
}
