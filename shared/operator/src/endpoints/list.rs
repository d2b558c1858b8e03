use domain::{Key, KeyUse, Lane, Timestamp, format_time};
use futures_util::TryStreamExt;
use serde::Serialize;

use super::found::{Found, keys, versions};
use crate::{Result, Stack, few::few};

/// One endpoint, as it is told.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The preset's name, or `custom`.
    pub scheme: String,
    /// Its lane.
    pub lane: Lane,
    /// Whether it takes anything.
    pub enabled: bool,
    /// The longest body it takes.
    pub max_body_bytes: usize,
    /// Where its deliveries go to.
    pub url: String,
    /// All its keys, also those that have ended.
    pub keys: Vec<ListedKey>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A key without its secret.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ListedKey {
    /// What it is called.
    pub id: String,
    /// What it is for.
    #[serde(rename = "use")]
    pub purpose: KeyUse,
    /// When it ends.
    pub not_after: Option<String>,
    /// Whether it is accepted now.
    pub live: bool,
}

impl ListedKey {
    /// As it is at this moment.
    pub fn new(key: &Key, now: Timestamp) -> Self {
        Self {
            id: key.id.clone(),
            purpose: key.purpose,
            not_after: key.not_after.map(format_time),
            live: key.is_live(now),
        }
    }
}

/// All endpoints, by their names.
pub async fn list(stack: &Stack) -> Result<Vec<Listed>> {
    let configs = stack.directory().endpoints().await?;
    let rows = few(configs.iter().map(|config| row(stack, config)));
    let mut rows: Vec<Listed> = rows.try_collect().await?;
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(rows)
}

/// Keys that cannot be read are no reason to tell nothing of the rest.
async fn row(stack: &Stack, config: &str) -> Result<Listed> {
    let found = Found::new(stack, config)?;
    let endpoint = &found.endpoint;
    let ring = match versions(stack, &endpoint.name).await {
        Ok(versions) => keys(&versions),
        Err(problem) => Err(problem),
    };
    let (ring, problem) = match ring {
        Ok(Some(ring)) => (Some(ring), None),
        Ok(None) => {
            let step = format!(
                "no key yet: `coatcheck endpoints rotate-key {}` makes one",
                endpoint.name
            );
            (None, Some(step))
        }
        Err(problem) => (None, Some(problem.whole())),
    };
    let now = (stack.now)();
    let keys = ring.iter().flat_map(domain::KeyRing::keys);
    Ok(Listed {
        name: endpoint.name.to_string(),
        scheme: found.scheme_name().to_owned(),
        lane: endpoint.lane,
        enabled: endpoint.enabled,
        max_body_bytes: endpoint.body_limit(),
        keys: keys.map(|key| ListedKey::new(key, now)).collect(),
        problem,
        url: found.url,
    })
}
