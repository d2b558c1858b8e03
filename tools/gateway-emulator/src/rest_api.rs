//! An API as its control plane describes it: what is emulated here of API Gateway's JSON.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html> and the pages beside it; `boto3` has the same
//! names.

use std::collections::HashMap;

use serde::Deserialize;

/// Texts by name.
pub(crate) type Texts = HashMap<String, String>;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RestApi {
    pub(crate) binary_media_types: Vec<String>,
    /// Whether the API answers by its domain names alone.
    pub(crate) disable_execute_api_endpoint: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Stage {
    pub(crate) variables: Texts,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Resource {
    pub(crate) id: String,
    pub(crate) path: String,
    /// By verb, or `ANY`.
    pub(crate) resource_methods: HashMap<String, Method>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Method {
    pub(crate) authorization_type: Option<String>,
    pub(crate) authorizer_id: Option<String>,
    pub(crate) api_key_required: bool,
    pub(crate) request_validator_id: Option<String>,
    /// Whether each is required.
    pub(crate) request_parameters: HashMap<String, bool>,
    pub(crate) method_integration: Option<Integration>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Integration {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) uri: String,
    pub(crate) http_method: String,
    pub(crate) credentials: String,
    pub(crate) content_handling: Option<String>,
    pub(crate) passthrough_behavior: String,
    pub(crate) request_parameters: Texts,
    pub(crate) request_templates: Texts,
    /// By status.
    pub(crate) integration_responses: HashMap<String, IntegrationResponse>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct IntegrationResponse {
    pub(crate) status_code: String,
    pub(crate) selection_pattern: String,
    pub(crate) content_handling: Option<String>,
    pub(crate) response_parameters: Texts,
    pub(crate) response_templates: Texts,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Authorizer {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) authorizer_uri: String,
    pub(crate) identity_source: String,
    pub(crate) authorizer_result_ttl_in_seconds: Option<i32>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RequestValidator {
    pub(crate) id: String,
    pub(crate) validate_request_parameters: bool,
    pub(crate) validate_request_body: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct GatewayResponse {
    pub(crate) response_type: String,
    pub(crate) status_code: Option<String>,
    pub(crate) response_parameters: Texts,
    pub(crate) response_templates: Texts,
    /// AWS's default: the API does not set it.
    pub(crate) default_response: bool,
}
