use domain::{Handover, KeyCoverage, KeyRing, ObjectKey};
use intake::{DeliveryLog, DeliveryOutcome, Intake};
use signature::Rejection;
use tracing::{info, warn};

use crate::{Admitted, Claims, Kept, Objects, Undone, pass::Refused};

/// What the decision about an object that was not admitted is based on.
pub(crate) struct RefusedObject<'a, O, P> {
    pub(crate) objects: &'a O,
    pub(crate) pointers: &'a P,
    pub(crate) intake: &'a Intake,
    pub(crate) handover: &'a Handover,
    pub(crate) ring: &'a KeyRing,
    /// Whether the keys were read again for this.
    pub(crate) fresh: bool,
}

impl<O: Objects, P: Claims> RefusedObject<'_, O, P> {
    /// Deletes the object only if nothing can change the verdict any more: no invocation
    /// has admitted it, and no key that was live when it arrived verifies it under the
    /// configuration of that time. In every other case the object is kept.
    pub(crate) async fn judge(
        &self,
        key: &ObjectKey,
        refused: Refused,
    ) -> Result<Admitted, Undone> {
        if let Refused::Rejection(rejection) = &refused
            && !rejection.is_provider_fault()
        {
            return Err(Undone::Keys(rejection.to_string()));
        }
        let endpoint = &self.intake.endpoint.name;
        if let Some(claim) = self.pointers.claimed(endpoint, key).await? {
            if self.pointers.pointed(&claim.reference).await?.as_ref() == Some(key) {
                info!(r#ref = %claim.reference, "admitted before");
                return Ok(Admitted::Before);
            }
            // It was good once, and its event was erased since: both are facts that cannot change any more.
            if self.pointers.is_erased(&claim.reference).await? {
                self.objects.delete(key).await?;
                info!(r#ref = %claim.reference, "the event was erased: this delivery is deleted");
                return Ok(Admitted::Gone);
            }
            return Err(self.kept(refused.code(), "an earlier verification accepted it"));
        }
        match &refused {
            Refused::Malformed(problem) => Err(self.kept(problem.code, problem.to_string())),
            Refused::Rejection(rejection) => {
                self.may_condemn(*rejection)?;
                self.delete(key, rejection.code()).await
            }
        }
    }

    /// Whether every environment would have judged the delivery like this when it arrived.
    fn may_condemn(&self, rejection: Rejection) -> Result<(), Undone> {
        let code = rejection.code();
        // API Gateway may have treated such a body as text and changed its bytes (decision 0023).
        let mut types = self.handover.headers.get_all("content-type");
        if types.all(|kind| kind.trim().is_empty()) {
            let why = "the request had no Content-Type: API Gateway may have changed the body on its way to S3";
            return Err(self.kept(code, why));
        }
        if self.handover.config.as_ref() != Some(&self.intake.fingerprint) {
            let why = "the endpoint's configuration has changed since it arrived";
            return Err(self.kept(code, why));
        }
        if !rejection.asks_for_other_keys() {
            return Ok(());
        }
        match self.ring.covers(self.handover.received_at) {
            KeyCoverage::Whole => Ok(()),
            KeyCoverage::TooOld => Err(Undone::KeysTooOld),
            // Someone may have added the key a moment ago, and sent the message back.
            KeyCoverage::Unknown if !self.fresh => Err(Undone::KeysTooOld),
            KeyCoverage::Unknown => {
                let why = "no key verifies it, but the keys have changed since it arrived";
                Err(self.kept(code, why))
            }
        }
    }

    fn kept(&self, code: &'static str, why: impl Into<String>) -> Undone {
        Undone::Kept(Box::new(Kept {
            endpoint: self.intake.endpoint.name.clone(),
            received_at: self.handover.received_at,
            code,
            why: why.into(),
        }))
    }

    async fn delete(&self, key: &ObjectKey, code: &'static str) -> Result<Admitted, Undone> {
        self.objects.delete(key).await?;
        let endpoint = self.intake.endpoint.name.clone();
        warn!(%endpoint, %key, code, "refused: the object is deleted");
        Ok(Admitted::Judged {
            received_at: self.handover.received_at,
            log: DeliveryLog {
                endpoint: Some(endpoint),
                outcome: DeliveryOutcome::Refused { reason: code },
            },
        })
    }
}
