use tracing::level_filters::LevelFilter;

use crate::Settings;

/// One JSON object per line on standard output, which Lambda hands to
/// CloudWatch Logs. `LOG_LEVEL` is `error`, `warn`, `info` (the default) or `debug`.
pub fn init() {
    let level = Settings::of_process()
        .optional("LOG_LEVEL")
        .and_then(|text| text.parse().ok());
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(level.unwrap_or(LevelFilter::INFO))
        .init();
}
