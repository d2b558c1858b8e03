//! The APIs' definitions, as applied, read from the local cloud's control plane.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_apigateway::Client;
use aws_sdk_apigateway::error::ProvideErrorMetadata;
use aws_sdk_apigateway::types::{Authorizer, GatewayResponse, RequestValidator, Resource};
use aws_smithy_runtime_api::client::result::SdkError;
use emulator::{Failure, code};
use tokio::time::Instant;
use tracing::warn;

/// How long a definition is kept: an apply is seen at once, and many requests cost one read.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// An API at a stage.
#[derive(Debug)]
pub(crate) struct Api {
    /// Whether it treats every body as binary: `binaryMediaTypes` has `*/*`.
    pub(crate) binary: bool,
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
    client: Client,
    held: Mutex<HashMap<(String, String), Held>>,
}

impl Definitions {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
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
        let (of_api, of_stage) = tokio::join!(
            self.client.get_rest_api().rest_api_id(api).send(),
            self.client
                .get_stage()
                .rest_api_id(api)
                .stage_name(stage)
                .send(),
        );
        let (Some(rest_api), Some(stage)) =
            (found("GetRestApi", of_api)?, found("GetStage", of_stage)?)
        else {
            return Ok(None);
        };
        if stage
            .variables
            .is_some_and(|variables| !variables.is_empty())
        {
            warn!("the stage has variables, which are not emulated here");
        }
        let (resources, authorizers, validators, refusals) = tokio::try_join!(
            self.resources(api),
            self.authorizers(api),
            self.validators(api),
            self.refusals(api)
        )?;
        Ok(Some(Api {
            binary: rest_api.binary_media_types().iter().any(|t| t == "*/*"),
            resources,
            authorizers,
            validators,
            refusals,
        }))
    }

    async fn resources(&self, api: &str) -> Result<Vec<Resource>, Failure> {
        let request = self.client.get_resources().rest_api_id(api);
        let pages = request.embed("methods").limit(500).into_paginator().items();
        let all: Result<Vec<_>, _> = pages.send().collect().await;
        all.map_err(|error| Failure::of("GetResources", &error))
    }

    async fn authorizers(&self, api: &str) -> Result<HashMap<String, Authorizer>, Failure> {
        // One page: an API has at most ten authorizers.
        let request = self.client.get_authorizers().rest_api_id(api).limit(500);
        let answer = request.send().await;
        let answer = answer.map_err(|error| Failure::of("GetAuthorizers", &error))?;
        let all = answer.items.unwrap_or_default().into_iter();
        Ok(all
            .filter_map(|item| Some((item.id()?.to_owned(), item)))
            .collect())
    }

    async fn validators(&self, api: &str) -> Result<HashMap<String, RequestValidator>, Failure> {
        let request = self.client.get_request_validators().rest_api_id(api);
        let answer = request.limit(500).send().await;
        let answer = answer.map_err(|error| Failure::of("GetRequestValidators", &error))?;
        let all = answer.items.unwrap_or_default().into_iter();
        Ok(all
            .filter_map(|item| Some((item.id()?.to_owned(), item)))
            .collect())
    }

    async fn refusals(&self, api: &str) -> Result<HashMap<String, GatewayResponse>, Failure> {
        let request = self.client.get_gateway_responses().rest_api_id(api);
        let answer = request.limit(500).send().await;
        let answer = answer.map_err(|error| Failure::of("GetGatewayResponses", &error))?;
        let all = answer.items.unwrap_or_default().into_iter();
        Ok(all
            .filter_map(|item| Some((item.response_type()?.as_str().to_owned(), item)))
            .collect())
    }
}

/// The answer, or `None` if it does not exist.
fn found<T, E: ProvideErrorMetadata, R>(
    call: &'static str,
    answer: Result<T, SdkError<E, R>>,
) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if code(&error) == Some("NotFoundException") => Ok(None),
        Err(error) => Err(Failure::of(call, &error)),
    }
}
