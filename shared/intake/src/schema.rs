use domain::{
    Digest, Lane, Mismatch, OnMismatch, SchemaCheck, SchemaJudge, SchemaRule, SchemaUnusable,
    StoreError, Timestamp, with_causes,
};
use tracing::{error, info};

use crate::Intake;

/// Judges nothing: of a program for endpoints without schemas, so that no other endpoint pays for
/// a validator.
#[derive(Debug, Clone, Copy)]
pub struct NoSchemas;

impl SchemaJudge for NoSchemas {
    async fn judge(
        &self,
        _: Digest,
        _: &[u8],
        _: Timestamp,
    ) -> Result<Result<(), Mismatch>, SchemaUnusable> {
        Err(SchemaUnusable::Broken(
            "this package has no validator: apply the Terraform code again".to_owned(),
        ))
    }
}

/// A payload is not accepted because of its schema.
#[derive(Debug, thiserror::Error)]
pub enum SchemaRefused {
    /// It does not match.
    #[error("{0}")]
    Mismatch(Mismatch),
    /// It cannot be judged, now or until someone acts.
    #[error(transparent)]
    Unusable(#[from] SchemaUnusable),
}

impl Intake {
    /// The schema for events of this type: the first that names it.
    #[must_use]
    pub fn schema_for(&self, kind: &str) -> Option<&SchemaRule> {
        self.endpoint.schemas.iter().find(|rule| rule.is_for(kind))
    }

    /// Checks a verified payload by the schema for its event's type, if there is one.
    ///
    /// Only `reject` refuses anything. Under the other two an event whose schema cannot be used is
    /// as one that does not match: it is stored. While a store is unavailable nothing is decided.
    ///
    /// # Errors
    /// [`SchemaRefused`].
    pub async fn check_schema<J: SchemaJudge>(
        &self,
        judge: &J,
        kind: &str,
        payload: &[u8],
        now: Timestamp,
    ) -> Result<SchemaCheck, SchemaRefused> {
        let Some(rule) = self.schema_for(kind) else {
            return Ok(SchemaCheck::None);
        };
        let endpoint = &self.endpoint.name;
        let refused = match judge.judge(rule.sha256, payload, now).await {
            Ok(Ok(())) => return Ok(SchemaCheck::Passed),
            Ok(Err(mismatch)) => {
                info!(%endpoint, schema = %rule.sha256, %mismatch, "the payload does not match its schema");
                SchemaRefused::Mismatch(mismatch)
            }
            Err(SchemaUnusable::Store(error @ StoreError::Transient { .. })) => {
                return Err(SchemaUnusable::Store(error).into());
            }
            Err(unusable) => {
                error!(%endpoint, schema = %rule.sha256, problem = with_causes(&unusable), "the payload could not be checked");
                SchemaRefused::Unusable(unusable)
            }
        };
        match rule.on_fail {
            OnMismatch::Reject if self.endpoint.lane == Lane::Standard => Err(refused),
            OnMismatch::Flag => Ok(SchemaCheck::Failed),
            OnMismatch::Reject | OnMismatch::Quarantine => Ok(SchemaCheck::Quarantined),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says of each payload what its text says.
    struct Told;

    impl SchemaJudge for Told {
        async fn judge(
            &self,
            _: Digest,
            payload: &[u8],
            _: Timestamp,
        ) -> Result<Result<(), Mismatch>, SchemaUnusable> {
            let (operation, source) = ("dynamodb:GetItem", "why".into());
            match payload {
                b"good" => Ok(Ok(())),
                b"bad" => Ok(Err(Mismatch::NotJson)),
                b"busy" => Err(StoreError::Transient { operation, source }.into()),
                b"denied" => Err(StoreError::Permanent { operation, source }.into()),
                _ => {
                    NoSchemas
                        .judge(Digest([0; 32]), payload, Timestamp::UNIX_EPOCH)
                        .await
                }
            }
        }
    }

    async fn ends(lane: &str, on_fail: &str, payload: &str) -> String {
        let sha256 = "0".repeat(64);
        let config = format!(
            r#"{{"name":"a","scheme":"github","lane":"{lane}","schemas":[{{"sha256":"{sha256}","types":["push"],"on_fail":"{on_fail}"}}]}}"#
        );
        let intake = Intake::from_json(&config).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let other = intake.check_schema(&Told, "pull", payload.as_bytes(), now);
        assert_eq!(other.await.unwrap(), SchemaCheck::None);
        match intake
            .check_schema(&Told, "push", payload.as_bytes(), now)
            .await
        {
            Ok(check) => check.value().unwrap().to_owned(),
            Err(SchemaRefused::Mismatch(_)) => "mismatch".to_owned(),
            Err(SchemaRefused::Unusable(SchemaUnusable::Store(_))) => "store".to_owned(),
            Err(SchemaRefused::Unusable(SchemaUnusable::Broken(_))) => "broken".to_owned(),
        }
    }

    #[tokio::test]
    async fn only_reject_refuses_and_only_in_the_standard_lane() {
        for (lane, on_fail, ends_as) in [
            (
                "standard",
                "reject",
                ["passed", "mismatch", "store", "store", "broken"],
            ),
            (
                "standard",
                "flag",
                ["passed", "failed", "store", "failed", "failed"],
            ),
            (
                "standard",
                "quarantine",
                [
                    "passed",
                    "quarantined",
                    "store",
                    "quarantined",
                    "quarantined",
                ],
            ),
            (
                "direct",
                "flag",
                ["passed", "failed", "store", "failed", "failed"],
            ),
            (
                "direct",
                "reject",
                [
                    "passed",
                    "quarantined",
                    "store",
                    "quarantined",
                    "quarantined",
                ],
            ),
        ] {
            for (payload, expected) in ["good", "bad", "busy", "denied", "broken"]
                .iter()
                .zip(ends_as)
            {
                assert_eq!(
                    ends(lane, on_fail, payload).await,
                    expected,
                    "{lane} {on_fail} {payload}"
                );
            }
        }
    }
}
