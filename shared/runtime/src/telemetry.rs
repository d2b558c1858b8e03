use tracing::{Level, Metadata, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{Settings, SettingsProblem};

/// Our crates that functions share, and whose lines are ours.
const SHARED: [&str; 7] = [
    "aws",
    "domain",
    "intake",
    "coatcheck_processor",
    "runtime",
    "coatcheck_signature",
    "wire",
];

/// One JSON object per line on standard output, which Lambda hands to CloudWatch Logs.
/// `LOG_LEVEL` is `error`, `warn`, `info` (the default) or `debug`, for our own crates:
/// the shared ones and the one of `own`, a path that begins with its name.
///
/// Other crates write only warnings and errors, whatever is set: `lambda_runtime` and
/// the SDK print whole events, with their tokens, signatures and bodies.
///
/// # Errors
/// [`SettingsProblem`] if `LOG_LEVEL` is none of these. Do not start.
pub fn init(own: &'static str) -> Result<(), SettingsProblem> {
    let mut settings = Settings::of_process();
    let level = level(&mut settings);
    settings.done()?;
    let passes = filter_fn(move |line| is_written(line, own, level));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_filter(passes.with_max_level_hint(LevelFilter::from_level(level)));
    tracing_subscriber::registry().with(lines).init();
    Ok(())
}

fn level<R: Fn(&str) -> Option<String>>(settings: &mut Settings<R>) -> Level {
    match settings.choice("LOG_LEVEL", &["error", "warn", "info", "debug"]) {
        Some("error") => Level::ERROR,
        Some("warn") => Level::WARN,
        Some("debug") => Level::DEBUG,
        _ => Level::INFO,
    }
}

/// Spans hold ids, and are written only with a line.
fn is_written(line: &Metadata<'_>, own: &str, level: Level) -> bool {
    let of = |path: &str| path.split("::").next().unwrap_or_default().to_owned();
    let from = of(line.target());
    let is_ours = from == of(own) || SHARED.contains(&from.as_str());
    let cap = match (is_ours, line.is_span()) {
        (true, _) => Level::DEBUG,
        (false, true) => Level::INFO,
        (false, false) => Level::WARN,
    };
    *line.level() <= level.min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_of_four_and_anything_else_stops_the_function() {
        for (text, known) in [
            (None, Some(Level::INFO)),
            (Some("error"), Some(Level::ERROR)),
            (Some("warn"), Some(Level::WARN)),
            (Some("info"), Some(Level::INFO)),
            (Some("debug"), Some(Level::DEBUG)),
            (Some("trace"), None),
            (Some("DEBUG"), None),
            (Some("ingest=trace"), None),
            (Some(""), None),
        ] {
            let mut settings = Settings::new(|_: &str| text.map(str::to_owned));
            let level = level(&mut settings);
            match (settings.done(), known) {
                (Ok(()), Some(known)) => assert_eq!(level, known, "{text:?}"),
                (Err(problem), None) => assert_eq!(
                    problem.to_string(),
                    "settings: LOG_LEVEL must be error, warn, info or debug",
                ),
                (outcome, _) => panic!("{text:?}: {outcome:?}"),
            }
        }
    }
}
