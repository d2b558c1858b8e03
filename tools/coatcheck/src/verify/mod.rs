//! `coatcheck verify`: judges a delivery as an endpoint would, and says why.

mod hints;
mod judgement;

use anyhow::{Result, bail, ensure};
use domain::Timestamp;
use signature::{Asked, ChallengeReply, Method, Rejection, Verified, Verifier, form_fields};

use self::judgement::{AnsweredChallenge, Judgement, RejectedDelivery, ValidDelivery};
use crate::{
    delivery::{self, Delivery},
    facts,
    host::Host,
    output::{Exit, Report},
    secrets,
    shown::Excerpt,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck verify --scheme github --secret-file secret.txt \\
    --header 'X-Hub-Signature-256: sha256=757107ea...' body.bin
  coatcheck verify --scheme ./partner.json --secret-file secret.txt --header @headers.txt \\
    --now 1700000000 - < body.json

The outcome is `valid` (exit code 0), `challenge` if the provider only checks the endpoint (0), or the code
with which Coatcheck rejects the delivery (1). The command never shows a secret, or the signature that
would have been valid.")]
pub(crate) struct Args {
    #[command(flatten)]
    delivery: delivery::Args,
    /// Assume that the endpoint's handshake is on.
    #[arg(long)]
    handshake: bool,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    let delivery = args.delivery.read(host)?;
    let verifier = delivery.verifier()?;
    let warnings = secrets::judge(&delivery.secrets, &verifier)?;
    let judgement = judge(&delivery, &verifier, args.handshake)?;
    let exit = match &judgement {
        Judgement::Valid(_) | Judgement::Challenge(_) => Exit::Good,
        Judgement::Rejected(_) => Exit::Bad,
    };
    Ok(Report::either(args.delivery.json, exit, &judgement)?.with_warnings(warnings))
}

/// The same steps as `ingest` takes, in the same order.
fn judge(delivery: &Delivery, verifier: &Verifier, handshake: bool) -> Result<Judgement> {
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
        return Ok(Judgement::Rejected(hints::no_challenge(delivery)));
    }
    match delivery.verify(verifier) {
        Err(rejection) => refuse(delivery, verifier, rejection),
        Ok(verified) => match verifier.answer_verified(&delivery.headers, &verified, &keys) {
            Some(answer) => answered(answer),
            None => Ok(Judgement::Valid(Box::new(accept(
                delivery, verifier, &verified,
            )))),
        },
    }
}

fn accept(delivery: &Delivery, verifier: &Verifier, verified: &Verified<&[u8]>) -> ValidDelivery {
    let now = Timestamp::from_second(delivery.now).unwrap_or_default();
    let mut secrets = delivery.secrets.iter();
    let key = secrets.find(|secret| secret.id == verified.key_id());
    ValidDelivery::new(
        delivery,
        verifier,
        verified.key_id(),
        key.map_or("", |secret| &secret.from),
        facts::identify(verifier, &delivery.headers, verified, now),
    )
}

fn answered(answer: Result<ChallengeReply, Rejection>) -> Result<Judgement> {
    match answer {
        Ok(answer) => Ok(Judgement::Challenge(AnsweredChallenge::new(answer))),
        Err(Rejection::KeyMissing) => {
            bail!("the provider sends a token: give yours with --challenge-token")
        }
        Err(rejection) => {
            check_keys(rejection)?;
            let hints = hints::of_challenge(rejection);
            let rejected = RejectedDelivery::new(rejection, None, hints);
            Ok(Judgement::Rejected(rejected))
        }
    }
}

/// A problem with your own keys is an error, not a judgement.
fn check_keys(rejection: Rejection) -> Result<()> {
    ensure!(
        rejection.is_provider_fault(),
        "{}: {rejection}; Coatcheck would respond with 500",
        rejection.code()
    );
    Ok(())
}

fn refuse(delivery: &Delivery, verifier: &Verifier, rejection: Rejection) -> Result<Judgement> {
    check_keys(rejection)?;
    let signed = verifier.signed_bytes(&delivery.headers, &delivery.body);
    let signed = signed.ok().filter(|bytes| !bytes.is_empty());
    let signed = signed.map(|bytes| Excerpt::new(&bytes));
    let hints = hints::of(delivery, verifier, rejection);
    let rejected = RejectedDelivery::new(rejection, signed, hints);
    Ok(Judgement::Rejected(rejected))
}

/// The parameters of a URL's query, decoded.
fn query(url: Option<&str>) -> Vec<(String, String)> {
    let query = url.and_then(|url| Some(url.split_once('?')?.1));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    form_fields(query.unwrap_or_default().as_bytes())
        .map(|(name, value)| (text(&name), text(&value)))
        .collect()
}
