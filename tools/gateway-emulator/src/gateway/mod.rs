//! The path of a request by the default endpoint: it is served here if its method's integration is with S3, otherwise
//! passed on, once it has the identity that its authorizer requires.

mod by_domain;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use bytes::Bytes;
use emulator::{Args, Caller, Clock, ControlPlane, Failure};
use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use tracing::{error, info};

use crate::body::{self, Read};
use crate::call::Call;
use crate::definitions::{Api, Definitions};
use crate::domain_name::Domains;
use crate::integration_response::{self, ClientResponse};
use crate::refusal::{Kind, Refusal};
use crate::rest_api::Method;
use crate::role::{API_GATEWAY, IntegrationRoles};
use crate::route::{self, Target};
use crate::upstream::{Upstream, UpstreamResponse};
use crate::wire::{broken, forbidden, query, respond, source_ip};
use crate::{authorizer, gateway_response, identity, mapping, s3, stages, validation};

/// No call takes longer than a function may. The integration's own limit does not count here: one machine is slower
/// than AWS.
const PATIENCE: Duration = Duration::from_secs(900);

/// The front of the local cloud.
pub(crate) struct Gateway {
    region: String,
    account: String,
    clock: Clock,
    upstream: Upstream,
    definitions: Definitions,
    domains: Arc<Domains>,
    lambda: aws_sdk_lambda::Client,
    roles: IntegrationRoles,
}

/// A request to a method of an API.
struct Job {
    api: Arc<Api>,
    method: Method,
    call: Call,
}

impl Gateway {
    /// # Errors
    /// The cloud's URL is invalid.
    pub(crate) async fn new(args: &Args, clock: Clock) -> Result<Self> {
        let upstream = Upstream::new(&args.cloud)?;
        let config = aws_config::defaults(BehaviorVersion::latest())
            // Overrides AWS_ENDPOINT_URL_API_GATEWAY of the environment, which is this front
            // itself.
            .endpoint_url(&args.cloud)
            .region(Region::new(args.region.clone()))
            // An authorizer is called once, as by API Gateway.
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build())
            .load()
            .await;
        Ok(Self {
            region: args.region.clone(),
            account: args.account.clone(),
            clock,
            upstream,
            definitions: Definitions::new(ControlPlane::new(&config, clock)),
            domains: Arc::new(Domains::new(ControlPlane::new(&config, clock))),
            lambda: aws_sdk_lambda::Client::new(&config),
            roles: IntegrationRoles::new(&config, clock),
        })
    }

    /// The domain names.
    pub(crate) fn domains(&self) -> Arc<Domains> {
        Arc::clone(&self.domains)
    }

    /// Answers any request.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
    ) -> UpstreamResponse {
        match self.job(&request, peer).await {
            Ok(Some((job, _))) if !job.api.default_endpoint => {
                let _refused = body::read(request.into_body()).await;
                forbidden()
            }
            Ok(Some((mut job, Some(path)))) => {
                let outcome = self.integrate(&mut job, &path, request.into_body()).await;
                conclude(&job, outcome)
            }
            Ok(Some((mut job, None))) => {
                match self.judge_passed_on(&mut job).await {
                    Ok(()) => self.pass(request).await,
                    Err(refusal) => {
                        // Most clients read no answer before they have sent everything.
                        let _refused = body::read(request.into_body()).await;
                        conclude(&job, Err(refusal))
                    }
                }
            }
            Ok(None) => self.pass(request).await,
            Err(failure) => {
                error!(%failure, "the API's definition cannot be read");
                broken(StatusCode::BAD_GATEWAY)
            }
        }
    }

    /// Judges a request that the local cloud will serve. The cloud does not put what an authorizer says about a denial into
    /// the gateway response, so refusals are answered here if the API's response wants that. The cloud calls the
    /// authorizer once more for what it gets.
    async fn judge_passed_on(&self, job: &mut Job) -> Result<(), Refusal> {
        identity::check_passed_on(&job.api, &job.method, &job.call)?;
        if !gateway_response::tells_why(&job.api) {
            return Ok(());
        }
        let judged = authorizer::authorize(&self.lambda, &job.api, &job.method, &mut job.call);
        match judged.await {
            Err(refusal) if matches!(refusal.kind, Kind::Denied { .. } | Kind::Unauthorized) => {
                Err(refusal)
            }
            _ => Ok(()),
        }
    }

    async fn pass(&self, request: Request<Incoming>) -> UpstreamResponse {
        let is_of_a_stage = stages::is_of_a_stage(request.uri().path());
        let answer = self.upstream.pass(request).await.unwrap_or_else(|error| {
            error!(%error, "the local cloud did not get a request");
            broken(StatusCode::BAD_GATEWAY)
        });
        if is_of_a_stage {
            return stages::spell_keys_as_aws_does(answer).await;
        }
        answer
    }

    /// With `bucket/{key}` if the method's integration is with S3: it is served here. `None`: not a
    /// method of an API.
    async fn job(
        &self,
        request: &Request<Incoming>,
        peer: IpAddr,
    ) -> Result<Option<(Job, Option<String>)>, Failure> {
        let Some(target) = Target::parse(request.uri().path()) else {
            return Ok(None);
        };
        let Some(api) = self.definitions.of(target.api, target.stage).await? else {
            return Ok(None);
        };
        let name = request.method().as_str();
        let Some(found) = route::find(&api.resources, &target.segments, name) else {
            return Ok(None);
        };
        let path = route::s3_path(found.method).map(str::to_owned);
        let call = Call {
            region: self.region.clone(),
            account: self.account.clone(),
            api: target.api.to_owned(),
            stage: target.stage.to_owned(),
            resource: found.resource.path.clone(),
            resource_id: found.resource.id.clone(),
            method: name.to_owned(),
            path: format!("/{}", target.segments.join("/")),
            path_parameters: found.parameters,
            query: query(request.uri().query().unwrap_or_default()),
            headers: request.headers().clone(),
            source_ip: source_ip(request, peer),
            request_id: uuid::Uuid::new_v4().to_string(),
            received: self.clock.now(),
            authorizer: std::collections::BTreeMap::new(),
            by_domain: None,
        };
        let method = found.method.clone();
        Ok(Some((Job { api, method, call }, path)))
    }

    /// The steps of API Gateway before an integration, in its order. Returns the body.
    async fn admit(&self, job: &mut Job, body: Incoming) -> Result<Bytes, Refusal> {
        let body = match body::read(body).await {
            Read::Whole(body) => body,
            Read::TooLarge => {
                let reason = format!("the body is over {} bytes", body::LIMIT);
                return Err(Refusal::new(Kind::TooLarge, reason));
            }
            Read::Broken => return Err(Refusal::misconfigured("the client closed the connection")),
        };
        authorizer::authorize(&self.lambda, &job.api, &job.method, &mut job.call).await?;
        validation::check(&job.api, &job.method, &job.call)?;
        Ok(body)
    }

    /// The integration with S3. Returns the answer, and S3's status.
    async fn integrate(
        &self,
        job: &mut Job,
        path: &str,
        body: Incoming,
    ) -> Result<(ClientResponse, u16), Refusal> {
        let body = self.admit(job, body).await?;
        let call = &mut job.call;
        let integration = job.method.method_integration.as_ref();
        let integration = integration.ok_or_else(|| Refusal::misconfigured("no integration"))?;
        if !integration.request_templates.is_empty() || integration.passthrough_behavior == "NEVER"
        {
            return Err(Refusal::misconfigured(
                "request templates are not emulated here, nor is passthroughBehavior NEVER",
            ));
        }
        if !job.api.binary || integration.content_handling.is_some() {
            return Err(Refusal::misconfigured(
                "only unchanged bodies are emulated here: set binary_media_types to */*, and no content handling",
            ));
        }
        let mapped = mapping::map(path, &integration.request_parameters, call)?;
        let method = integration.http_method.clone();
        let (action, resource) = s3::right(&method, &mapped)?;
        let role = Some(integration.credentials.as_str()).filter(|arn| arn.contains(":role/"));
        let role = role.ok_or_else(|| {
            Refusal::misconfigured("the integration's credentials are not the ARN of a role")
        })?;
        let source = call.source_arn();
        let caller = Caller {
            service: API_GATEWAY,
            account: &self.account,
            source_arn: &source,
        };
        let credentials = self
            .roles
            .credentials(role, caller, action, &resource)
            .await;
        let backend =
            match credentials.map_err(|failure| Refusal::misconfigured(failure.to_string()))? {
                Some(credentials) => {
                    let (upstream, region) = (self.upstream.clone(), self.region.clone());
                    let now = self.clock.now();
                    // The digest of 10 MB takes a while: not on a thread that others wait for.
                    let request = tokio::task::spawn_blocking(move || {
                        s3::request(&upstream, &method, &mapped, body, credentials, &region, now)
                    });
                    let request = request
                        .await
                        .map_err(|error| Refusal::misconfigured(error.to_string()))?;
                    s3::call(&self.upstream, request?).await?
                }
                None => s3::denied(),
            };
        let status = backend.status;
        let reply = integration_response::map(&integration.integration_responses, &backend, call)?;
        Ok((reply, status))
    }
}

/// Logs and returns the answer; the integration's with its status.
fn conclude(job: &Job, outcome: Result<(ClientResponse, u16), Refusal>) -> UpstreamResponse {
    let (reply, outcome) = match outcome {
        Ok((reply, status)) => (Ok(reply), format!("the integration answered {status}")),
        Err(refusal) => {
            let (name, _) = refusal.kind.spelled();
            (
                gateway_response::make(&refusal, &job.api, &job.call),
                format!("{name}: {refusal}"),
            )
        }
    };
    let call = &job.call;
    let answer = match reply.and_then(|reply| respond(reply, &call.request_id)) {
        Ok(answer) => answer,
        Err(refusal) => {
            error!(request_id = call.request_id, %refusal, "the response is misconfigured");
            broken(StatusCode::INTERNAL_SERVER_ERROR)
        }
    };
    let status = answer.status().as_u16();
    let (id, resource) = (&call.request_id, &call.resource);
    if status == 500 {
        error!(
            request_id = id,
            method = call.method,
            resource,
            status,
            outcome
        );
    } else {
        info!(
            request_id = id,
            method = call.method,
            resource,
            status,
            outcome
        );
    }
    answer
}
