use domain::{StoreError, Timestamp};
use serde_json::{Value, json};

use super::signed_call::SignedCall;
use crate::Sdk;

/// A custom domain name of API Gateway, and what stands behind it.
#[derive(Debug, Clone)]
pub struct FrontDoorFacts<'a> {
    sdk: &'a Sdk,
    now: Timestamp,
}

/// What API Gateway says of a domain name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainState {
    /// `AVAILABLE` is the good one; none if it is not said.
    pub status: Option<String>,
    /// More about the status.
    pub message: Option<String>,
    /// Whether clients must show a certificate.
    pub mtls: bool,
    /// What is wrong with certificates of the truststore.
    pub truststore_warnings: Vec<String>,
}

/// What ACM says of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateState {
    /// `ISSUED` is the good one.
    pub status: String,
    /// Why it could not be issued.
    pub failure: Option<String>,
    /// The end of its time; none before it is issued.
    pub not_after: Option<Timestamp>,
    /// Whether it was imported: ACM does not renew it.
    pub imported: bool,
    /// How its renewal goes, if it is due.
    pub renewal: Option<String>,
    /// The names whose owner is not proven yet.
    pub unproven: Vec<String>,
}

impl<'a> FrontDoorFacts<'a> {
    /// Asks at this time.
    #[must_use]
    pub fn new(sdk: &'a Sdk, now: Timestamp) -> Self {
        Self { sdk, now }
    }

    /// The domain name; none if there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn domain(&self, name: &str) -> Result<Option<DomainState>, StoreError> {
        let call = SignedCall {
            name: "apigateway:GetDomainName",
            service: "apigateway",
            path: &format!("/domainnames/{name}"),
            action: None,
        };
        Ok(call
            .make(self.sdk, self.now)
            .await?
            .map(|json| domain(&json)))
    }

    /// Whether an API's default endpoint answers; none if there is no such API.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn default_endpoint(&self, api: &str) -> Result<Option<bool>, StoreError> {
        let call = SignedCall {
            name: "apigateway:GetRestApi",
            service: "apigateway",
            path: &format!("/restapis/{api}"),
            action: None,
        };
        let found = call.make(self.sdk, self.now).await?;
        Ok(found.map(|json| json.get("disableExecuteApiEndpoint") != Some(&Value::Bool(true))))
    }

    /// The certificate; none if there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn certificate(&self, arn: &str) -> Result<Option<CertificateState>, StoreError> {
        let body = json!({"CertificateArn": arn}).to_string();
        let call = SignedCall {
            name: "acm:DescribeCertificate",
            service: "acm",
            path: "/",
            action: Some(("CertificateManager.DescribeCertificate", &body)),
        };
        let found = call.make(self.sdk, self.now).await?;
        Ok(found.map(|json| certificate(json.get("Certificate").unwrap_or(&Value::Null))))
    }
}

fn text(json: &Value) -> Option<String> {
    json.as_str().map(str::to_owned)
}

fn domain(json: &Value) -> DomainState {
    let mtls = &json["mutualTlsAuthentication"];
    let warnings = mtls["truststoreWarnings"].as_array();
    DomainState {
        status: text(&json["domainNameStatus"]),
        message: text(&json["domainNameStatusMessage"]),
        mtls: mtls["truststoreUri"].is_string(),
        truststore_warnings: warnings.into_iter().flatten().filter_map(text).collect(),
    }
}

fn certificate(json: &Value) -> CertificateState {
    // Seconds, with or without a fraction.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is no time is left out"
    )]
    let seconds = json["NotAfter"].as_f64().map(|seconds| seconds as i64);
    let unproven = json["DomainValidationOptions"].as_array();
    let unproven = unproven
        .into_iter()
        .flatten()
        .filter(|one| one.get("ValidationStatus").and_then(Value::as_str) != Some("SUCCESS"));
    CertificateState {
        status: text(&json["Status"]).unwrap_or_default(),
        failure: text(&json["FailureReason"]),
        not_after: seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        imported: json["Type"] == "IMPORTED",
        renewal: json.pointer("/RenewalSummary/RenewalStatus").and_then(text),
        unproven: unproven
            .filter_map(|one| one.get("DomainName").and_then(text))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The members of botocore's models of apigateway (2015-07-09) and acm (2015-12-08).
    #[test]
    fn the_services_answers_are_read() {
        let found = domain(&json!({
            "domainName": "hooks.example.com", "domainNameStatus": "UPDATING", "domainNameStatusMessage": "soon",
            "mutualTlsAuthentication": {"truststoreUri": "s3://b/k", "truststoreWarnings": ["expired"]},
        }));
        assert_eq!(
            found,
            DomainState {
                status: Some("UPDATING".to_owned()),
                message: Some("soon".to_owned()),
                mtls: true,
                truststore_warnings: vec!["expired".to_owned()],
            }
        );
        assert!(!domain(&json!({"mutualTlsAuthentication": null})).mtls);
        let found = certificate(&json!({
            "Status": "ISSUED", "NotAfter": 1_795_298_397.5, "Type": "AMAZON_ISSUED",
            "RenewalSummary": {"RenewalStatus": "PENDING_VALIDATION"},
            "DomainValidationOptions": [
                {"DomainName": "a.example.com", "ValidationStatus": "SUCCESS"},
                {"DomainName": "b.example.com", "ValidationStatus": "PENDING_VALIDATION"},
            ],
        }));
        assert_eq!(
            found,
            CertificateState {
                status: "ISSUED".to_owned(),
                failure: None,
                not_after: Timestamp::from_second(1_795_298_397).ok(),
                imported: false,
                renewal: Some("PENDING_VALIDATION".to_owned()),
                unproven: vec!["b.example.com".to_owned()],
            }
        );
        let waiting = certificate(&json!({"Status": "PENDING_VALIDATION", "Type": "IMPORTED"}));
        assert!(waiting.imported && waiting.not_after.is_none());
    }
}
