//! Names on which a function's environment and its surroundings agree.

/// The only table whose items the stub of DynamoDB knows.
pub(crate) const ENDPOINTS_TABLE: &str = "bench-endpoints";

/// The path of the destination that `deliver` sends to.
pub(crate) const DESTINATION: &str = "/destination";
