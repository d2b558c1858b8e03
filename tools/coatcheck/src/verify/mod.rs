//! `coatcheck verify`: judges a delivery as an endpoint would, and says why.

mod hints;
mod verdict;

use anyhow::{Result, bail, ensure};
use domain::Timestamp;
use signature::{Asked, ChallengeReply, Method, Rejection, Verified, Verifier, form_fields};

use self::verdict::{Answered, Refused, Valid, Verdict};
use crate::{
    delivery::{self, Delivery},
    facts,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    secrets,
    shown::Shown,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck verify --scheme github --secret-file secret.txt \\
    --header 'X-Hub-Signature-256: sha256=757107ea...' body.bin
  coatcheck verify --scheme ./partner.json --secret-file secret.txt --header @headers.txt \\
    --now 1700000000 - < body.json

The outcome is `valid` (exit code 0), `challenge` where the provider only checks the endpoint (0), or
the word that Coatcheck refuses the delivery with (1). Neither a secret nor the signature that would
have been right is ever shown.

{EXIT_CODES}"))]
pub(crate) struct Args {
    #[command(flatten)]
    delivery: delivery::Args,
    /// Judges as while the endpoint's handshake is on.
    #[arg(long)]
    handshake: bool,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    let delivery = args.delivery.read(host)?;
    let verifier = delivery.verifier()?;
    let warnings = secrets::judge(&delivery.secrets, &verifier)?;
    let verdict = judge(&delivery, &verifier, args.handshake)?;
    let exit = match &verdict {
        Verdict::Valid(_) | Verdict::Challenge(_) => Exit::Good,
        Verdict::Refused(_) => Exit::Bad,
    };
    Ok(Report::either(args.delivery.json, exit, &verdict)?.with_warnings(warnings))
}

/// The same steps as `ingest` takes, in the same order.
fn judge(delivery: &Delivery, verifier: &Verifier, handshake: bool) -> Result<Verdict> {
    let keys = delivery.keys();
    let method = Method::parse(&delivery.method);
    let query = query(delivery.url.as_deref());
    let asked = method.map(|method| Asked {
        method,
        headers: &delivery.headers,
        query: &query,
        handshake,
    });
    if let Some(asked) = &asked
        && verifier.may_be_challenge(asked)
        && let Some(answer) = verifier.answer_unverified(asked, &keys, delivery.now)
    {
        return answered(answer);
    }
    if matches!(method, Some(Method::Get | Method::Head)) {
        return Ok(Verdict::Refused(hints::no_challenge(delivery)));
    }
    match delivery.verify(verifier) {
        Err(rejection) => refuse(delivery, verifier, rejection),
        Ok(verified) => match verifier.answer_verified(&delivery.headers, &verified, &keys) {
            Some(answer) => answered(answer),
            None => Ok(Verdict::Valid(Box::new(accept(
                delivery, verifier, &verified,
            )))),
        },
    }
}

fn accept(delivery: &Delivery, verifier: &Verifier, verified: &Verified<&[u8]>) -> Valid {
    let now = Timestamp::from_second(delivery.now).unwrap_or_default();
    let mut secrets = delivery.secrets.iter();
    let key = secrets.find(|secret| secret.id == verified.key_id());
    Valid::new(
        delivery,
        verifier,
        verified.key_id(),
        key.map_or("", |secret| &secret.from),
        facts::identify(verifier, &delivery.headers, verified, now),
    )
}

fn answered(answer: Result<ChallengeReply, Rejection>) -> Result<Verdict> {
    match answer {
        Ok(answer) => Ok(Verdict::Challenge(Answered::new(answer))),
        Err(Rejection::KeyMissing) => {
            bail!("the provider shows a token: give the one you chose as --challenge-token")
        }
        Err(rejection) => {
            check_keys(rejection)?;
            Ok(Verdict::Refused(Refused {
                outcome: rejection.code(),
                message: rejection.to_string(),
                signed: None,
                hints: hints::of_challenge(rejection),
            }))
        }
    }
}

/// What is wrong with our own keys is no verdict.
fn check_keys(rejection: Rejection) -> Result<()> {
    ensure!(
        rejection.is_provider_fault(),
        "{}: {rejection}; Coatcheck would answer 500",
        rejection.code()
    );
    Ok(())
}

fn refuse(delivery: &Delivery, verifier: &Verifier, rejection: Rejection) -> Result<Verdict> {
    check_keys(rejection)?;
    let signed = verifier.signed_bytes(&delivery.headers, &delivery.body);
    Ok(Verdict::Refused(Refused {
        outcome: rejection.code(),
        message: rejection.to_string(),
        signed: signed
            .ok()
            .filter(|bytes| !bytes.is_empty())
            .map(|bytes| Shown::new(&bytes)),
        hints: hints::of(delivery, verifier, rejection),
    }))
}

/// The parameters of a URL's query, decoded.
fn query(url: Option<&str>) -> Vec<(String, String)> {
    let query = url.and_then(|url| Some(url.split_once('?')?.1));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    form_fields(query.unwrap_or_default().as_bytes())
        .map(|(name, value)| (text(&name), text(&value)))
        .collect()
}
