use aws::operator::Depth;

use crate::{
    Result,
    problem::refuse,
    stack::{Description, ROUTER, unknown},
};

/// The DLQ of what the direct lane stored and `admit` could not judge.
const ADMIT: &str = "admit";

/// Stands before a processor's name: a subscription may be called the same.
const PROCESSOR: &str = "processor:";

/// A DLQ, and the way out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dlq<'a> {
    /// What people call it.
    pub name: String,
    /// The queue.
    pub url: &'a str,
    /// The same queue.
    pub arn: &'a str,
    /// The way out.
    pub back: Back<'a>,
    /// Who could not take its events; none where that is many, or somebody else's.
    pub processor: Option<&'a str>,
    /// Where the pipe logs that filled it; none where no pipe did.
    pub pipe: Option<&'a str>,
}

/// Where its events go once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back<'a> {
    /// Into the queue they came from.
    Queue {
        /// The queue.
        url: &'a str,
        /// The same queue.
        arn: &'a str,
    },
    /// Through the stream, to these readers of it (`aws::Replay::to`).
    Stream {
        /// Readers.
        to: &'a str,
    },
}

impl<'a> Dlq<'a> {
    /// The router's, `admit`'s, those of the subscriptions, those of the processors' inboxes.
    pub fn all(description: &'a Description) -> Vec<Self> {
        let router = &description.router;
        let router = Self {
            name: ROUTER.to_owned(),
            url: &router.dlq_url,
            arn: &router.dlq_arn,
            // Every buffered subscription gets it once more: it is not known who had it.
            back: Back::Stream { to: "-router" },
            processor: None,
            pipe: Some(&router.pipe),
        };
        let admit = &description.admit;
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
        let subscriptions = description.subscriptions.iter().map(|(name, one)| Self {
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
        let inboxes = description.processors.iter().filter_map(|(name, one)| {
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
    pub fn named(description: &'a Description, name: &str) -> Result<Self> {
        let all = Self::all(description);
        let names: Vec<String> = all.iter().map(|dlq| dlq.name.clone()).collect();
        if let Some(found) = all.into_iter().find(|dlq| dlq.name == name) {
            return Ok(found);
        }
        let processor = name.strip_prefix(PROCESSOR);
        if let Some(processor) = processor.and_then(|name| description.processors.get(name)) {
            refuse!(
                "{name} is of kind {} and has no inbox: its events end in the DLQs of its subscriptions",
                processor.kind
            );
        }
        Err(unknown("DLQ", name, names.iter()))
    }

    /// Where a redrive brings its events.
    pub fn way(&self) -> String {
        let name = &self.name;
        match self.back {
            Back::Queue { .. } => format!("back into the queue of {name}"),
            Back::Stream { to: "-router" } => {
                "through the stream to every buffered subscription that takes them".to_owned()
            }
            Back::Stream { .. } => {
                format!("through the stream to {name}, after later events that it has had already")
            }
        }
    }

    /// Why there is nothing to be had.
    pub fn nothing(&self, depth: &Depth) -> String {
        let name = &self.name;
        match depth.in_flight {
            0 => format!("the DLQ of {name} is empty"),
            some => format!(
                "{} of the DLQ of {name} are being looked at by somebody: try again when they are back",
                messages(some)
            ),
        }
    }

    /// Where to look for why its events are here, if nobody has written it down.
    pub fn where_to_look(&self, description: &Description) -> String {
        let pipe = self.pipe.map_or_else(String::new, |pipe| {
            format!("; its pipe logs what it was answered in /aws/vendedlogs/pipes/{pipe}")
        });
        let Some(name) = self.processor else {
            return format!("nobody keeps records of why here{pipe}");
        };
        match description.processors.get(name) {
            Some(processor) if !processor.idempotency => format!(
                "{name} keeps no records: see what its function {} logs{pipe}",
                processor.function
            ),
            _ => format!(
                "no record of an event: {name} was never called with it, or could not start \
                 (`coatcheck doctor` shows what its function logs){pipe}"
            ),
        }
    }
}

/// `1 message`, `2 messages`.
pub fn messages(count: u64) -> String {
    if count == 1 {
        "1 message".to_owned()
    } else {
        format!("{count} messages")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn each_has_its_way_back() {
        let description = sample();
        let ways: Vec<(String, Back<'_>)> = Dlq::all(&description)
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
        let description = sample();
        let slow = Dlq::named(&description, "processor:slow").unwrap();
        assert_eq!(
            (slow.arn, slow.processor),
            ("arn:slow-inbox-dlq", Some("slow"))
        );
        let of = |name| Dlq::named(&description, name).unwrap_err().to_string();
        assert!(of("x").contains("router, admit, invoices, ledger, processor:slow"));
        assert!(of("processor:invoices").contains("DLQs of its subscriptions"));
    }

    #[test]
    fn an_empty_one_and_one_that_somebody_looks_at_are_told_apart() {
        let description = sample();
        let dlq = Dlq::named(&description, "invoices").unwrap();
        let empty = Depth::default();
        assert!(dlq.nothing(&empty).contains("is empty"));
        let looked_at = Depth {
            in_flight: 3,
            ..empty
        };
        assert!(dlq.nothing(&looked_at).contains("3 messages"));
    }

    #[test]
    fn it_says_where_its_events_go() {
        let description = sample();
        let of = |name| Dlq::named(&description, name).unwrap().way();
        assert_eq!(of("invoices"), "back into the queue of invoices");
        assert!(of("router").contains("every buffered subscription"));
        assert!(of("ledger").contains("after later events"));
    }

    #[test]
    fn without_a_record_it_says_where_to_look() {
        let description = sample();
        let of = |name| {
            Dlq::named(&description, name)
                .unwrap()
                .where_to_look(&description)
        };
        assert!(of("invoices").contains("invoices was never called"));
        assert!(of("invoices").contains("/aws/vendedlogs/pipes/coatcheck-invoices"));
        assert!(of("router").contains("/aws/vendedlogs/pipes/coatcheck-router"));
        let slow = of("processor:slow");
        assert!(
            slow.contains("function coatcheck-slow") && !slow.contains("vendedlogs"),
            "{slow}"
        );
    }
}
