use aws::{Endpoints, operator::KeyVersions};
use domain::{Endpoint, EndpointDirectory, EndpointName, KeyRing, SchemeRef};
use signature::Scheme;

use crate::{Problem, Result, Stack, problem::WithContext as _, stack::unknown};

/// An endpoint of a stack.
#[derive(Debug)]
pub struct DeployedEndpoint {
    /// Its configuration.
    pub endpoint: Endpoint,
    /// The URL of its deliveries.
    pub url: String,
    scheme: Scheme,
}

/// Finds an endpoint by its name; an error names the ones that exist.
pub async fn find(stack: &Stack, name: &str) -> Result<DeployedEndpoint> {
    let table = stack.description.tables.endpoints.clone();
    let found = match EndpointName::try_from(name.to_owned()) {
        Ok(name) => Endpoints::new(&stack.sdk, table).find(&name).await?,
        Err(_) => None,
    };
    let Some(config) = found else {
        let all = stack.directory().endpoints().await?;
        let mut names: Vec<String> = all
            .iter()
            .filter_map(|config| Some(Endpoint::from_json(config).ok()?.name.to_string()))
            .collect();
        names.sort_unstable();
        return Err(unknown("endpoint", name, names.iter()));
    };
    DeployedEndpoint::new(stack, &config).context(format_args!("the endpoint {name}"))
}

impl DeployedEndpoint {
    pub(super) fn new(stack: &Stack, config: &str) -> Result<Self> {
        let endpoint = Endpoint::from_json(config)?;
        Ok(Self {
            url: url(
                &endpoint,
                &stack.base_url(endpoint.mtls.is_some()),
                stack.sdk.endpoint_url().is_some(),
            ),
            scheme: Scheme::of(&endpoint)?,
            endpoint,
        })
    }

    #[cfg(test)]
    pub(super) fn sample(config: &str) -> Self {
        let endpoint = Endpoint::from_json(config).unwrap();
        Self {
            url: url(&endpoint, "https://hooks.example.com/v1", false),
            scheme: Scheme::of(&endpoint).unwrap(),
            endpoint,
        }
    }

    /// How its provider signs.
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The preset's name, or `custom`.
    pub fn scheme_name(&self) -> &str {
        match &self.endpoint.scheme {
            SchemeRef::Preset(name) => name,
            SchemeRef::Custom(_) => "custom",
        }
    }

    /// What is missing if it has no key, and where one comes from.
    pub(super) fn no_key(&self) -> String {
        match self.scheme.key_set_url() {
            Some(url) => format!("no key yet: `watch` reads them from {url} every five minutes"),
            None => format!(
                "no key yet: `coatcheck endpoints rotate-key {}` creates one",
                self.endpoint.name
            ),
        }
    }

    /// The keys that the functions accept; an error if there are none.
    pub async fn ring(&self, stack: &Stack) -> Result<KeyRing> {
        let name = &self.endpoint.name;
        let versions = stack.secrets().versions(name).await?;
        let ring = keys(&versions).context(format_args!("{name} has no usable key"))?;
        ring.ok_or_else(|| Problem::Refused(format!("{name} has {}", self.no_key())))
    }
}

/// The keys that the functions accept, those of the current version first; none if the
/// secret has no value.
pub(super) fn keys(versions: &KeyVersions) -> Result<Option<KeyRing>> {
    let previous = versions.previous.as_ref().map(domain::Secret::expose);
    let Some(current) = &versions.current else {
        return Ok(None);
    };
    KeyRing::from_versions(current.expose(), previous)
        .map(Some)
        .map_err(|problem| Problem::Refused(problem.to_string()))
}

/// The URL that the provider was given, if it is configured, else the stack's own. A local cloud
/// is reached by its own alone.
fn url(endpoint: &Endpoint, base: &str, is_local: bool) -> String {
    match &endpoint.url {
        Some(url) if !is_local => url.clone(),
        _ => format!("{base}{}/{}", endpoint.lane.path(), endpoint.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_goes_where_the_provider_was_told_to_send_it() {
        let endpoint = |json: &str| Endpoint::from_json(json).unwrap();
        let plain = endpoint(r#"{"name":"a","scheme":"github"}"#);
        let own = endpoint(r#"{"name":"a","scheme":"square","url":"https://hooks.example.com/a"}"#);
        let base = "https://x.execute-api.eu-central-1.amazonaws.com/v1";
        assert_eq!(url(&plain, base, false), format!("{base}/hooks/a"));
        assert_eq!(url(&own, base, false), "https://hooks.example.com/a");
        assert_eq!(url(&own, base, true), format!("{base}/hooks/a"));
        let direct = endpoint(r#"{"name":"a","scheme":"github","lane":"direct"}"#);
        assert_eq!(url(&direct, base, false), format!("{base}/direct/a"));
    }

    #[test]
    fn a_secret_without_a_value_differs_from_one_that_is_not_a_key() {
        let versions = |current: Option<&str>| KeyVersions {
            current: current.map(domain::Secret::new),
            previous: None,
        };
        assert!(keys(&versions(None)).unwrap().is_none());
        assert!(keys(&versions(Some("{"))).is_err());
        assert_eq!(keys(&versions(Some("k"))).unwrap().unwrap().keys().len(), 1);
    }
}
