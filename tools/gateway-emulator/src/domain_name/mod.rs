//! Custom domain names: which API a request by one is for, and who may make it.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html>

mod client_certificate;
mod domains;
mod tls;

pub(crate) use client_certificate::describe;
pub(crate) use domains::{Domain, Domains};
pub(crate) use tls::{Handshakes, Peer};

use serde_json::Value;

/// How a request by a domain name came.
#[derive(Debug, Clone)]
pub(crate) struct ByDomain {
    /// The domain name.
    pub(crate) name: String,
    /// The base path of the mapping; empty: none.
    pub(crate) base_path: String,
    /// What API Gateway says of the client certificate; `None` without mutual TLS.
    pub(crate) client_cert: Option<Value>,
}
