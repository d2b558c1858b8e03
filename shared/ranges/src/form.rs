use serde::{Deserialize, Serialize};

/// How a provider publishes its ranges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A line for each address or range.
    Text,
    /// A JSON document, with arrays of addresses or ranges at these pointers (RFC 6901).
    Json(Vec<String>),
}
