use anyhow::{Result, bail};

use crate::{
    stack::{Description, unknown},
    subscriptions::ROUTER,
};

/// The DLQ of what the direct lane stored and `admit` could not judge.
const ADMIT: &str = "admit";

/// Stands before a processor's name: a subscription may be called the same.
const PROCESSOR: &str = "processor:";

/// A DLQ, and the way out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dlq<'a> {
    pub(crate) name: String,
    pub(crate) url: &'a str,
    pub(crate) arn: &'a str,
    pub(crate) back: Back<'a>,
    /// Who could not take its events; none where that is many, or somebody else's.
    pub(crate) processor: Option<&'a str>,
    /// Where the pipe logs that filled it; none where no pipe did.
    pub(crate) pipe: Option<&'a str>,
}

/// Where its events go once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Back<'a> {
    /// Into the queue they came from.
    Queue { url: &'a str, arn: &'a str },
    /// Through the stream, to these readers of it (`aws::Replay::to`).
    Stream { to: &'a str },
}

impl<'a> Dlq<'a> {
    /// The router's, `admit`'s, those of the subscriptions, those of the processors' inboxes.
    pub(crate) fn all(made_of: &'a Description) -> Vec<Self> {
        let router = &made_of.router;
        let router = Self {
            name: ROUTER.to_owned(),
            url: &router.dlq_url,
            arn: &router.dlq_arn,
            // Every buffered subscription gets it once more: it is not known who had it.
            back: Back::Stream { to: "-router" },
            processor: None,
            pipe: Some(&router.pipe),
        };
        let admit = &made_of.admit;
        let admit = Self {
            name: ADMIT.to_owned(),
            url: &admit.dlq_url,
            arn: &admit.dlq_arn,
            back: Back::Queue {
                url: &admit.queue_url,
                arn: &admit.queue_arn,
            },
            processor: None,
            pipe: None,
        };
        let subscriptions = made_of.subscriptions.iter().map(|(name, one)| Self {
            name: name.clone(),
            url: &one.dlq_url,
            arn: &one.dlq_arn,
            back: match (&one.queue_url, &one.queue_arn) {
                (Some(url), Some(arn)) => Back::Queue { url, arn },
                _ => Back::Stream { to: name },
            },
            processor: one.target.processor.as_deref(),
            pipe: Some(&one.pipe),
        });
        let inboxes = made_of.processors.iter().filter_map(|(name, one)| {
            Some(Self {
                name: format!("{PROCESSOR}{name}"),
                url: one.inbox_dlq_url.as_deref()?,
                arn: one.inbox_dlq_arn.as_deref()?,
                back: Back::Queue {
                    url: one.inbox_url.as_deref()?,
                    arn: one.inbox_arn.as_deref()?,
                },
                processor: Some(name),
                pipe: None,
            })
        });
        [router, admit]
            .into_iter()
            .chain(subscriptions)
            .chain(inboxes)
            .collect()
    }

    /// The one of this name, or an error that names those there are.
    pub(crate) fn named(made_of: &'a Description, name: &str) -> Result<Self> {
        let all = Self::all(made_of);
        let names: Vec<String> = all.iter().map(|dlq| dlq.name.clone()).collect();
        if let Some(found) = all.into_iter().find(|dlq| dlq.name == name) {
            return Ok(found);
        }
        let processor = name.strip_prefix(PROCESSOR);
        if let Some(processor) = processor.and_then(|name| made_of.processors.get(name)) {
            bail!(
                "{name} is of kind {} and has no inbox: its events end in the DLQs of its subscriptions",
                processor.kind
            );
        }
        Err(unknown("DLQ", name, names.iter()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn each_has_its_way_back() {
        let made_of = sample();
        let ways: Vec<(String, Back<'_>)> = Dlq::all(&made_of)
            .into_iter()
            .map(|dlq| (dlq.name, dlq.back))
            .collect();
        let queue = |url, arn| Back::Queue { url, arn };
        let expected = [
            ("router", Back::Stream { to: "-router" }),
            ("admit", queue("https://sqs/admit", "arn:admit")),
            ("invoices", queue("https://sqs/invoices", "arn:invoices")),
            ("ledger", Back::Stream { to: "ledger" }),
            (
                "processor:slow",
                queue("https://sqs/slow-inbox", "arn:slow-inbox"),
            ),
        ];
        assert_eq!(ways, expected.map(|(name, back)| (name.to_owned(), back)));
    }

    #[test]
    fn what_is_none_is_answered_with_those_there_are() {
        let made_of = sample();
        let slow = Dlq::named(&made_of, "processor:slow").unwrap();
        assert_eq!(
            (slow.arn, slow.processor),
            ("arn:slow-inbox-dlq", Some("slow"))
        );
        let of = |name| Dlq::named(&made_of, name).unwrap_err().to_string();
        assert!(of("x").contains("router, admit, invoices, ledger, processor:slow"));
        assert!(of("processor:invoices").contains("DLQs of its subscriptions"));
    }
}
