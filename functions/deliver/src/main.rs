//! Sends the events of a subscription to an HTTP destination, or to another target at a pace it
//! can bear.

mod config;
mod destination;
mod event;
mod http;

use config::{Config, DestinationConfig};
use runtime::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    runtime::telemetry(module_path!())?;
    let config = Config::read(Settings::of_process())?;
    let sdk = aws::load().await;
    if let DestinationConfig::Http(http) = config.destination {
        http::Http::new(&sdk, &http, config.secret_id.unwrap_or_default())?;
    }
    Ok(())
}
