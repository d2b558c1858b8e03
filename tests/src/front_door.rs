//! The stack's domain name, as a provider reaches it: over TLS, with a client certificate.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use provider::{Reply, exchange};
use rcgen::{CertificateParams, DnType, Issuer, KeyPair, date_time_ymd};
use reqwest::{Certificate, Client, Identity, Method, redirect::Policy};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use crate::{Delivery, Stack, digest, recording};

/// The CA that the end-to-end stack's truststore holds, and its key, so that the suite can issue certificates.
const CLIENTS_CA_KEY: &str = include_str!("../front-door/clients-ca.key");

/// A PEM file with a certificate of the truststore and its key, for a stack on AWS.
const OWN_CLIENT: &str = "COATCHECK_CLIENT_CERTIFICATE";

/// API Gateway's own answer, which is no answer of ours.
const FORBIDDEN: &[u8] = br#"{"message":"Forbidden"}"#;

/// The stack's domain name.
#[derive(Debug, Clone)]
pub struct Door {
    /// The name.
    pub domain: String,
    stage: String,
    /// Where the local cloud serves it, and the CA that vouches for it there.
    local: Option<(SocketAddr, Certificate)>,
}

/// What a client shows in the handshake: a certificate and its key, in PEM.
#[derive(Debug, Clone)]
pub struct ClientIdentity(String);

impl Stack {
    /// The stack's domain name; `None` if it has none.
    ///
    /// # Errors
    /// The local cloud does not serve it.
    pub fn door(&self) -> Result<Option<Door>> {
        let Some(door) = &self.outputs.stack.front_door else {
            return Ok(None);
        };
        let local = if self.outputs.local {
            let read = |name: &str| {
                let path = self.dir.join(name);
                std::fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))
            };
            let address = read("gateway-tls-ready")?.trim().parse()?;
            let ca = read("gateway-tls-ca.pem")?;
            Some((address, Certificate::from_pem(ca.as_bytes())?))
        } else {
            None
        };
        Ok(Some(Door {
            domain: door.domain.clone(),
            stage: self.outputs.api.stage.clone(),
            local,
        }))
    }

    /// A client that the truststore trusts, with this name where the suite may choose it. On AWS: the one of
    /// `COATCHECK_CLIENT_CERTIFICATE`.
    ///
    /// # Errors
    /// On AWS, without that variable.
    pub fn client(&self, host: &str) -> Result<ClientIdentity> {
        if self.outputs.local {
            return ClientIdentity::issued(host, 2020, 2100);
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "who runs the suite on AWS says which certificate the truststore trusts"
        )]
        let path = std::env::var_os(OWN_CLIENT);
        let path = path.with_context(|| format!("set {OWN_CLIENT}"))?;
        Ok(ClientIdentity(std::fs::read_to_string(path)?))
    }
}

impl ClientIdentity {
    /// Issued by the CA of the end-to-end stack's truststore, from the first day of a year to that of another.
    ///
    /// # Errors
    /// The host is no name.
    pub fn issued(host: &str, from: i32, to: i32) -> Result<Self> {
        // The subject of `tests/front-door/clients-ca.pem`.
        let mut ca = CertificateParams::default();
        ca.distinguished_name = rcgen::DistinguishedName::new();
        ca.distinguished_name
            .push(DnType::OrganizationName, "Coatcheck tests");
        ca.distinguished_name
            .push(DnType::CommonName, "Clients of the end-to-end suite");
        let issuer = Issuer::new(ca, KeyPair::from_pem(CLIENTS_CA_KEY)?);
        Self::by(host, (from, to), |params, key| {
            Ok(params.signed_by(key, &issuer)?)
        })
    }

    /// Issued by nobody: a certificate that vouches for itself.
    ///
    /// # Errors
    /// The host is no name.
    pub fn of_a_stranger(host: &str) -> Result<Self> {
        Self::by(host, (2020, 2100), |params, key| {
            Ok(params.self_signed(key)?)
        })
    }

    fn by(
        host: &str,
        (from, to): (i32, i32),
        sign: impl FnOnce(CertificateParams, &KeyPair) -> Result<rcgen::Certificate>,
    ) -> Result<Self> {
        let mut params = CertificateParams::new(vec![host.to_owned()])?;
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate()?;
        let certificate = sign(params, &key)?;
        Ok(Self(certificate.pem() + &key.serialize_pem()))
    }

    /// The digest of the certificate.
    ///
    /// # Errors
    /// It is no certificate.
    pub fn fingerprint(&self) -> Result<String> {
        let certificate = CertificateDer::from_pem_slice(self.0.as_bytes())?;
        Ok(digest(&certificate))
    }
}

impl Door {
    fn http(&self, identity: Option<&ClientIdentity>) -> Result<Client> {
        let mut builder = Client::builder()
            .timeout(Duration::from_secs(60))
            .redirect(Policy::none());
        if let Some((address, ca)) = &self.local {
            builder = builder
                .resolve(&self.domain, *address)
                .tls_certs_only([ca.clone()]);
        }
        if let Some(identity) = identity {
            builder = builder.identity(Identity::from_pem(identity.0.as_bytes())?);
        }
        Ok(builder.build()?)
    }

    /// Sends a delivery by the domain, with this `Host` if it is not the domain.
    ///
    /// # Errors
    /// The handshake fails, or there is no HTTP response.
    pub async fn post(
        &self,
        stack: &Stack,
        delivery: &Delivery,
        identity: Option<&ClientIdentity>,
        host: Option<&str>,
    ) -> Result<Reply> {
        let path = format!("{}/{}", delivery.lane.path(), delivery.endpoint);
        self.request(stack, Method::POST, &path, delivery, identity, host)
            .await
    }

    /// Sends a GET with a query, as some providers check an endpoint.
    ///
    /// # Errors
    /// The handshake fails, or there is no HTTP response.
    pub async fn get(
        &self,
        stack: &Stack,
        delivery: &Delivery,
        identity: Option<&ClientIdentity>,
        query: &str,
    ) -> Result<Reply> {
        let path = format!("{}/{}{query}", delivery.lane.path(), delivery.endpoint);
        self.request(stack, Method::GET, &path, delivery, identity, None)
            .await
    }

    async fn request(
        &self,
        stack: &Stack,
        method: Method,
        path: &str,
        delivery: &Delivery,
        identity: Option<&ClientIdentity>,
        host: Option<&str>,
    ) -> Result<Reply> {
        let url = format!("https://{}/{}{path}", self.domain, self.stage);
        let mut request = self
            .http(identity)?
            .request(method.clone(), url)
            .body(delivery.body.clone());
        for (name, value) in &delivery.headers {
            request = request.header(name, value.as_bytes());
        }
        if let Some(host) = host {
            request = request.header("host", host);
        }
        stack.plant_headers(&delivery.headers)?;
        let raw = exchange(request).await?;
        if raw.body != FORBIDDEN {
            let path = path.split('?').next().unwrap_or_default();
            recording::answer(&stack.dir, method.as_str(), path, &raw)?;
        }
        Ok(Reply::from(&raw))
    }
}
