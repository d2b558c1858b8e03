//! What API Gateway does for integrations with S3, in front of a local cloud that does the rest.
//!
//! The local cloud runs REST APIs with their authorizers, but has no integration with S3. This
//! server is in front of it: requests to a method whose integration is of type `AWS` with the URI
//! `arn:aws:apigateway:{region}:s3:path/...` are served here, by the API's definition as applied;
//! everything else is passed on unchanged. But if a method has an authorizer of type `REQUEST`, its
//! identity sources are checked here in either case: the local cloud checks them only if answers
//! are cached.
//!
//! Requests by a **custom domain name** come over TLS, at an address of their own ([`TlsArgs`]). The name in the handshake
//! says which domain is meant, its base path mappings say which API, and everything is served here, functions too. If the
//! domain has mutual TLS, clients must show a certificate, which the truststore's CAs must vouch for.
//!
//! Where AWS's documents are silent, it chooses:
//!
//! * A **source that is absent** sends no header; in the path it is a misconfiguration.
//! * A **slash in a path parameter** is sent as `%2F`.
//! * **Nothing but what is mapped** is sent to S3: no other Content-Type or Accept.
//! * The **size of the body** is checked before the authorizer is called, its **parameters** are
//!   validated after.
//! * The **caller's address** is the first of `X-Forwarded-For`, as the local cloud has it, else the peer's.
//! * A handshake **without a client certificate** fails where one is wanted; with one that **no CA vouches for** it succeeds,
//!   and requests get 403, which AWS documents. 403 also answers a Host other than the handshake's, and an unknown one.
//! * The **live definition** counts, not the deployment's copy: the local cloud has no other.
//!
//! Anything that it does not support is an error in its log and a 500, never an approximation:
//! other authorizers than `REQUEST`, API keys, request templates, VTL beyond `template`, variables
//! beyond `call`.
//!
//! **Not done**: TLS below 1.2, certificates of ACM, WAF, throttling, usage plans, access logs, metrics, validation of bodies, caching of an authorizer's answers,
//! the integration's time limit, the permission of API Gateway to call the authorizer, resource policies.

mod authorizer;
mod body;
mod call;
mod definitions;
mod domain_name;
mod event;
mod gateway;
mod gateway_response;
mod identity;
mod integration_response;
mod lambda_proxy;
mod mapping;
mod policy;
mod refusal;
mod rest_api;
mod role;
mod route;
mod s3;
mod server;
mod stages;
mod template;
#[cfg(test)]
mod testing;
mod upstream;
mod validation;
mod wire;

use std::future::Future;

use anyhow::Result;
use emulator::{Args, Clock};

use crate::gateway::Gateway;
pub use crate::server::TlsArgs;

/// Serves until `stop` is done, then lets running requests end.
///
/// # Errors
/// The cloud's URL is invalid, the address cannot be used, or the ready file cannot be written.
pub async fn run(
    args: &Args,
    tls: &TlsArgs,
    clock: Clock,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let gateway = Gateway::new(args, clock).await?;
    server::serve(args, tls, clock, gateway, stop).await
}
