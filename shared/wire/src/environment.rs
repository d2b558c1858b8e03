use std::sync::Arc;

use domain::{Secret, Timestamp};
use hyper::Uri;
use runtime::Settings;

use crate::{client::Address, trust::Trust};

/// What Lambda puts into the environment: region, credentials, and `AWS_ENDPOINT_URL` for a
/// local cloud. Nothing else is read, no file and no network.
///
/// The credentials are those of the execution environment, and end with it.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
#[derive(Debug, Clone)]
pub struct Environment {
    pub(crate) region: String,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) trust: Arc<Trust>,
    pub(crate) now: fn() -> Timestamp,
    /// In the order of [`ServiceName`].
    endpoints: [Option<Uri>; 4],
}

/// Whose requests they are.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
}

/// The services that are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceName {
    S3,
    DynamoDb,
    SecretsManager,
    Sqs,
}

impl ServiceName {
    /// As in its host and in signatures.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::DynamoDb => "dynamodb",
            Self::SecretsManager => "secretsmanager",
            Self::Sqs => "sqs",
        }
    }
}

/// The variables that name a service's own endpoint, as the SDKs do.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
const OWN_ENDPOINTS: [&str; 4] = [
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS_ENDPOINT_URL_SQS",
];

/// What the SDKs know and this client does not: to ignore it would call another endpoint.
const UNKNOWN: [&str; 2] = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"];

/// The domains of partitions other than `amazonaws.com`, by how their regions begin.
/// Source: `partitions.json` of botocore.
const DOMAINS: [(&str, &str); 6] = [
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
];

impl Environment {
    /// Reads it. What is missing or unreadable is a problem of `settings`.
    pub fn of<R>(settings: &mut Settings<R>, now: fn() -> Timestamp) -> Self
    where
        R: Fn(&str) -> Option<String>,
    {
        let region = settings.text("AWS_REGION");
        let credentials = Credentials {
            access_key_id: settings.text("AWS_ACCESS_KEY_ID"),
            secret_access_key: Secret::new(settings.text("AWS_SECRET_ACCESS_KEY")),
            session_token: set(settings, "AWS_SESSION_TOKEN").map(Secret::new),
        };
        for name in UNKNOWN {
            if set(settings, name).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
                let own = OWN_ENDPOINTS.join(", ");
                settings.problem(&format!("{name} is not supported: set {own} instead"));
            }
        }
        let common = endpoint(settings, "AWS_ENDPOINT_URL");
        let endpoints =
            OWN_ENDPOINTS.map(|name| endpoint(settings, name).or_else(|| common.clone()));
        let names_its_roots = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
            .iter()
            .any(|name| set(settings, name).is_some());
        Self {
            region,
            credentials: Arc::new(credentials),
            trust: Arc::new(Trust::new(names_its_roots)),
            now,
            endpoints,
        }
    }

    /// Where a service is.
    pub(crate) fn address(&self, service: ServiceName) -> Address {
        match self.endpoint(service) {
            Some(uri) => Address::of(uri),
            None => Address::of_host(self.host(service)),
        }
    }

    /// Where a bucket is, and how the paths of its objects begin. A bucket with a dot in its
    /// name has no certificate for a host name of its own.
    pub(crate) fn bucket(&self, bucket: &str) -> (Address, String) {
        if self.endpoint(ServiceName::S3).is_some() || bucket.contains('.') {
            return (self.address(ServiceName::S3), format!("/{bucket}/"));
        }
        let host = format!("{bucket}.{}", self.host(ServiceName::S3));
        (Address::of_host(host), "/".to_owned())
    }

    fn endpoint(&self, service: ServiceName) -> Option<&Uri> {
        self.endpoints.get(service as usize)?.as_ref()
    }

    fn host(&self, service: ServiceName) -> String {
        let region = &self.region;
        let domain = DOMAINS.iter().find(|(begin, _)| region.starts_with(begin));
        let domain = domain.map_or("amazonaws.com", |(_, domain)| domain);
        format!("{}.{region}.{domain}", service.id())
    }
}

/// An empty variable is one that is not set.
fn set<R: Fn(&str) -> Option<String>>(settings: &Settings<R>, name: &str) -> Option<String> {
    settings.optional(name).filter(|value| !value.is_empty())
}

fn endpoint<R>(settings: &mut Settings<R>, name: &str) -> Option<Uri>
where
    R: Fn(&str) -> Option<String>,
{
    let uri = set(settings, name)?.parse::<Uri>().ok();
    let uri = uri.filter(|uri| {
        let scheme = uri.scheme_str();
        matches!(scheme, Some("http" | "https")) && uri.host().is_some() && uri.path() == "/"
    });
    if uri.is_none() {
        settings.problem(&format!(
            "{name} must be a URL without a path, for instance http://127.0.0.1:4566"
        ));
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Environment, String> {
        let mut settings = Settings::new(|name: &str| {
            let pair = pairs.iter().find(|(have, _)| *have == name);
            pair.map(|(_, value)| (*value).to_owned())
        });
        let environment = Environment::of(&mut settings, || Timestamp::UNIX_EPOCH);
        match settings.done() {
            Ok(()) => Ok(environment),
            Err(problem) => Err(problem.to_string()),
        }
    }

    fn with(region: &str, more: &[(&str, &str)]) -> Result<Environment, String> {
        let mut pairs = vec![
            ("AWS_REGION", region),
            ("AWS_ACCESS_KEY_ID", "AKID"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"),
            ("AWS_SESSION_TOKEN", "hunter3"),
        ];
        pairs.extend(more);
        read(&pairs)
    }

    #[test]
    fn hosts_are_those_of_the_region() {
        for (region, domain) in [
            ("eu-central-1", "eu-central-1.amazonaws.com"),
            ("us-gov-west-1", "us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "cn-north-1.amazonaws.com.cn"),
            ("eusc-de-east-1", "eusc-de-east-1.amazonaws.eu"),
        ] {
            let environment = with(region, &[]).unwrap();
            let host = |address: Address| address.authority().to_owned();
            let secrets = environment.address(ServiceName::SecretsManager);
            assert_eq!(host(secrets), format!("secretsmanager.{domain}"));
            let (address, path) = environment.bucket("payloads-1");
            assert_eq!(host(address), format!("payloads-1.s3.{domain}"));
            assert_eq!(path, "/");
            let (address, path) = environment.bucket("payloads.1");
            assert_eq!(host(address), format!("s3.{domain}"));
            assert_eq!(path, "/payloads.1/");
        }
    }

    #[test]
    fn an_endpoint_of_ones_own_comes_before_the_common_one() {
        let environment = with(
            "eu-central-1",
            &[
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
                ("AWS_ENDPOINT_URL_DYNAMODB", "https://table.example"),
                ("AWS_ENDPOINT_URL_S3", ""),
            ],
        );
        let environment = environment.unwrap();
        let table = environment.address(ServiceName::DynamoDb);
        assert_eq!(table.authority(), "table.example");
        let (address, path) = environment.bucket("payloads");
        assert_eq!(
            (address.authority(), path.as_str()),
            ("127.0.0.1:4566", "/payloads/")
        );
    }

    #[test]
    fn every_problem_is_said_at_once_and_no_secret_is_shown() {
        let problem = read(&[
            ("AWS_ENDPOINT_URL", "localhost:4566"),
            ("AWS_USE_FIPS_ENDPOINT", "true"),
        ]);
        let problem = problem.unwrap_err();
        for text in [
            "AWS_REGION is not set",
            "AWS_ACCESS_KEY_ID is not set",
            "AWS_SECRET_ACCESS_KEY is not set",
            "AWS_ENDPOINT_URL must be a URL without a path",
            "AWS_USE_FIPS_ENDPOINT is not supported",
        ] {
            assert!(problem.contains(text), "{problem}");
        }
        let shown = format!("{:?}", with("eu-central-1", &[]).unwrap());
        assert!(
            shown.contains("AKID") && !shown.contains("hunter"),
            "{shown}"
        );
    }
}
