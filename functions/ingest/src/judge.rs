//! What is judged under an endpoint's keys: challenges and deliveries.

use bytes::Bytes;
use domain::{KeyRing, KeyStore, PayloadStore, PointerStore, SchemaJudge, Siblings, Timestamp};
use intake::Intake;
use signature::{Asked, Key, Rejection, Verified, Verifier};

use crate::{
    ingest::{Delivery, Ingest},
    refusal::Refusal,
};

impl<P, Q, K, J> Ingest<P, Q, K, J>
where
    P: PayloadStore<Body = Bytes> + Sync,
    Q: PointerStore + Siblings + Sync,
    K: KeyStore + Sync,
    J: SchemaJudge + Sync,
{
    /// Answers a challenge that comes before a delivery can be verified.
    pub(crate) async fn challenged(
        &self,
        prepared: &Intake,
        asked: &Asked<'_>,
        now: Timestamp,
    ) -> Result<Option<signature::ChallengeReply>, Refusal> {
        let verifier = &prepared.verifier;
        if !verifier.may_be_challenge(asked) {
            return Ok(None);
        }
        self.under_live_keys(prepared, now, |keys| {
            let answer = verifier.answer_unverified(asked, keys, now.as_second());
            answer.transpose()
        })
        .await
    }

    /// The delivery, verified, and the keys it was verified under.
    pub(crate) async fn verify(
        &self,
        prepared: &Intake,
        delivery: &Delivery,
    ) -> Result<(Verified<Bytes>, Vec<Key>), Refusal> {
        let now = delivery.received_at;
        self.under_live_keys(prepared, now, |keys| {
            let body = delivery.body.clone();
            let verifier = &prepared.verifier;
            let verified = verifier.verify(&delivery.headers, body, keys, now.as_second())?;
            Ok((verified, keys.to_vec()))
        })
        .await
    }

    /// Judges under the live keys, and again under newer ones if there are any.
    async fn under_live_keys<T>(
        &self,
        prepared: &Intake,
        now: Timestamp,
        judge: impl Fn(&[Key]) -> Result<T, Rejection>,
    ) -> Result<T, Refusal> {
        let check = |ring: &KeyRing| {
            let keys: Vec<Key> = ring.live(now).map(Key::from).collect();
            judge(&keys).map_err(|rejection| (rejection, keys))
        };
        let name = &prepared.endpoint.name;
        let verdict = self
            .keys
            .judge(name, now, check, |(rejection, _)| {
                rejection.asks_for_other_keys()
            })
            .await?;
        verdict.map_err(|(rejection, keys)| match rejection {
            Rejection::KeyUnusable => unusable(&prepared.verifier, &keys),
            other => other.into(),
        })
    }
}

/// Reports for each key what is wrong with it, and nothing of its content.
fn unusable(verifier: &Verifier, keys: &[Key]) -> Refusal {
    let problems = keys
        .iter()
        .filter_map(|key| Some(format!("key {}: {}", key.id(), verifier.key_problem(key)?)));
    Refusal::misconfigured(problems.collect::<Vec<_>>().join("; "))
}
