use domain::EndpointName;
use runtime::{Failure, Metrics, Unit};

use crate::event::AuthorizerResponse;

/// API Gateway turns an error that says exactly `Unauthorized` into a 401, and any other error into
/// a failure on our side.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorizerError {
    /// The signature headers are missing, malformed or not fresh.
    #[error("Unauthorized")]
    Unauthorized,
    /// Undecided: the provider should try again.
    #[error("the endpoint could not be looked up")]
    Unavailable,
}

impl From<AuthorizerError> for Failure {
    fn from(refused: AuthorizerError) -> Self {
        let error_type = match refused {
            AuthorizerError::Unauthorized => "Unauthorized",
            AuthorizerError::Unavailable => "Unavailable",
        };
        Self {
            error_type,
            error_message: refused.to_string(),
        }
    }
}

/// The answer to a request, and what to count.
#[derive(Debug)]
pub(crate) struct Ruling {
    pub(crate) answer: Result<AuthorizerResponse, AuthorizerError>,
    /// `None`: it was allowed, and `ingest` counts it.
    pub(crate) rejection: Option<Rejected>,
}

/// Why a request was refused; never for the caller.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// `None`: no endpoint has that name. Names that a stranger can make up are
    /// counted together; otherwise the stranger could create metrics that cost
    /// money.
    pub(crate) endpoint: Option<EndpointName>,
    pub(crate) reason: &'static str,
}

impl Rejected {
    /// The line to count it by.
    pub(crate) fn metrics(&self, stack: &str) -> Metrics {
        let line = Metrics::of(stack).per(&[("Reason", self.reason)]);
        let line = match &self.endpoint {
            Some(endpoint) => line.per(&[("Endpoint", endpoint.as_str())]),
            None => line,
        };
        line.metric("DeliveriesRejected", Unit::Count, &[1])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn one_refusal_alone_is_a_401() {
        for refused in [AuthorizerError::Unauthorized, AuthorizerError::Unavailable] {
            // A new name must be in the list above, too.
            let is_401 = match refused {
                AuthorizerError::Unauthorized => true,
                AuthorizerError::Unavailable => false,
            };
            let failure = Failure::from(refused);
            let texts = [failure.error_type, &failure.error_message];
            assert_eq!(texts.map(|text| text == "Unauthorized"), [is_401; 2]);
        }
    }

    fn line(endpoint: Option<&str>) -> Value {
        let rejected = Rejected {
            endpoint: endpoint.map(|name| EndpointName::try_from(name.to_owned()).unwrap()),
            reason: "endpoint_unknown",
        };
        let at = "2026-11-21T21:00:00Z".parse().unwrap();
        serde_json::from_str(&rejected.metrics("coatcheck").line(at)).unwrap()
    }

    #[test]
    fn a_rejection_is_counted_by_reason_and_by_an_endpoint_that_exists() {
        let known = line(Some("stripe"));
        assert_eq!(known["DeliveriesRejected"], 1);
        let dimensions = |line: &Value| line["_aws"]["CloudWatchMetrics"][0]["Dimensions"].clone();
        assert_eq!(
            dimensions(&known),
            json!([["Stack"], ["Stack", "Reason"], ["Stack", "Endpoint"]])
        );
        assert_eq!(
            dimensions(&line(None)),
            json!([["Stack"], ["Stack", "Reason"]])
        );
    }
}
