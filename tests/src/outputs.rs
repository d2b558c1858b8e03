use std::collections::BTreeMap;

use serde::Deserialize;

/// The outputs that are used here; see `terraform/outputs.tf`.
#[derive(Debug, Deserialize)]
pub struct Outputs {
    /// The command line's settings.
    pub stack: Description,
    /// `POST {base_url}/hooks/{endpoint}` is a delivery.
    pub base_url: String,
    /// Whether this is the local cloud.
    pub local: bool,
    /// The REST API.
    pub api: Api,
    /// The payload bucket.
    pub bucket: String,
    /// The tables by what they hold; none where the stack needs none.
    pub tables: BTreeMap<String, Option<String>>,
    /// The names of the secrets, by endpoint.
    pub endpoint_secrets: BTreeMap<String, String>,
    /// The subscriptions.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// The functions.
    pub functions: BTreeMap<String, Function>,
    /// The processors.
    pub processors: BTreeMap<String, Processor>,
    /// The pipe that routes new events.
    pub router: Router,
    /// Operators' rights, as IAM policies: `read` and `operate`.
    pub operator_policies: BTreeMap<String, String>,
    /// The alarms.
    pub alarms: BTreeMap<String, Alarm>,
}

/// The stack as it describes itself.
#[derive(Debug, Deserialize)]
pub struct Description {
    /// Its name.
    pub stack: String,
    /// Its domain name, if it has one.
    #[serde(default)]
    pub front_door: Option<FrontDoor>,
}

/// A domain name of the stack.
#[derive(Debug, Deserialize)]
pub struct FrontDoor {
    /// The name.
    pub domain: String,
    /// Whether the API's own name answers too.
    pub default_endpoint: bool,
    /// Whether clients must show a certificate.
    pub mtls: bool,
}

/// The router pipe.
#[derive(Debug, Deserialize)]
pub struct Router {
    /// Its name.
    pub pipe: String,
}

/// The REST API.
#[derive(Debug, Deserialize)]
pub struct Api {
    /// Its id.
    pub id: String,
    /// Its stage.
    pub stage: String,
}

/// A subscription's parts.
#[derive(Debug, Deserialize)]
pub struct Subscription {
    /// Its pipe; empty if the function `deliver` reads its queue.
    #[serde(default, deserialize_with = "or_none")]
    pub pipe: String,
    /// Its queue; a FIFO queue if it is ordered.
    pub queue_url: String,
    /// Where its events end if they cannot be processed.
    pub dlq_url: String,
}

fn or_none<'de, D: serde::Deserializer<'de>>(text: D) -> Result<String, D::Error> {
    Option::<String>::deserialize(text).map(Option::unwrap_or_default)
}

/// A function.
#[derive(Debug, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Where it logs.
    pub log_group: String,
}

/// An alarm as Terraform defines it, whether or not the stack has alarms.
#[derive(Debug, Deserialize)]
pub struct Alarm {
    /// The metric's namespace.
    pub namespace: String,
    /// The metric.
    pub metric: String,
    /// Its dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// How the values of a period are combined.
    pub statistic: String,
    /// It fires above this value.
    pub threshold: f64,
    /// Seconds.
    pub period: i32,
    /// Periods that are evaluated.
    pub evaluation_periods: i32,
    /// `GreaterThanThreshold` and similar.
    pub comparison: String,
    /// What a period without values counts as.
    pub missing_data: String,
}

/// A processor.
#[derive(Debug, Deserialize)]
pub struct Processor {
    /// `lambda`, `workflow` or `queue`.
    pub kind: String,
    /// The role of its function.
    pub role: String,
    /// Where a queue's events end if its function cannot process them.
    pub inbox_dlq_url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    // `make run` has no subscription that `deliver` reads, the suite's own stack has.
    #[test]
    fn a_stack_without_deliveries_is_one() -> Result<(), serde_json::Error> {
        let outputs: Outputs = serde_json::from_str(
            r#"{
                "stack": {"stack": "coatcheck"},
                "base_url": "http://127.0.0.1:1/v1",
                "local": true,
                "api": {"id": "a", "stage": "v1"},
                "bucket": "payloads",
                "tables": {"deliveries": null, "events": "coatcheck-events"},
                "endpoint_secrets": {},
                "subscriptions": {},
                "functions": {},
                "processors": {},
                "router": {"pipe": "coatcheck-router", "dlq_url": "d", "letters_url": "l"},
                "operator_policies": {},
                "alarms": {}
            }"#,
        )?;
        assert_eq!(outputs.tables.get("deliveries"), Some(&None));
        Ok(())
    }
}
