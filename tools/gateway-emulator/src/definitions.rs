//! The APIs' definitions, as applied, read from the local cloud's control plane.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use emulator::{ControlPlane, Failure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use tracing::warn;

use crate::rest_api::{Authorizer, GatewayResponse, RequestValidator, Resource, RestApi, Stage};

/// How long a definition is kept: an apply is seen at once, and many requests cost one read.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// An API at a stage.
#[derive(Debug)]
pub(crate) struct Api {
    /// Whether it treats every body as binary: `binaryMediaTypes` has `*/*`.
    pub(crate) binary: bool,
    /// Whether the default endpoint answers.
    pub(crate) default_endpoint: bool,
    pub(crate) resources: Vec<Resource>,
    /// By id.
    pub(crate) authorizers: HashMap<String, Authorizer>,
    /// By id.
    pub(crate) validators: HashMap<String, RequestValidator>,
    /// Gateway responses by type.
    pub(crate) refusals: HashMap<String, GatewayResponse>,
}

/// What was read, and when. `None`: there is no such API or stage.
type Held = Arc<tokio::sync::Mutex<Option<(Instant, Option<Arc<Api>>)>>>;

/// Reads definitions and keeps each for a moment.
#[derive(Debug)]
pub(crate) struct Definitions {
    cloud: ControlPlane,
    held: Mutex<HashMap<(String, String), Held>>,
}

impl Definitions {
    pub(crate) fn new(cloud: ControlPlane) -> Self {
        Self {
            cloud,
            held: Mutex::default(),
        }
    }

    /// The API at the stage; `None` if there is none.
    ///
    /// # Errors
    /// The control plane could not be read; as text for the log.
    pub(crate) async fn of(&self, api: &str, stage: &str) -> Result<Option<Arc<Api>>, Failure> {
        let held = {
            let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry((api.to_owned(), stage.to_owned())).or_default())
        };
        // A request that finds nothing fresh reads; requests that come meanwhile wait for that
        // read.
        let mut held = held.lock().await;
        if let Some((at, known)) = held.as_ref()
            && at.elapsed() < KEPT_FOR
        {
            return Ok(known.clone());
        }
        // Boxed: six requests are large, and every request to an API waits here.
        let read = Box::pin(self.read(api, stage)).await?.map(Arc::new);
        *held = Some((Instant::now(), read.clone()));
        Ok(read)
    }

    async fn read(&self, api: &str, stage: &str) -> Result<Option<Api>, Failure> {
        let api = format!("/restapis/{}", utf8_percent_encode(api, NON_ALPHANUMERIC));
        let stage = format!(
            "{api}/stages/{}",
            utf8_percent_encode(stage, NON_ALPHANUMERIC)
        );
        let (rest_api, stage) = tokio::try_join!(
            self.one::<RestApi>("apigateway:GetRestApi", &api),
            self.one::<Stage>("apigateway:GetStage", &stage),
        )?;
        let (Some(rest_api), Some(stage)) = (rest_api, stage) else {
            return Ok(None);
        };
        if !stage.variables.is_empty() {
            warn!("the stage has variables, which are not emulated here");
        }
        let resources = format!("{api}/resources?embed=methods&limit=500");
        let authorizers = format!("{api}/authorizers?limit=500");
        let validators = format!("{api}/requestvalidators?limit=500");
        let responses = format!("{api}/gatewayresponses?limit=500");
        let (resources, authorizers, validators, responses) = tokio::try_join!(
            self.all::<Resource>("apigateway:GetResources", &resources),
            self.all::<Authorizer>("apigateway:GetAuthorizers", &authorizers),
            self.all::<RequestValidator>("apigateway:GetRequestValidators", &validators),
            self.all::<GatewayResponse>("apigateway:GetGatewayResponses", &responses),
        )?;
        Ok(Some(Api {
            binary: rest_api.binary_media_types.iter().any(|t| t == "*/*"),
            default_endpoint: !rest_api.disable_execute_api_endpoint,
            resources,
            authorizers: by(authorizers, |one| &one.id),
            validators: by(validators, |one| &one.id),
            refusals: by(responses, |one| &one.response_type),
        }))
    }

    async fn one<T: DeserializeOwned>(
        &self,
        call: &'static str,
        path: &str,
    ) -> Result<Option<T>, Failure> {
        let json = self.cloud.get(call, path).await?;
        json.map(|json| typed(call, json)).transpose()
    }

    /// All pages of a list.
    async fn all<T: DeserializeOwned>(
        &self,
        call: &'static str,
        path: &str,
    ) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        let mut next = path.to_owned();
        loop {
            let page: Page<T> = self.one(call, &next).await?.unwrap_or_default();
            all.extend(page.item);
            let Some(position) = page.position else {
                return Ok(all);
            };
            next = format!(
                "{path}&position={}",
                utf8_percent_encode(&position, NON_ALPHANUMERIC)
            );
        }
    }
}

/// A page of a list.
#[derive(Deserialize)]
#[serde(default)]
struct Page<T> {
    item: Vec<T>,
    position: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            item: Vec::new(),
            position: None,
        }
    }
}

fn by<T>(all: Vec<T>, key: impl Fn(&T) -> &String) -> HashMap<String, T> {
    all.into_iter()
        .map(|one| (key(&one).clone(), one))
        .collect()
}

fn typed<T: DeserializeOwned>(call: &'static str, mut json: Value) -> Result<T, Failure> {
    without_nulls(&mut json);
    serde_json::from_value(json).map_err(|error| Failure::new(call, error.to_string()))
}

/// A member that is `null` is a member that is missing.
fn without_nulls(json: &mut Value) {
    match json {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_is_read_as_the_control_plane_writes_it() {
        let page = json!({"item": [{
            "id": "r", "parentId": null, "path": "/direct/{endpoint}",
            "resourceMethods": {"POST": {
                "httpMethod": "POST", "authorizationType": "CUSTOM", "authorizerId": "a", "apiKeyRequired": false,
                "requestParameters": {"method.request.header.Content-Type": true}, "requestModels": null,
                "methodIntegration": {
                    "type": "AWS", "uri": "arn:x", "httpMethod": "PUT", "requestTemplates": null,
                    "integrationResponses": {"200": {"statusCode": "200", "selectionPattern": null}}
                }
            }}
        }], "position": "p"});
        let page: Page<Resource> = typed("apigateway:GetResources", page).unwrap();
        assert_eq!(page.position.as_deref(), Some("p"));
        let method = &page.item[0].resource_methods["POST"];
        assert_eq!(method.authorizer_id.as_deref(), Some("a"));
        assert!(method.request_parameters["method.request.header.Content-Type"]);
        let integration = method.method_integration.as_ref().unwrap();
        assert_eq!(
            (integration.kind.as_str(), integration.http_method.as_str()),
            ("AWS", "PUT")
        );
        assert_eq!(
            integration.integration_responses["200"].selection_pattern,
            ""
        );
        assert!(integration.request_templates.is_empty());
    }
}
