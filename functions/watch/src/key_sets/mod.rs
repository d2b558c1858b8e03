//! Keys that issuers of tokens publish: read every five minutes, and written into the endpoints'
//! secrets when they change. A delivery never fetches any. Whatever an issuer answers, an endpoint
//! keeps the keys that it has until there are others.

mod decide;
mod ports;
mod published;
#[cfg(test)]
pub(crate) mod tests;

use domain::{Endpoint, EndpointName, KeyRing, Timestamp};
use futures_util::future::join_all;
use runtime::{Metrics, Unit};
use signature::{Scheme, Verifier};
use tracing::{error, info, warn};

pub(crate) use self::ports::{EndpointConfigs, EndpointSecrets, Issuer};
use crate::failures::Failures;

/// Which endpoints it looks after, and how.
pub(crate) struct KeySets<E, S, I, Now, Emit> {
    pub(crate) stack: String,
    pub(crate) endpoints: Vec<EndpointName>,
    pub(crate) directory: E,
    pub(crate) secrets: S,
    pub(crate) issuer: I,
    pub(crate) now: Now,
    pub(crate) emit: Emit,
}

/// What became of one endpoint's keys.
enum Outcome {
    /// They are those of the issuer.
    Current,
    /// The issuer gave none that could replace them.
    Kept,
    /// We could not look, or not write.
    Failed(Failures),
}

impl<E, S, I, Now, Emit> KeySets<E, S, I, Now, Emit>
where
    E: EndpointConfigs,
    S: EndpointSecrets,
    I: Issuer,
    Now: Fn() -> Timestamp,
    Emit: Fn(Metrics),
{
    /// Looks at those whose turn it is. An issuer that is down fails no run: it has a metric.
    pub(crate) async fn look(&self) -> Failures {
        let now = (self.now)();
        let turns = self.endpoints.iter();
        let turns = turns.filter(|endpoint| decide::is_turn(endpoint.as_str(), now));
        let outcomes = join_all(turns.map(|endpoint| self.renew(endpoint, now))).await;
        let mut failures = Failures::default();
        let mut kept = 0_u64;
        for outcome in &outcomes {
            match outcome {
                Outcome::Current => {}
                Outcome::Kept => kept += 1,
                Outcome::Failed(failed) => failures.0 += failed.0,
            }
        }
        if !outcomes.is_empty() {
            (self.emit)(Metrics::of(&self.stack).metric("KeySetsKept", Unit::Count, &[kept]));
        }
        failures
    }

    async fn renew(&self, endpoint: &EndpointName, now: Timestamp) -> Outcome {
        let mut failures = Failures::default();
        let found = self.directory.find(endpoint).await;
        let step = format!("the endpoint {endpoint} could not be read");
        let Some(found) = failures.seen(&step, found) else {
            return Outcome::Failed(failures);
        };
        // Terraform removes or changes an endpoint while this function still knows the old ones.
        let Some((url, verifier)) = found.and_then(|config| issued(endpoint, &config)) else {
            return Outcome::Current;
        };
        let published = match self.issuer.get(&url).await {
            Ok(text) => published::keys(&text, &verifier).map_err(|problem| problem.to_string()),
            Err(problem) => Err(problem.to_string()),
        };
        let published = match published {
            Ok(keys) => keys,
            Err(problem) => {
                warn!(%endpoint, url, problem, "the issuer's keys could not be read: the endpoint keeps those that it has");
                return Outcome::Kept;
            }
        };
        let held = self.secrets.current(endpoint).await;
        let step = format!("the keys of {endpoint} could not be read");
        let Some(held) = failures.seen(&step, held) else {
            return Outcome::Failed(failures);
        };
        // What cannot be read verifies nothing either.
        let held = held.and_then(|text| KeyRing::from_text(text.expose(), "current").ok());
        let Some(keys) = decide::new_keys(held.as_ref(), &published, now) else {
            return Outcome::Current;
        };
        let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
        let ids = ids.join(", ");
        let ring = match KeyRing::new(keys) {
            Ok(ring) => ring,
            Err(problem) => {
                error!(%endpoint, %problem, "the issuer's keys make no secret");
                return Outcome::Kept;
            }
        };
        let put = self.secrets.put(endpoint, &ring.to_secret()).await;
        let step = format!("the keys of {endpoint} could not be written");
        match failures.seen(&step, put) {
            Some(()) => {
                info!(%endpoint, ids, "wrote the issuer's keys");
                Outcome::Current
            }
            None => Outcome::Failed(failures),
        }
    }
}

/// Where the keys come from, and what judges them.
fn issued(endpoint: &EndpointName, config: &str) -> Option<(String, Verifier)> {
    let parsed = Endpoint::from_json(config).ok()?;
    let problem = |problem| {
        // The functions refuse it too, and say so with every delivery.
        error!(%endpoint, %problem, "the endpoint's scheme cannot be used");
    };
    let verifier = Verifier::of(&parsed).map_err(problem).ok()?;
    let scheme = Scheme::of(&parsed).ok()?;
    Some((scheme.key_set_url()?.to_owned(), verifier))
}
