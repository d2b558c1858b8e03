use domain::format_time;
use serde::Serialize;

use super::words::{Alert, Facts, Words};
use crate::alerts::{decide::News, trouble::Trouble};

/// A custom notification. The service names every field and no length; ours are short.
/// `default` of the topic's message, so queues and functions that listen get it too.
#[derive(Serialize)]
pub(super) struct Notification {
    version: &'static str,
    source: &'static str,
    id: String,
    content: Content,
    metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    text_type: &'static str,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next_steps: Vec<String>,
    keywords: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    /// All that is said about one trouble, from its beginning to its end, is one thread.
    thread_id: String,
    summary: String,
    event_type: &'static str,
    related_resources: Vec<String>,
    additional_context: Context,
}

/// For programs: every value is text.
#[derive(Serialize)]
struct Context {
    stack: String,
    region: String,
    trouble: String,
    news: &'static str,
    since: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<String>,
}

impl Notification {
    pub(super) fn of(alert: &Alert<'_>, words: &Words) -> Self {
        let stack = alert.watched.stack.clone();
        let (since, at) = (format_time(alert.since), format_time(alert.now));
        let thread = format!("{stack}/{}/{since}", alert.trouble);
        let mut description = words.lines.clone();
        description.extend(words.list.iter().map(|line| format!("• {line}")));
        let (event_type, keyword) = match alert.trouble {
            Trouble::DeadLetters(_) => ("CoatcheckDeadLetters", "dead letters"),
            Trouble::PipeDown(_) => ("CoatcheckPipeDown", "pipe"),
            Trouble::DestinationFails(_) => ("CoatcheckDestinationFails", "destination"),
            Trouble::DestinationGone(_) => ("CoatcheckDestinationGone", "destination"),
            Trouble::MostRefused(_) => ("CoatcheckMostRefused", "refused deliveries"),
        };
        Self {
            version: "1.0",
            source: "custom",
            id: format!("{thread}/{at}"),
            content: Content {
                text_type: "client-markdown",
                title: words.title.clone(),
                description: description.join("\n"),
                next_steps: words.steps.clone(),
                keywords: vec![stack.clone(), keyword.to_owned()],
            },
            metadata: Metadata {
                thread_id: thread,
                summary: words.title.clone(),
                event_type,
                related_resources: vec![alert.trouble.name().to_owned()],
                additional_context: Context {
                    stack,
                    region: alert.watched.region.clone(),
                    trouble: alert.trouble.to_string(),
                    news: match alert.news {
                        News::Began => "began",
                        News::Grew => "grew",
                        News::Lasts => "lasts",
                        News::Over => "over",
                        News::Gone => "gone",
                    },
                    since,
                    at,
                    count: match alert.facts {
                        Facts::DeadLetters(count, _) => Some(count.to_string()),
                        _ => None,
                    },
                },
            },
        }
    }
}
