//! What `deliver` alone needs: to call targets that a pipe would call, and to switch its own event
//! source mapping.

mod executing;
mod invoking;
mod mapping;

use std::time::Duration;

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};

pub use executing::Executions;
pub use invoking::{Invoked, Invoking};
pub use mapping::Mapping;

/// The longest that a function can run. Who calls one ends the call earlier.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>
const LONGEST: Duration = Duration::from_mins(15);

/// One try: the caller counts tries and decides when the next one is.
fn once() -> RetryConfig {
    RetryConfig::disabled()
}

/// As long as a target needs.
fn patient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(LONGEST)
        .operation_timeout(LONGEST)
        .build()
}
