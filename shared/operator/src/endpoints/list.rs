use domain::{Endpoint, Key, KeyUse, Lane, Timestamp, format_time};
use futures_util::TryStreamExt;
use serde::Serialize;

use super::{
    demands::demands,
    deployed::{DeployedEndpoint, keys},
};
use crate::{Problem, Result, Stack, concurrently::concurrently};

/// An endpoint in a list.
#[derive(Debug, Serialize)]
pub struct ListedEndpoint {
    /// Its name.
    pub name: String,
    /// The preset's name, or `custom`.
    pub scheme: String,
    /// Its lane.
    pub lane: Lane,
    /// Whether it accepts deliveries.
    pub enabled: bool,
    /// The largest body it accepts.
    pub max_body_bytes: usize,
    /// For how many days it keeps payloads, if for fewer than the stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// What else it demands of every delivery, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub demands: Vec<String>,
    /// The URL of its deliveries.
    pub url: String,
    /// All its keys, expired ones too.
    pub keys: Vec<ListedKey>,
    /// Why it has no keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A key without its secret.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ListedKey {
    /// Its id.
    pub id: String,
    /// What it is for.
    #[serde(rename = "use")]
    pub purpose: KeyUse,
    /// When it expires.
    pub not_after: Option<String>,
    /// Whether it is accepted now.
    pub live: bool,
}

impl ListedKey {
    /// The key as it is at `now`.
    pub fn new(key: &Key, now: Timestamp) -> Self {
        Self {
            id: key.id.clone(),
            purpose: key.purpose,
            not_after: key.not_after.map(format_time),
            live: key.is_live(now),
        }
    }
}

/// How all endpoints are configured, sorted by name. It reads no keys.
pub async fn configured(stack: &Stack) -> Result<Vec<Endpoint>> {
    let configs = stack.directory().endpoints().await?;
    let read = configs.iter().map(|config| Endpoint::from_json(config));
    let mut all = read.collect::<std::result::Result<Vec<_>, _>>()?;
    all.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
    Ok(all)
}

/// All endpoints, sorted by name.
pub async fn list(stack: &Stack) -> Result<Vec<ListedEndpoint>> {
    let configs = stack.directory().endpoints().await?;
    let rows = concurrently(configs.iter().map(|config| row(stack, config)));
    let mut rows: Vec<ListedEndpoint> = rows.try_collect().await?;
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(rows)
}

async fn row(stack: &Stack, config: &str) -> Result<ListedEndpoint> {
    Ok(listed(stack, &DeployedEndpoint::new(stack, config)?).await)
}

/// One endpoint as in the list. If its keys cannot be read, it has the reason.
pub async fn listed(stack: &Stack, found: &DeployedEndpoint) -> ListedEndpoint {
    let endpoint = &found.endpoint;
    let versions = stack.secrets().versions(&endpoint.name).await;
    let ring = versions.map_err(Problem::from).and_then(|both| keys(&both));
    let (ring, problem) = match ring {
        Ok(Some(ring)) => (Some(ring), None),
        Ok(None) => (None, Some(found.no_key())),
        Err(problem) => (None, Some(problem.with_causes())),
    };
    let now = (stack.now)();
    let keys = ring.iter().flat_map(domain::KeyRing::keys);
    ListedEndpoint {
        name: endpoint.name.to_string(),
        scheme: found.scheme_name().to_owned(),
        lane: endpoint.lane,
        enabled: endpoint.enabled,
        max_body_bytes: endpoint.body_limit(),
        retention_days: endpoint.retention_days.own_days(),
        demands: demands(endpoint),
        keys: keys.map(|key| ListedKey::new(key, now)).collect(),
        problem,
        url: found.url.clone(),
    }
}
