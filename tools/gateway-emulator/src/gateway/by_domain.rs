//! The path of a request by a custom domain name: its base path mapping says which API and stage it is for, and every
//! integration that is emulated is served here.

use std::collections::BTreeMap;
use std::net::IpAddr;

use emulator::Failure;
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use tracing::{error, info};

use super::{Gateway, Job, conclude};
use crate::body;
use crate::call::Call;
use crate::domain_name::{ByDomain, Domain, Peer, describe};
use crate::lambda_proxy;
use crate::refusal::{Kind, Refusal};
use crate::rest_api::Method;
use crate::route::{self, segments};
use crate::upstream::UpstreamResponse;
use crate::wire::{broken, forbidden, query, source_ip};

impl Gateway {
    /// Answers a request that came over TLS, from a client that has made its handshake.
    pub(crate) async fn answer_by_domain(
        &self,
        request: Request<Incoming>,
        address: IpAddr,
        peer: &Peer,
    ) -> UpstreamResponse {
        let made = match admitted(&request, peer) {
            Ok(domain) => self.job_by_domain(&request, address, domain, peer).await,
            Err(reason) => Ok(Err(reason)),
        };
        match made {
            Ok(Ok((mut job, found))) => {
                let outcome = if !found {
                    let _refused = body::read(request.into_body()).await;
                    Err(Refusal::new(Kind::NoMethod, "the API has no such method"))
                } else if let Some(path) = route::s3_path(&job.method).map(str::to_owned) {
                    self.integrate(&mut job, &path, request.into_body()).await
                } else {
                    self.proxy(&mut job, request.into_body()).await
                };
                conclude(&job, outcome)
            }
            Ok(Err(reason)) => {
                info!(reason, "forbidden by a domain");
                let _refused = body::read(request.into_body()).await;
                forbidden()
            }
            Err(failure) => {
                error!(%failure, "the API's definition cannot be read");
                broken(StatusCode::BAD_GATEWAY)
            }
        }
    }

    async fn proxy(
        &self,
        job: &mut Job,
        body: Incoming,
    ) -> Result<(crate::integration_response::ClientResponse, u16), Refusal> {
        let body = self.admit(job, body).await?;
        let reply =
            lambda_proxy::call(&self.lambda, &job.api, &job.method, &job.call, body).await?;
        let status = reply.status;
        Ok((reply, status))
    }

    /// The job, and whether the API has its method. The inner error: no API has the path.
    async fn job_by_domain(
        &self,
        request: &Request<Incoming>,
        address: IpAddr,
        domain: &Domain,
        peer: &Peer,
    ) -> Result<Result<(Job, bool), &'static str>, Failure> {
        let path = request.uri().path().to_owned();
        let Some(mapped) = domain.map(&path) else {
            return Ok(Err("no base path mapping has this path"));
        };
        let Some(api) = self.definitions.of(mapped.api, mapped.stage).await? else {
            return Ok(Err("the mapping's API or stage does not exist"));
        };
        let segments = segments(mapped.rest);
        let name = request.method().as_str();
        let found = route::find(&api.resources, &segments, name);
        let (resource, method, path_parameters) = match &found {
            Some(found) => (
                Some(found.resource),
                found.method.clone(),
                found.parameters.clone(),
            ),
            None => (None, Method::default(), BTreeMap::new()),
        };
        let call = Call {
            region: self.region.clone(),
            account: self.account.clone(),
            api: mapped.api.to_owned(),
            stage: mapped.stage.to_owned(),
            resource: resource.map_or_else(String::new, |one| one.path.clone()),
            resource_id: resource.map_or_else(String::new, |one| one.id.clone()),
            method: name.to_owned(),
            path: format!("/{}", segments.join("/")),
            path_parameters,
            query: query(request.uri().query().unwrap_or_default()),
            headers: request.headers().clone(),
            source_ip: source_ip(request, address),
            request_id: uuid::Uuid::new_v4().to_string(),
            received: self.clock.now(),
            authorizer: BTreeMap::new(),
            by_domain: Some(ByDomain {
                name: domain.name.clone(),
                base_path: mapped.base_path.to_owned(),
                client_cert: peer.certificate.as_ref().and_then(describe),
            }),
        };
        let found = found.is_some();
        Ok(Ok((Job { api, method, call }, found)))
    }
}

/// The domain, if the client may ask anything of it.
fn admitted<'a>(request: &Request<Incoming>, peer: &'a Peer) -> Result<&'a Domain, &'static str> {
    let domain = peer.domain.as_deref().ok_or("no domain has this name")?;
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.map(|host| host.split(':').next().unwrap_or_default());
    if !host.is_some_and(|host| host.eq_ignore_ascii_case(&domain.name)) {
        // Otherwise a handshake with a domain that asks for no certificate would open one that does.
        return Err("the Host header and the handshake name different hosts");
    }
    if peer.untrusted {
        return Err("no CA of the truststore vouches for the client certificate");
    }
    Ok(domain)
}
