use aws_sdk_s3::{
    Client,
    error::ProvideErrorMetadata,
    types::{ExpirationStatus, LifecycleRule},
};
use domain::StoreError;

use crate::{Sdk, failure::classify};

const GET: &str = "s3:GetLifecycleConfiguration";

/// How long a bucket keeps its objects.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    client: Client,
    bucket: String,
}

impl Lifecycle {
    /// Of this bucket.
    #[must_use]
    pub fn new(sdk: &Sdk, bucket: String) -> Self {
        Self {
            client: Client::from_conf(sdk.s3().build()),
            bucket,
        }
    }

    /// The days after which S3 removes what is under this prefix, by the first of its
    /// rules that covers all of it; none if there is no such rule.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn days(&self, prefix: &str) -> Result<Option<u32>, StoreError> {
        let rules = self.rules().await?;
        Ok(days(&rules, |rule| is_for(rule, prefix)))
    }

    /// The days after which S3 removes what has this tag, `key=value`, wherever it is; none if there is no such rule.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn days_of_tag(&self, tag: &str) -> Result<Option<u32>, StoreError> {
        let rules = self.rules().await?;
        Ok(days(&rules, |rule| is_for_tag(rule, tag)))
    }

    async fn rules(&self) -> Result<Vec<LifecycleRule>, StoreError> {
        let answer = self
            .client
            .get_bucket_lifecycle_configuration()
            .bucket(&self.bucket)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(answer.rules.unwrap_or_default()),
            Err(error)
                if error
                    .as_service_error()
                    .and_then(ProvideErrorMetadata::code)
                    == Some("NoSuchLifecycleConfiguration") =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(classify(GET, &error)),
        }
    }
}

/// The earliest wins, as in S3.
fn days(rules: &[LifecycleRule], is_for: impl Fn(&LifecycleRule) -> bool) -> Option<u32> {
    rules
        .iter()
        .filter(|rule| rule.status == ExpirationStatus::Enabled && is_for(rule))
        .filter_map(|rule| rule.expiration.as_ref()?.days?.try_into().ok())
        .min()
}

/// Whether it covers everything under the prefix: a rule for tags or sizes covers
/// only some of it.
fn is_for(rule: &LifecycleRule, prefix: &str) -> bool {
    #[expect(deprecated, reason = "rules from before 2016 have their prefix here")]
    let old = rule.prefix.as_deref();
    let filter = rule.filter.as_ref();
    let partial = filter.is_some_and(|filter| {
        filter.tag.is_some()
            || filter.and.is_some()
            || filter.object_size_greater_than.is_some()
            || filter.object_size_less_than.is_some()
    });
    let of_filter = filter.and_then(|filter| filter.prefix.as_deref());
    !partial && prefix.starts_with(of_filter.or(old).unwrap_or_default())
}

/// Whether it covers everything with the tag.
fn is_for_tag(rule: &LifecycleRule, wanted: &str) -> bool {
    let tag = rule.filter.as_ref().and_then(|filter| filter.tag.as_ref());
    tag.is_some_and(|tag| wanted.split_once('=') == Some((&tag.key, &tag.value)))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::{
        operation::get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput,
        types::{LifecycleExpiration, LifecycleRuleAndOperator, LifecycleRuleFilter, Tag},
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn rule(filter: LifecycleRuleFilter, days: Option<i32>, status: &str) -> LifecycleRule {
        let expiration = LifecycleExpiration::builder().set_days(days).build();
        LifecycleRule::builder()
            .filter(filter)
            .expiration(expiration)
            .status(status.into())
            .build()
            .unwrap()
    }

    fn under(prefix: &str) -> LifecycleRuleFilter {
        LifecycleRuleFilter::builder().prefix(prefix).build()
    }

    #[test]
    fn only_a_rule_for_all_of_it_counts() {
        let some = LifecycleRuleFilter::builder()
            .and(
                LifecycleRuleAndOperator::builder()
                    .prefix("payloads/")
                    .build(),
            )
            .build();
        let everything = LifecycleRuleFilter::builder().build();
        for (rules, expected) in [
            (vec![], None),
            (
                vec![rule(under("payloads/"), Some(30), "Enabled")],
                Some(30),
            ),
            (vec![rule(under("payloads/"), Some(30), "Disabled")], None),
            (vec![rule(under("incoming/"), Some(1), "Enabled")], None),
            (vec![rule(some, Some(1), "Enabled")], None),
            (
                vec![
                    rule(under("payloads/"), Some(30), "Enabled"),
                    rule(everything.clone(), Some(7), "Enabled"),
                ],
                Some(7),
            ),
            (vec![rule(everything, None, "Enabled")], None),
        ] {
            let found = days(&rules, |rule| is_for(rule, "payloads/"));
            assert_eq!(found, expected, "{rules:?}");
        }
    }

    #[test]
    fn the_rule_of_a_tag_has_that_tag_and_no_other() {
        let tagged = |key: &str, value: &str| {
            let tag = Tag::builder().key(key).value(value).build().unwrap();
            LifecycleRuleFilter::builder().tag(tag).build()
        };
        let rules = [
            rule(under("payloads/"), Some(30), "Enabled"),
            rule(tagged("retention-days", "23"), Some(23), "Enabled"),
            rule(tagged("days", "22"), Some(1), "Enabled"),
            rule(tagged("retention-days", "22"), Some(22), "Enabled"),
            rule(tagged("retention-days", "9"), Some(9), "Disabled"),
        ];
        for (days_of, expected) in [("22", Some(22)), ("9", None), ("2", None)] {
            let tag = format!("retention-days={days_of}");
            let found = days(&rules, |rule| is_for_tag(rule, &tag));
            assert_eq!(found, expected, "{tag}");
        }
    }

    async fn asked(answer: &Rule) -> Result<Option<u32>, StoreError> {
        let lifecycle = Lifecycle {
            client: mock_client!(aws_sdk_s3, RuleMode::MatchAny, [answer]),
            bucket: "bucket".to_owned(),
        };
        lifecycle.days("payloads/").await
    }

    #[tokio::test]
    async fn a_bucket_without_rules_is_an_answer_and_a_refusal_is_not() {
        let found = mock!(Client::get_bucket_lifecycle_configuration)
            .match_requests(|call| call.bucket() == Some("bucket"))
            .then_output(|| {
                GetBucketLifecycleConfigurationOutput::builder()
                    .rules(rule(under("payloads/"), Some(30), "Enabled"))
                    .build()
            });
        assert_eq!(asked(&found).await.unwrap(), Some(30));
        for (code, is_answer) in [
            ("NoSuchLifecycleConfiguration", true),
            ("AccessDenied", false),
        ] {
            let rule =
                mock!(Client::get_bucket_lifecycle_configuration).then_http_response(move || {
                    let body = format!("<Error><Code>{code}</Code></Error>");
                    HttpResponse::new(StatusCode::try_from(404).unwrap(), SdkBody::from(body))
                });
            assert_eq!(asked(&rule).await.is_ok(), is_answer, "{code}");
        }
    }
}
