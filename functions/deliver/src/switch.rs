//! Switches the mapping off that feeds the function, while the subscription is paused.

use std::time::Duration;

use aws::BreakerState;
use domain::{StoreError, with_causes};
use tokio::time::{Instant, sleep};
use tracing::{error, info, warn};

use crate::ports::{BreakerStore, Switch};

/// How long to wait for a mapping that is being changed.
const AGAIN: Duration = Duration::from_secs(2);

/// A person may have resumed the subscription since this invocation looked: then the mapping is
/// switched on again, by `until`.
pub(crate) async fn switch_off<P: Switch + BreakerStore>(ports: &P, until: Instant) {
    match off(ports).await {
        Ok(BreakerState::Paused) => {}
        Ok(_) => on_again(ports, until).await,
        Err(problem) => warn!(
            cause = with_causes(&problem),
            "the subscription is paused, but its mapping could not be switched off: the next batch tries again"
        ),
    }
}

/// Returns the breaker's state afterwards.
async fn off<P: Switch + BreakerStore>(ports: &P) -> Result<BreakerState, StoreError> {
    // Where it is being changed already, the next batch switches it.
    ports.switch(false).await?;
    Ok(ports.breaker().await?.state)
}

/// No batch comes after this one to try again: so it is tried here as long as there is time. At
/// first the mapping is still being switched off.
async fn on_again<P: Switch>(ports: &P, until: Instant) {
    loop {
        match ports.switch(true).await {
            Ok(true) => return info!("the subscription was resumed meanwhile"),
            Ok(false) => {}
            Err(problem) => warn!(
                cause = with_causes(&problem),
                "the mapping could not be switched on"
            ),
        }
        if Instant::now() + AGAIN > until {
            return error!(
                "the subscription was resumed, but its mapping could not be switched on: resume it again"
            );
        }
        sleep(AGAIN).await;
    }
}
