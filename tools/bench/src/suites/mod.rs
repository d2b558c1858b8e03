//! What is measured against what.

mod behind;
mod door;
mod plan;
mod start;

use std::time::Instant;

pub(crate) use plan::{Programs, Row, Settings, Suite, name};

use crate::tls::Identity;
use plan::Bench;

/// Runs the suites, and says on standard error how far it is.
pub(crate) async fn run(programs: &Programs, settings: &Settings) -> anyhow::Result<Vec<Row>> {
    let bench = Bench {
        programs,
        settings,
        identity: Identity::new()?,
        started: Instant::now(),
    };
    let mut rows = Vec::new();
    for suite in &settings.suites {
        rows.extend(match suite {
            Suite::Start => start::measure(&bench).await?,
            Suite::Door => door::measure(&bench).await?,
            Suite::Authorizer => behind::authorizer(&bench).await?,
            Suite::Admit => behind::admit(&bench).await?,
            Suite::Processor => behind::processor(&bench).await?,
            Suite::Deliver => behind::deliver(&bench).await?,
        });
    }
    Ok(rows)
}
