use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use domain::{EndpointName, KeyRing, Secret, StoreError};

use crate::{Secrets, failure::classify, secrets::GET};

const PUT: &str = "secretsmanager:PutSecretValue";

/// What an endpoint's secret holds, as stored; its text may not be a key at all.
#[derive(Debug, Clone, Default)]
pub struct KeyVersions {
    /// None: it was never set, or is empty.
    pub current: Option<Secret>,
    /// None: there was none before.
    pub previous: Option<Secret>,
}

impl Secrets {
    /// Both versions that are accepted, not parsed.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn versions(&self, endpoint: &EndpointName) -> Result<KeyVersions, StoreError> {
        let (current, previous) = tokio::try_join!(
            self.stored(endpoint, "AWSCURRENT"),
            self.stored(endpoint, "AWSPREVIOUS")
        )?;
        Ok(KeyVersions { current, previous })
    }

    /// Makes these keys the current version. The one that was current becomes the previous,
    /// and is accepted too.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn put(&self, endpoint: &EndpointName, keys: &KeyRing) -> Result<(), StoreError> {
        self.client
            .put_secret_value()
            .secret_id(self.name(endpoint))
            .secret_string(keys.to_secret().expose())
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(PUT, &error))
    }

    async fn stored(
        &self,
        endpoint: &EndpointName,
        stage: &str,
    ) -> Result<Option<Secret>, StoreError> {
        match self.version(endpoint, stage).await {
            // Bytes instead of text count as no keys. So does an empty text, which a
            // local cloud returns for a secret without a version.
            Ok(text) => Ok(text.filter(|text| !text.is_empty()).map(Secret::new)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(classify(GET, &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::{
        Client,
        operation::{
            get_secret_value::GetSecretValueOutput, put_secret_value::PutSecretValueOutput,
        },
        types::error::ResourceNotFoundException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_types::error::ErrorMetadata;
    use domain::{Key, KeyUse};

    use super::*;

    fn endpoint() -> EndpointName {
        "stripe".to_owned().try_into().unwrap()
    }

    fn secrets(rules: &[&Rule]) -> Secrets {
        let client = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, rules);
        Secrets::over(client, "coatcheck/endpoints/")
    }

    fn version(stage: &'static str, text: Option<&'static str>) -> Rule {
        mock!(Client::get_secret_value)
            .match_requests(move |call| {
                call.secret_id() == Some("coatcheck/endpoints/stripe")
                    && call.version_stage() == Some(stage)
            })
            .then_output(move || {
                GetSecretValueOutput::builder()
                    .set_secret_string(text.map(str::to_owned))
                    .build()
            })
    }

    fn never(stage: &'static str) -> Rule {
        mock!(Client::get_secret_value)
            .match_requests(move |call| call.version_stage() == Some(stage))
            .then_error(|| {
                let gone = ResourceNotFoundException::builder().build();
                GetSecretValueError::ResourceNotFoundException(gone)
            })
    }

    #[tokio::test]
    async fn both_versions_are_given_as_they_are_and_none_is_no_failure() {
        let text = |secret: Option<Secret>| secret.map(|secret| secret.expose().to_owned());
        for (current, previous, expected) in [
            (
                version("AWSCURRENT", Some("{no key")),
                version("AWSPREVIOUS", Some("old\n")),
                (Some("{no key"), Some("old\n")),
            ),
            (never("AWSCURRENT"), never("AWSPREVIOUS"), (None, None)),
            (
                version("AWSCURRENT", None),
                version("AWSPREVIOUS", Some("")),
                (None, None),
            ),
        ] {
            let versions = secrets(&[&current, &previous]).versions(&endpoint()).await;
            let KeyVersions { current, previous } = versions.unwrap();
            let expected = (expected.0.map(str::to_owned), expected.1.map(str::to_owned));
            assert_eq!((text(current), text(previous)), expected);
        }
    }

    #[tokio::test]
    async fn a_version_that_may_not_be_read_is_not_taken_for_none() {
        let current = version("AWSCURRENT", Some("key"));
        let denied = mock!(Client::get_secret_value)
            .match_requests(|call| call.version_stage() == Some("AWSPREVIOUS"))
            .then_error(|| {
                let denied = ErrorMetadata::builder().code("AccessDeniedException");
                GetSecretValueError::generic(denied.build())
            });
        let outcome = secrets(&[&current, &denied]).versions(&endpoint()).await;
        assert!(matches!(outcome, Err(StoreError::Permanent { .. })));
    }

    #[tokio::test]
    async fn keys_are_put_in_the_form_that_functions_read() {
        let key = Key {
            id: "2026-11".to_owned(),
            secret: Secret::new("whsec_x"),
            not_after: None,
            purpose: KeyUse::Signature,
        };
        let put = mock!(Client::put_secret_value)
            .match_requests(|call| {
                call.secret_id() == Some("coatcheck/endpoints/stripe")
                    && call.secret_string()
                        == Some(r#"{"keys":[{"id":"2026-11","secret":"whsec_x"}]}"#)
            })
            .then_output(|| PutSecretValueOutput::builder().build());
        let keys = KeyRing::new(vec![key]).unwrap();
        secrets(&[&put]).put(&endpoint(), &keys).await.unwrap();
        assert_eq!(put.num_calls(), 1);
    }
}
