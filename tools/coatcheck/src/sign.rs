//! `coatcheck sign`: what a provider would send.

use std::fmt;

use anyhow::{Result, anyhow, bail};
use base64_simd::STANDARD;
use operator::describe::{has_public_key, reads};
use serde::Serialize;
use signature::{Part, Proof, Rejection, SignError, SignInput, TimestampFrom, sign};

use crate::{
    delivery::{self, Delivery},
    host::Host,
    output::{Exit, Report},
    secrets::{self, Secret},
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck sign --scheme stripe --secret-file secret.txt body.json
  coatcheck sign --scheme standard-webhooks --secret-file secret.txt --header 'webhook-id: msg_1' body.json |
    curl --header @- --data-binary @body.json https://hooks.example.com/v1/hooks/partner

The command prints the headers that you give, and those of the signature. For a scheme with a public key,
give the private key as the secret: an Ed25519 seed in the scheme's encoding, or a PKCS#8 document in base64.")]
pub(crate) struct Args {
    #[command(flatten)]
    delivery: delivery::Args,
    /// A signed parameter of the signature header. Repeat it for more.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    let delivery = args.delivery.read(host)?;
    let params = params(&args.params)?;
    let verifier = delivery.verifier()?;
    let secret = delivery.signing_secret()?;
    let warnings = if has_public_key(&delivery.scheme.scheme) {
        Vec::new()
    } else {
        secrets::judge(&delivery.secrets, &verifier)?
    };
    let given: Vec<(&str, &str)> = delivery.headers.iter().collect();
    let input = SignInput {
        body: &delivery.body,
        now: delivery.now,
        headers: &given,
        params: &params,
        site: delivery.site(),
    };
    let mut headers = sign(&delivery.scheme.scheme, &secret.key(), &input)
        .map_err(|problem| explain(problem, &delivery, &params))?;
    if delivery.scheme.scheme.also_basic {
        let pair = delivery.secrets.iter().find(|secret| secret.is_basic());
        headers.extend(pair.map(authorization));
    }
    let signed = SignedHeaders {
        headers: headers
            .into_iter()
            .map(|(name, value)| HeaderLine { name, value })
            .collect(),
    };
    Ok(Report::either(args.delivery.json, Exit::Good, &signed)?.with_warnings(warnings))
}

/// The headers, in order.
#[derive(Serialize)]
struct SignedHeaders {
    headers: Vec<HeaderLine>,
}

#[derive(Serialize)]
struct HeaderLine {
    name: String,
    value: String,
}

impl fmt::Display for SignedHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut headers = self.headers.iter();
        headers.try_for_each(|HeaderLine { name, value }| writeln!(f, "{name}: {value}"))
    }
}

fn params(given: &[String]) -> Result<Vec<(&str, &str)>> {
    let mut params = Vec::new();
    for (at, text) in given.iter().enumerate() {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => params.push((name, value)),
            _ => bail!("--param number {} is not NAME=VALUE", at + 1),
        }
    }
    Ok(params)
}

fn authorization(pair: &Secret) -> (String, String) {
    let shown = STANDARD.encode_to_string(&pair.bytes);
    ("authorization".to_owned(), format!("Basic {shown}"))
}

fn explain(problem: SignError, delivery: &Delivery, params: &[(&str, &str)]) -> anyhow::Error {
    match problem {
        SignError::Headers(rejection) => match missing(delivery, params) {
            missing if !missing.is_empty() => {
                anyhow!(
                    "the scheme signs something that you did not give: {}",
                    missing.join(", ")
                )
            }
            _ if rejection == Rejection::SignatureDuplicated => {
                anyhow!("a signed header or parameter is given twice")
            }
            _ => anyhow!(
                "a signed header or parameter is empty, not ASCII, or contains the text that separates it from the next part"
            ),
        },
        SignError::Key(problem) => anyhow!("the secret cannot sign: {problem}"),
        SignError::Time => anyhow!("the scheme's timestamp cannot represent {}", delivery.now),
        other @ (SignError::Scheme(_) | SignError::InsideBody) => anyhow!("{other}"),
    }
}

/// Signed headers and parameters that are missing and that `sign` cannot write itself.
fn missing(delivery: &Delivery, params: &[(&str, &str)]) -> Vec<String> {
    let scheme = &delivery.scheme.scheme;
    let mut missing: Vec<String> = reads(scheme, &delivery.headers)
        .into_iter()
        .filter(|read| !read.is_written && !read.is_in(&delivery.headers))
        .filter_map(|read| Some(format!("--header '{}: ...'", read.names.first()?)))
        .collect();
    if let Proof::Signed(signed) = &scheme.proof {
        let clock = signed.timestamp.as_ref().map(|spec| &spec.from);
        missing.extend(signed.content.iter().filter_map(|part| match part {
            Part::Param(name)
                if !params.iter().any(|(have, _)| have == name)
                    && clock != Some(&TimestampFrom::Param(name.clone())) =>
            {
                Some(format!("--param '{name}=...'"))
            }
            _ => None,
        }));
    }
    missing
}
