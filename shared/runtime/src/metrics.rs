use std::io::Write;

use domain::{Timestamp, format_time};
use serde_json::{Map, Value, json};

/// The namespace of all our metrics.
const NAMESPACE: &str = "Coatcheck";

/// The longest value that CloudWatch accepts for a dimension.
const DIMENSION_MAX_BYTES: usize = 1024;

/// A metric's unit, as CloudWatch names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// A size.
    Bytes,
    /// A time.
    Milliseconds,
    /// Not said, for a line of which there is one for each delivery: every byte of it is paid for. The metric's name or
    /// its documentation says what it counts.
    None,
}

/// One log line in CloudWatch's embedded metric format: `CloudWatch` Logs turns it into metrics,
/// without an API call. Every metric has the dimension `Stack`, and, in addition, each set of
/// dimensions added by [`per`](Metrics::per): each combination of their values is a metric that
/// costs money, so they are few, and never something that a stranger can make up.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
#[derive(Debug, Clone)]
pub struct Metrics {
    members: Map<String, Value>,
    dimensions: Vec<Vec<&'static str>>,
    metrics: Vec<(&'static str, Unit)>,
}

impl Metrics {
    /// A line of the stack of this name, without metrics so far.
    #[must_use]
    pub fn of(stack: &str) -> Self {
        let mut line = Self {
            members: Map::new(),
            dimensions: vec![vec![STACK]],
            metrics: Vec::new(),
        };
        line.set(STACK, dimension(stack));
        line
    }

    /// Gives every metric of the line again, by these dimensions and `Stack`.
    #[must_use]
    pub fn per(mut self, dimensions: &[(&'static str, &str)]) -> Self {
        let mut names = vec![STACK];
        for (name, value) in dimensions {
            self.set(name, dimension(value));
            names.push(name);
        }
        self.dimensions.push(names);
        self
    }

    /// Adds a member to search the log by; it is neither metric nor dimension.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into());
        self
    }

    /// Adds a metric's values, at most 100.
    #[must_use]
    pub fn metric(mut self, name: &'static str, unit: Unit, values: &[u64]) -> Self {
        let value = match values {
            [one] => Value::from(*one),
            all => Value::from(all),
        };
        self.set(name, value);
        self.metrics.push((name, unit));
        self
    }

    /// The line, as of this moment.
    #[must_use]
    pub fn line(mut self, at: Timestamp) -> String {
        let metrics: Vec<Value> = self
            .metrics
            .iter()
            .map(|(name, unit)| match unit {
                // The specification makes it optional.
                Unit::None => json!({"Name": name}),
                unit => json!({"Name": name, "Unit": format!("{unit:?}")}),
            })
            .collect();
        self.set("timestamp", format_time(at).into());
        self.set(
            "_aws",
            json!({
                "Timestamp": at.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": self.dimensions,
                    "Metrics": metrics,
                }],
            }),
        );
        Value::Object(self.members).to_string()
    }

    /// Writes the line to standard output, in one piece. A line that cannot be
    /// written loses a metric, never a delivery.
    pub fn write(self, at: Timestamp) {
        let mut line = self.line(at);
        line.push('\n');
        let _lost = std::io::stdout().lock().write_all(line.as_bytes());
    }

    fn set(&mut self, name: &str, value: Value) {
        self.members.insert(name.to_owned(), value);
    }
}

const STACK: &str = "Stack";

/// CloudWatch accepts printable ASCII, and no empty text.
fn dimension(value: &str) -> Value {
    let mut text: String = value.escape_default().collect();
    text.truncate(DIMENSION_MAX_BYTES);
    if text.is_empty() {
        text.push('-');
    }
    Value::String(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(metrics: Metrics) -> Value {
        let at = "2026-11-22T05:00:00.250Z".parse().unwrap();
        serde_json::from_str(&metrics.line(at)).unwrap()
    }

    #[test]
    fn is_what_cloudwatch_reads() {
        let line = line(
            Metrics::of("coatcheck")
                .per(&[("Endpoint", "stripe")])
                .per(&[("Endpoint", "stripe"), ("Reason", "signature_mismatch")])
                .with("ref", "stripe/evt_1")
                .metric("DeliveriesDuplicate", Unit::Count, &[1])
                .metric("DeliveryBytes", Unit::None, &[1_000])
                .metric("EventAge", Unit::Milliseconds, &[250, 300]),
        );
        assert_eq!(
            line,
            json!({
                "_aws": {
                    "Timestamp": 1_795_323_600_250_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Coatcheck",
                        "Dimensions": [["Stack"], ["Stack", "Endpoint"], ["Stack", "Endpoint", "Reason"]],
                        "Metrics": [
                            {"Name": "DeliveriesDuplicate", "Unit": "Count"},
                            {"Name": "DeliveryBytes"},
                            {"Name": "EventAge", "Unit": "Milliseconds"},
                        ],
                    }],
                },
                "timestamp": "2026-11-22T05:00:00.250Z",
                "Stack": "coatcheck",
                "Endpoint": "stripe",
                "Reason": "signature_mismatch",
                "ref": "stripe/evt_1",
                "DeliveriesDuplicate": 1,
                "DeliveryBytes": 1_000,
                "EventAge": [250, 300],
            })
        );
    }

    #[test]
    fn a_dimension_is_printable_and_not_empty() {
        let line = line(
            Metrics::of("")
                .per(&[("Type", "é\n\"")])
                .per(&[("Long", &"a".repeat(2000))]),
        );
        assert_eq!(line["Stack"], "-");
        assert_eq!(line["Type"], r#"\u{e9}\n\""#);
        assert_eq!(line["Long"].as_str().unwrap().len(), DIMENSION_MAX_BYTES);
    }
}
