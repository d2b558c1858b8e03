//! Domain names and their base path mappings, as applied, read from the local cloud's control plane.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use emulator::{ControlPlane, Failure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

/// How long a definition is kept: an apply is seen at once, and many requests cost one read.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// A custom domain name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Domain {
    pub(crate) name: String,
    pub(crate) security_policy: String,
    /// The PEM texts of the CAs that may vouch for a client; `None`: clients show no certificate.
    pub(crate) truststore: Option<String>,
    mappings: Vec<Mapping>,
}

/// Which API and stage a path is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mapping {
    /// `(none)`: every path that no other mapping has.
    #[serde(default)]
    base_path: String,
    rest_api_id: String,
    #[serde(default)]
    stage: Option<String>,
}

/// What a path of a domain is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mapped<'a> {
    pub(crate) base_path: &'a str,
    pub(crate) api: &'a str,
    pub(crate) stage: &'a str,
    /// What is left of the path, with a leading slash.
    pub(crate) rest: &'a str,
}

impl Domain {
    /// The mapping with the longest base path that the path starts with; `None`: there is none, or it names no stage.
    pub(crate) fn map<'a>(&'a self, path: &'a str) -> Option<Mapped<'a>> {
        let rest = |mapping: &'a Mapping| {
            if mapping.root() {
                return Some(path);
            }
            let rest = path.strip_prefix('/')?.strip_prefix(&mapping.base_path)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(rest)
        };
        let fitting = self
            .mappings
            .iter()
            .filter_map(|mapping| Some((mapping, rest(mapping)?)));
        let (mapping, rest) = fitting.min_by_key(|(_, rest)| rest.len())?;
        Some(Mapped {
            base_path: if mapping.root() {
                ""
            } else {
                &mapping.base_path
            },
            api: &mapping.rest_api_id,
            stage: mapping.stage.as_deref()?,
            rest,
        })
    }
}

impl Mapping {
    fn root(&self) -> bool {
        matches!(self.base_path.as_str(), "" | "(none)")
    }
}

/// What was read of a domain, and when. `None`: there is no such domain.
type Held = HashMap<String, (Instant, Option<Arc<Domain>>)>;

/// Reads domain names and keeps each for a moment.
#[derive(Debug)]
pub(crate) struct Domains {
    cloud: ControlPlane,
    held: Mutex<Held>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    #[serde(default)]
    security_policy: Option<String>,
    #[serde(default)]
    mutual_tls_authentication: Option<MutualTls>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MutualTls {
    truststore_uri: Option<String>,
    #[serde(default)]
    truststore_version: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    item: Vec<Mapping>,
}

impl Domains {
    pub(crate) fn new(cloud: ControlPlane) -> Self {
        Self {
            cloud,
            held: Mutex::default(),
        }
    }

    /// The domain of this name; `None` if there is none.
    ///
    /// # Errors
    /// The control plane or the truststore could not be read.
    pub(crate) async fn of(&self, name: &str) -> Result<Option<Arc<Domain>>, Failure> {
        {
            let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, known)) = held.get(name)
                && at.elapsed() < KEPT_FOR
            {
                return Ok(known.clone());
            }
        }
        // Two requests may read at once: both find the same.
        let read = Box::pin(self.read(name)).await?.map(Arc::new);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, (at, _)| at.elapsed() < KEPT_FOR);
        held.insert(name.to_owned(), (Instant::now(), read.clone()));
        Ok(read)
    }

    async fn read(&self, name: &str) -> Result<Option<Domain>, Failure> {
        let path = format!("/domainnames/{}", utf8_percent_encode(name, &HOST));
        let mappings = format!("{path}/basepathmappings?limit=500");
        let (get, list) = ("apigateway:GetDomainName", "apigateway:GetBasePathMappings");
        let Some(read) = self.cloud.get(get, &path).await? else {
            return Ok(None);
        };
        let read: Read = typed(get, read)?;
        let page = self.cloud.get(list, &mappings).await?;
        let page: Page = page.map_or(Ok(Page::default()), |page| typed(list, page))?;
        let truststore = match read.mutual_tls_authentication {
            Some(MutualTls {
                truststore_uri: Some(uri),
                truststore_version,
            }) if !uri.is_empty() => {
                Some(self.truststore(&uri, truststore_version.as_deref()).await?)
            }
            _ => None,
        };
        Ok(Some(Domain {
            name: name.to_owned(),
            security_policy: read.security_policy.unwrap_or_default(),
            truststore,
            mappings: page.item,
        }))
    }

    /// The truststore, as API Gateway reads it: an object, by its version if there is one.
    async fn truststore(&self, uri: &str, version: Option<&str>) -> Result<String, Failure> {
        let call = "s3:GetObject";
        let place = uri
            .strip_prefix("s3://")
            .ok_or_else(|| Failure::new(call, format!("{uri} is not the URI of an object")))?;
        let version = version.filter(|version| !version.is_empty());
        let query = version.map(|version| {
            let version = utf8_percent_encode(version, NON_ALPHANUMERIC);
            format!("?versionId={version}")
        });
        let path = format!("/{place}{}", query.unwrap_or_default());
        self.cloud
            .text(call, &path)
            .await?
            .ok_or_else(|| Failure::new(call, format!("the truststore {uri} does not exist")))
    }
}

/// A host has nothing to encode but what would end the path.
const HOST: percent_encoding::AsciiSet = NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'*');

fn typed<T: serde::de::DeserializeOwned>(call: &'static str, json: Value) -> Result<T, Failure> {
    serde_json::from_value(json).map_err(|error| Failure::new(call, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(mappings: &[(&str, &str, Option<&str>)]) -> Domain {
        Domain {
            name: "hooks.example.com".to_owned(),
            security_policy: "TLS_1_2".to_owned(),
            truststore: None,
            mappings: mappings
                .iter()
                .map(|(base_path, api, stage)| Mapping {
                    base_path: (*base_path).to_owned(),
                    rest_api_id: (*api).to_owned(),
                    stage: stage.map(str::to_owned),
                })
                .collect(),
        }
    }

    #[test]
    fn the_longest_base_path_counts() {
        let domain = domain(&[
            ("(none)", "root", Some("s")),
            ("v1", "a1", Some("v1")),
            ("v1/beta", "a2", Some("b")),
            ("all", "a3", None),
        ]);
        let of = |path| {
            let mapped = domain.map(path)?;
            Some((mapped.base_path, mapped.api, mapped.stage, mapped.rest))
        };
        assert_eq!(of("/v1/hooks/a"), Some(("v1", "a1", "v1", "/hooks/a")));
        assert_eq!(of("/v1"), Some(("v1", "a1", "v1", "")));
        assert_eq!(of("/v1/beta/x"), Some(("v1/beta", "a2", "b", "/x")));
        assert_eq!(of("/v10/x"), Some(("", "root", "s", "/v10/x")));
        // A mapping without a stage takes it from the path on AWS; ours always has one.
        assert_eq!(of("/all/s/x"), None);
    }

    #[test]
    fn without_a_mapping_there_is_no_api() {
        assert_eq!(domain(&[("v1", "a1", Some("v1"))]).map("/hooks/a"), None);
        assert_eq!(domain(&[]).map("/"), None);
    }
}
