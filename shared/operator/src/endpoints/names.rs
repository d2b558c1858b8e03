use domain::EndpointName;
use serde_json::Value;

use crate::{Result, Stack};

/// The names of all endpoints, sorted, with one request. Whether this version can use their
/// configurations is another matter.
pub async fn names(stack: &Stack) -> Result<Vec<EndpointName>> {
    let configs = stack.directory().endpoints().await?;
    let mut names: Vec<EndpointName> = configs.iter().filter_map(|config| name(config)).collect();
    names.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    Ok(names)
}

fn name(config: &str) -> Option<EndpointName> {
    let config: Value = serde_json::from_str(config).ok()?;
    config.get("name")?.as_str()?.to_owned().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_named_whatever_else_its_configuration_says() {
        let found = name(r#"{"name":"stripe","scheme":{"of":"tomorrow"}}"#);
        assert_eq!(found.unwrap().as_str(), "stripe");
        assert!(name("{}").is_none() && name("no").is_none());
    }
}
