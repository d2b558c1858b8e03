use std::time::Duration;

use runtime::Settings;

const AT_ONCE: u32 = 8;

/// A processor's settings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) stack: String,
    pub(crate) processor: String,
    pub(crate) at_once: usize,
    pub(crate) event_timeout: Option<Duration>,
    pub(crate) keeps_order: bool,
    /// `None`: idempotency is off.
    pub(crate) processed: Option<ProcessedTable>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProcessedTable {
    pub(crate) table: String,
    pub(crate) ttl: Duration,
    /// Whether an event is claimed before its handler runs; otherwise it is only marked afterwards.
    pub(crate) claims: bool,
}

impl Config {
    /// What is missing or unreadable is a problem of `settings`.
    pub(crate) fn of<R: Fn(&str) -> Option<String>>(settings: &mut Settings<R>) -> Self {
        let at_once = settings.optional_number("EVENTS_AT_ONCE", 1..=100);
        let event_timeout = settings.optional_number("EVENT_TIMEOUT_S", 1..=900);
        let record = settings.choice("RECORD", &["claim", "mark"]);
        Self {
            stack: settings.text("STACK"),
            processor: settings.text("PROCESSOR"),
            at_once: at_once.unwrap_or(AT_ONCE) as usize,
            event_timeout: event_timeout.map(|seconds| Duration::from_secs(seconds.into())),
            keeps_order: settings.switch("KEEP_ORDER", false),
            processed: settings
                .switch("IDEMPOTENCY", true)
                .then(|| ProcessedTable {
                    table: settings.text("PROCESSED_TABLE"),
                    ttl: Duration::from_hours(
                        24 * u64::from(settings.number("PROCESSED_TTL_DAYS", 1..=3650)),
                    ),
                    claims: record != Some("mark"),
                }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Config, String> {
        let set = |name: &str| {
            let found = set.iter().find(|(have, _)| *have == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut settings = Settings::new(set);
        let config = Config::of(&mut settings);
        let done = settings.done();
        done.map(|()| config).map_err(|problem| problem.to_string())
    }

    #[test]
    fn the_settings_are_as_documented() {
        let mut set = vec![
            ("STACK", "coatcheck"),
            ("PROCESSOR", "invoices"),
            ("PROCESSED_TABLE", "coatcheck-processed"),
            ("PROCESSED_TTL_DAYS", "90"),
        ];
        let mut config = Config {
            stack: "coatcheck".to_owned(),
            processor: "invoices".to_owned(),
            at_once: 8,
            event_timeout: None,
            keeps_order: false,
            processed: Some(ProcessedTable {
                table: "coatcheck-processed".to_owned(),
                ttl: Duration::from_hours(90 * 24),
                claims: true,
            }),
        };
        assert_eq!(read(&set).as_ref(), Ok(&config));

        set.push(("RECORD", "mark"));
        let claims = |config: &Config| config.processed.as_ref().unwrap().claims;
        assert!(!claims(&read(&set).unwrap()));
        set.pop();

        set.extend([
            ("EVENTS_AT_ONCE", "2"),
            ("EVENT_TIMEOUT_S", "5"),
            ("KEEP_ORDER", "on"),
            ("IDEMPOTENCY", "off"),
        ]);
        config.at_once = 2;
        config.event_timeout = Some(Duration::from_secs(5));
        config.keeps_order = true;
        config.processed = None;
        assert_eq!(read(&set), Ok(config));
    }

    #[test]
    fn every_problem_is_named() {
        let problem = read(&[
            ("KEEP_ORDER", "yes"),
            ("EVENTS_AT_ONCE", "0"),
            ("RECORD", "no"),
        ])
        .unwrap_err();
        for name in [
            "STACK",
            "PROCESSOR",
            "PROCESSED_TABLE",
            "PROCESSED_TTL_DAYS",
            "KEEP_ORDER",
            "EVENTS_AT_ONCE",
            "RECORD",
        ] {
            assert!(problem.contains(name), "{problem}");
        }
    }
}
