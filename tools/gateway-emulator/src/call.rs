//! One request, and its values.

use std::collections::BTreeMap;

use hyper::HeaderMap;
use jiff::Timestamp;

use crate::domain_name::ByDomain;
use crate::refusal::Refusal;

/// A request to a method of an API.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) api: String,
    pub(crate) stage: String,
    pub(crate) resource: String,
    pub(crate) resource_id: String,
    pub(crate) method: String,
    /// Below the stage, decoded, with a leading slash.
    pub(crate) path: String,
    pub(crate) path_parameters: BTreeMap<String, String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) source_ip: String,
    pub(crate) request_id: String,
    pub(crate) received: Timestamp,
    /// The authorizer's answer, once it was called.
    pub(crate) authorizer: BTreeMap<String, String>,
    /// `None`: it came by the default endpoint.
    pub(crate) by_domain: Option<ByDomain>,
}

impl Call {
    /// The ARN in policies.
    pub(crate) fn method_arn(&self) -> String {
        self.arn(self.path.trim_start_matches('/'))
    }

    /// The ARN of the method as it is declared: the source of a call to a role.
    pub(crate) fn source_arn(&self) -> String {
        self.arn(self.resource.trim_start_matches('/'))
    }

    fn arn(&self, path: &str) -> String {
        format!(
            "arn:aws:execute-api:{}:{}:{}/{}/{}/{path}",
            self.region, self.account, self.api, self.stage, self.method
        )
    }

    /// The value of `$context.{name}`; `None` if it has none in this request.
    ///
    /// # Errors
    /// A name that is not supported here: it may have a value on AWS.
    pub(crate) fn context(&self, name: &str) -> Result<Option<String>, Refusal> {
        if let Some(key) = name.strip_prefix("authorizer.") {
            return Ok(self.authorizer.get(key).cloned());
        }
        Ok(Some(match name {
            "requestId" => self.request_id.clone(),
            "apiId" => self.api.clone(),
            "accountId" => self.account.clone(),
            "stage" => self.stage.clone(),
            "httpMethod" => self.method.clone(),
            "resourcePath" => self.resource.clone(),
            "resourceId" => self.resource_id.clone(),
            "path" => self.full_path(),
            "domainName" => self.domain_name(),
            "domainPrefix" => self.domain_prefix(),
            "protocol" => "HTTP/1.1".to_owned(),
            "identity.sourceIp" => self.source_ip.clone(),
            "identity.userAgent" => return Ok(self.header("user-agent")),
            "requestTimeEpoch" => self.received.as_millisecond().to_string(),
            other => {
                return Err(Refusal::misconfigured(format!(
                    "$context.{other} is not emulated here"
                )));
            }
        }))
    }

    /// The path as the client sent it: it starts with the stage or, by a domain, with the base path.
    pub(crate) fn full_path(&self) -> String {
        let first = match &self.by_domain {
            None => &self.stage,
            Some(by) if by.base_path.is_empty() => return self.path.clone(),
            Some(by) => &by.base_path,
        };
        format!("/{first}{}", self.path)
    }

    /// The path in an event: below the stage or, by a domain, with the base path. AWS's documents do not say so;
    /// those who have measured it do: <https://github.com/localstack/localstack/pull/12296>.
    pub(crate) fn event_path(&self) -> String {
        match self.by_domain {
            None => self.path.clone(),
            Some(_) => self.full_path(),
        }
    }

    /// The host.
    pub(crate) fn domain_name(&self) -> String {
        match &self.by_domain {
            None => format!("{}.execute-api.{}.amazonaws.com", self.api, self.region),
            Some(by) => by.name.clone(),
        }
    }

    /// The host's first label.
    pub(crate) fn domain_prefix(&self) -> String {
        let name = self.domain_name();
        name.split('.').next().unwrap_or_default().to_owned()
    }

    /// The last value of a header, bytes that are not text are replaced.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get_all(name).iter().next_back()?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    #[test]
    fn variables() {
        let call = call();
        let of = |name: &str| call.context(name).unwrap();
        assert_eq!(of("requestId").unwrap(), "req-1");
        assert_eq!(of("path").unwrap(), "/v1/direct/shop");
        assert_eq!(of("requestTimeEpoch").unwrap(), "1763758797414");
        assert_eq!(of("authorizer.name").unwrap(), "shop");
        assert_eq!(of("authorizer.other"), None);
        assert_eq!(of("identity.userAgent"), None);
        assert!(call.context("identity.cognitoIdentityId").is_err());
    }

    #[test]
    fn by_a_domain_the_base_path_stands_for_the_stage() {
        let mut call = call();
        assert_eq!(call.event_path(), "/direct/shop");
        assert_eq!(call.domain_name(), "a1.execute-api.us-east-1.amazonaws.com");
        for (base_path, path) in [("in", "/in/direct/shop"), ("", "/direct/shop")] {
            call.by_domain = Some(ByDomain {
                name: "hooks.example.com".to_owned(),
                base_path: base_path.to_owned(),
                client_cert: None,
            });
            assert_eq!(
                (call.event_path(), call.full_path()),
                (path.into(), path.into())
            );
        }
        assert_eq!(call.context("domainPrefix").unwrap().unwrap(), "hooks");
        // Policies name the stage all the same.
        assert!(call.method_arn().ends_with("a1/v1/POST/direct/shop"));
    }

    #[test]
    fn arns() {
        let call = call();
        assert_eq!(
            call.method_arn(),
            "arn:aws:execute-api:us-east-1:000000000000:a1/v1/POST/direct/shop"
        );
        assert!(call.source_arn().ends_with("/POST/direct/{endpoint}"));
    }
}
