use aws_sdk_cloudwatchlogs::Client;
use domain::{StoreError, Timestamp};

use crate::{Sdk, failure::classify};

const FILTER: &str = "logs:FilterLogEvents";

/// A page may be empty though more follow. After this many the rest is skipped.
const PAGES: usize = 20;

/// Reads the functions' logs.
#[derive(Debug, Clone)]
pub struct Logs {
    client: Client,
}

/// The lines that match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// How many.
    pub count: u64,
    /// The last of them, and when it was written.
    pub newest: Option<(Timestamp, String)>,
    /// Whether there may be more that were not read.
    pub more: bool,
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Timestamp,
    /// Distinguishes it from all others of its log group.
    pub id: String,
    /// As it was written.
    pub text: String,
}

impl Logs {
    /// Log groups of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// All lines since then that match the pattern, in order of time.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn since(
        &self,
        group: &str,
        since: Timestamp,
        pattern: Option<&str>,
    ) -> Result<Vec<LogLine>, StoreError> {
        let all = self.read(group, since, None, pattern, usize::MAX).await?;
        Ok(all.0)
    }

    /// The lines of a span of time that match the pattern, in order of time, from this many pages
    /// at most. `true`: there may be more that were not read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn between(
        &self,
        group: &str,
        (from, until): (Timestamp, Timestamp),
        pattern: &str,
        at_most: usize,
    ) -> Result<(Vec<LogLine>, bool), StoreError> {
        self.read(group, from, Some(until), Some(pattern), at_most)
            .await
    }

    async fn read(
        &self,
        group: &str,
        since: Timestamp,
        until: Option<Timestamp>,
        pattern: Option<&str>,
        at_most: usize,
    ) -> Result<(Vec<LogLine>, bool), StoreError> {
        let mut pages = self
            .client
            .filter_log_events()
            .log_group_name(group)
            .start_time(since.as_millisecond())
            .set_end_time(until.map(Timestamp::as_millisecond))
            .set_filter_pattern(pattern.map(str::to_owned))
            .into_paginator()
            .send();
        let mut lines = Vec::new();
        let (mut seen, mut more) = (0, false);
        while seen < at_most
            && let Some(page) = pages.next().await
        {
            let page = page.map_err(|error| classify(FILTER, &error))?;
            seen += 1;
            more = page.next_token.is_some();
            lines.extend(page.events.unwrap_or_default().into_iter().map(|event| {
                let at = event
                    .timestamp
                    .and_then(|ms| Timestamp::from_millisecond(ms).ok());
                LogLine {
                    at: at.unwrap_or(since),
                    id: event.event_id.unwrap_or_default(),
                    text: event.message.unwrap_or_default(),
                }
            }));
        }
        lines.sort_by_key(|line| line.at);
        Ok((lines, more))
    }

    /// The lines since then that match the pattern and that `wanted` accepts: it
    /// is applied as well, since not every cloud understands every pattern.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn lines(
        &self,
        group: &str,
        since: Timestamp,
        pattern: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Lines, StoreError> {
        let mut pages = self
            .client
            .filter_log_events()
            .log_group_name(group)
            .start_time(since.as_millisecond())
            .filter_pattern(pattern)
            .into_paginator()
            .send();
        let mut lines = Lines::default();
        let mut seen = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| classify(FILTER, &error))?;
            for event in page.events.unwrap_or_default() {
                let Some(text) = event.message.filter(|text| wanted(text)) else {
                    continue;
                };
                lines.count = lines.count.saturating_add(1);
                let at = event
                    .timestamp
                    .and_then(|ms| Timestamp::from_millisecond(ms).ok());
                let at = at.unwrap_or(since);
                if lines
                    .newest
                    .as_ref()
                    .is_none_or(|(newest, _)| *newest <= at)
                {
                    lines.newest = Some((at, text));
                }
            }
            seen += 1;
            if seen == PAGES {
                lines.more = page.next_token.is_some();
                break;
            }
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatchlogs::{
        operation::filter_log_events::FilterLogEventsOutput, types::FilteredLogEvent,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn page(next: Option<&'static str>, lines: &'static [(i64, &'static str)]) -> Rule {
        mock!(Client::filter_log_events)
            .match_requests(|call| {
                call.log_group_name() == Some("/aws/lambda/coatcheck-ingest")
                    && call.start_time() == Some(1_795_323_600_000)
                    && call.filter_pattern() == Some("{ $.level = \"ERROR\" }")
            })
            .then_output(move || {
                let event = |(at, text): &(i64, &str)| {
                    FilteredLogEvent::builder()
                        .event_id(at.to_string())
                        .timestamp(*at)
                        .message(*text)
                        .build()
                };
                FilterLogEventsOutput::builder()
                    .set_events(Some(lines.iter().map(event).collect()))
                    .set_next_token(next.map(str::to_owned))
                    .build()
            })
    }

    async fn read(pages: &[&Rule]) -> Lines {
        let logs = Logs {
            client: mock_client!(aws_sdk_cloudwatchlogs, RuleMode::Sequential, pages),
        };
        let since = "2026-11-22T05:00:00Z".parse().unwrap();
        logs.lines(
            "/aws/lambda/coatcheck-ingest",
            since,
            "{ $.level = \"ERROR\" }",
            |line| line.starts_with("bad"),
        )
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn counts_over_all_pages_and_keeps_the_newest() {
        let first = page(
            Some("1"),
            &[(1_795_323_601_000, "bad 1"), (1_795_323_603_000, "bad 3")],
        );
        let empty = page(Some("2"), &[]);
        let last = page(
            None,
            &[(1_795_323_602_000, "bad 2"), (1_795_323_604_000, "good")],
        );
        let expected = Lines {
            count: 3,
            newest: Some(("2026-11-22T05:00:03Z".parse().unwrap(), "bad 3".to_owned())),
            more: false,
        };
        assert_eq!(read(&[&first, &empty, &last]).await, expected);
    }

    #[tokio::test]
    async fn lines_come_from_all_pages_in_order_of_time() {
        let first = page(Some("1"), &[(1_795_323_603_000, "c")]);
        let last = page(None, &[(1_795_323_601_000, "a"), (1_795_323_602_000, "b")]);
        let logs = Logs {
            client: mock_client!(
                aws_sdk_cloudwatchlogs,
                RuleMode::Sequential,
                &[&first, &last]
            ),
        };
        let since = "2026-11-22T05:00:00Z".parse().unwrap();
        let pattern = Some("{ $.level = \"ERROR\" }");
        let lines = logs
            .since("/aws/lambda/coatcheck-ingest", since, pattern)
            .await;
        let texts: Vec<_> = lines.unwrap().into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["a", "b", "c"]);
    }

    #[tokio::test]
    async fn a_span_has_an_end_and_no_more_pages_than_allowed() {
        let page = |next: Option<&'static str>| {
            mock!(Client::filter_log_events)
                .match_requests(|call| {
                    call.start_time() == Some(1_795_323_600_000)
                        && call.end_time() == Some(1_795_327_200_000)
                })
                .then_output(move || {
                    let line = FilteredLogEvent::builder().message("a").build();
                    let output = FilterLogEventsOutput::builder().events(line);
                    output.set_next_token(next.map(str::to_owned)).build()
                })
        };
        for (last, at_most, lines, more) in [(None, 2, 2, false), (Some("2"), 2, 2, true)] {
            let pages = [page(Some("1")), page(last), page(None)];
            let pages: Vec<&Rule> = pages.iter().collect();
            let logs = Logs {
                client: mock_client!(aws_sdk_cloudwatchlogs, RuleMode::Sequential, &pages),
            };
            let of = |text: &str| text.parse().unwrap();
            let span = (of("2026-11-22T05:00:00Z"), of("2026-11-22T06:00:00Z"));
            let read = logs.between("/aws/lambda/x", span, "{ $.a = 1 }", at_most);
            let read = read.await.unwrap();
            assert_eq!((read.0.len(), read.1), (lines, more), "{last:?}");
        }
    }

    #[tokio::test]
    async fn gives_up_after_many_pages_and_says_so() {
        let pages: Vec<Rule> = (0..PAGES)
            .map(|at| {
                let token: &'static str = Box::leak(at.to_string().into_boxed_str());
                page(Some(token), &[])
            })
            .collect();
        let pages: Vec<&Rule> = pages.iter().collect();
        let found = read(&pages).await;
        assert!(found.more);
        assert_eq!(found.count, 0);
    }
}
