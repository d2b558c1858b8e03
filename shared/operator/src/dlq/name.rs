use aws::operator::Depth;

use crate::{
    Result, in_queue, plural,
    problem::refuse,
    stack::{FAN, ROUTER, StackDescription, unknown},
};

/// The DLQ of objects of the direct lane that `admit` could not process.
const ADMIT: &str = "admit";

/// Prefix of a processor's name: a subscription may have the same one.
const PROCESSOR: &str = "processor:";

/// A DLQ, and where a redrive sends its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dlq<'a> {
    /// Its name on the command line.
    pub name: String,
    /// The queue's URL.
    pub url: &'a str,
    /// The queue's ARN.
    pub arn: &'a str,
    /// Where a redrive sends its messages.
    pub return_path: ReturnPath<'a>,
    /// The processor that gave the events up; none if there are many, or if the target is not one.
    pub processor: Option<&'a str>,
    /// The pipe that filled it; none if no pipe did.
    pub pipe: Option<&'a str>,
}

/// Where the messages of a DLQ go in a redrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnPath<'a> {
    /// Back to the queue they came from.
    Queue {
        /// The queue's URL.
        url: &'a str,
        /// The queue's ARN.
        arn: &'a str,
    },
    /// Through the stream, to these readers of it (`aws::Replay::to`).
    Stream {
        /// The readers.
        to: &'a str,
    },
}

impl<'a> Dlq<'a> {
    /// All DLQs: the router's, `admit`'s, `fan`'s, the subscriptions', then those of processors' inboxes.
    pub fn all(description: &'a StackDescription) -> Vec<Self> {
        let router = &description.router;
        let router = Self {
            name: ROUTER.to_owned(),
            url: &router.dlq_url,
            arn: &router.dlq_arn,
            // Every buffered subscription gets it again: which one had it is not known.
            return_path: ReturnPath::Stream { to: "-router" },
            processor: None,
            pipe: Some(&router.pipe),
        };
        // Every ordered subscription gets it again.
        let fan = description.fan.as_ref().map(|fan| Self {
            name: FAN.to_owned(),
            url: &fan.dlq_url,
            arn: &fan.dlq_arn,
            return_path: ReturnPath::Stream { to: "-fan" },
            processor: None,
            pipe: Some(&fan.pipe),
        });
        let admit = &description.admit;
        let admit = Self {
            name: ADMIT.to_owned(),
            url: &admit.dlq_url,
            arn: &admit.dlq_arn,
            return_path: ReturnPath::Queue {
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
            return_path: ReturnPath::Queue {
                url: &one.queue_url,
                arn: &one.queue_arn,
            },
            // What `deliver` sends it records under the name of its function.
            processor: match &one.deliver {
                Some(deliver) => deliver
                    .function
                    .strip_prefix(&description.stack)
                    .and_then(|name| name.strip_prefix('-')),
                None => one.target.processor.as_deref(),
            },
            pipe: one.pipe.as_deref(),
        });
        let inboxes = description.processors.iter().filter_map(|(name, one)| {
            Some(Self {
                name: format!("{PROCESSOR}{name}"),
                url: one.inbox_dlq_url.as_deref()?,
                arn: one.inbox_dlq_arn.as_deref()?,
                return_path: ReturnPath::Queue {
                    url: one.inbox_url.as_deref()?,
                    arn: one.inbox_arn.as_deref()?,
                },
                processor: Some(name),
                pipe: None,
            })
        });
        [router, admit]
            .into_iter()
            .chain(fan)
            .chain(subscriptions)
            .chain(inboxes)
            .collect()
    }

    /// The DLQ of this name; an error names the ones that exist.
    pub fn named(description: &'a StackDescription, name: &str) -> Result<Self> {
        let all = Self::all(description);
        let names: Vec<String> = all.iter().map(|dlq| dlq.name.clone()).collect();
        if let Some(found) = all.into_iter().find(|dlq| dlq.name == name) {
            return Ok(found);
        }
        let processor = name.strip_prefix(PROCESSOR);
        if let Some(processor) = processor.and_then(|name| description.processors.get(name)) {
            refuse!(
                "{name} is of kind {} and has no inbox: its events end up in the DLQs of its subscriptions",
                processor.kind
            );
        }
        Err(unknown("DLQ", name, names.iter()))
    }

    /// Whether it is a FIFO queue, as the DLQ of an ordered subscription is.
    pub fn is_fifo(&self) -> bool {
        self.url.ends_with(".fifo")
    }

    /// What to know about messages that are there and could not be seen; none if all were. SQS
    /// gives the first messages of a group only, until these are deleted.
    pub fn unseen(&self, seen: usize, depth: &Depth) -> Option<String> {
        let seen = u64::try_from(seen).unwrap_or(u64::MAX);
        let unseen = in_queue(depth).saturating_sub(seen);
        (self.is_fifo() && unseen > 0).then(|| {
            format!(
                "about {} more cannot be seen: each is behind others of its ordering key, and SQS gives only the first \
                 ones of a key until they are moved or deleted",
                plural(unseen, "message")
            )
        })
    }

    /// Where a redrive sends its events, for people.
    pub fn describe_path(&self) -> String {
        let name = &self.name;
        match self.return_path {
            ReturnPath::Queue { .. } if self.is_fifo() => format!(
                "back to the queue of {name}, in the order in which they were given up, after later events that it has \
                 already received"
            ),
            ReturnPath::Queue { .. } => format!("back to the queue of {name}"),
            ReturnPath::Stream { to: "-fan" } => {
                "through the stream to every ordered subscription that takes them, after later events that it has \
                 already received"
                    .to_owned()
            }
            ReturnPath::Stream { .. } => {
                "through the stream to every buffered subscription that takes them".to_owned()
            }
        }
    }

    /// Why no message can be read.
    pub fn why_empty(&self, depth: &Depth) -> String {
        let name = &self.name;
        match depth.in_flight {
            0 => format!("the DLQ of {name} is empty"),
            some => format!(
                "another reader holds {} of the DLQ of {name}: try again in a minute",
                plural(some, "message")
            ),
        }
    }

    /// Where to look for the reason of a dead letter without a record.
    pub fn where_to_look(&self, description: &StackDescription) -> String {
        let pipe = self.pipe.map_or_else(String::new, |pipe| {
            format!("; its pipe logs the responses of its target in /aws/vendedlogs/pipes/{pipe}")
        });
        let Some(name) = self.processor else {
            return format!("there are no records of the reason{pipe}");
        };
        match description.processors.get(name) {
            Some(processor) if !processor.idempotency => format!(
                "{name} keeps no records: see the log of its function {}{pipe}",
                processor.function
            ),
            _ => format!(
                "without a record: {name} was never called with the event, or could not start \
                 (`coatcheck doctor` shows the errors in its log){pipe}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn each_has_its_return_path() {
        let description = sample();
        let ways: Vec<(String, ReturnPath<'_>)> = Dlq::all(&description)
            .into_iter()
            .map(|dlq| (dlq.name, dlq.return_path))
            .collect();
        let queue = |url, arn| ReturnPath::Queue { url, arn };
        let expected = [
            ("router", ReturnPath::Stream { to: "-router" }),
            ("admit", queue("https://sqs/admit", "arn:admit")),
            ("fan", ReturnPath::Stream { to: "-fan" }),
            ("invoices", queue("https://sqs/invoices", "arn:invoices")),
            (
                "ledger",
                queue("https://sqs/ledger.fifo", "arn:ledger.fifo"),
            ),
            (
                "processor:slow",
                queue("https://sqs/slow-inbox", "arn:slow-inbox"),
            ),
        ];
        assert_eq!(ways, expected.map(|(name, back)| (name.to_owned(), back)));
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_there_are() {
        let description = sample();
        let slow = Dlq::named(&description, "processor:slow").unwrap();
        assert_eq!(
            (slow.arn, slow.processor),
            ("arn:slow-inbox-dlq", Some("slow"))
        );
        let of = |name| Dlq::named(&description, name).unwrap_err().to_string();
        assert!(of("x").contains("router, admit, fan, invoices, ledger, processor:slow"));
        assert!(of("processor:invoices").contains("DLQs of its subscriptions"));
    }

    #[test]
    fn an_empty_dlq_and_one_that_another_reader_holds_differ() {
        let description = sample();
        let dlq = Dlq::named(&description, "invoices").unwrap();
        let empty = Depth::default();
        assert!(dlq.why_empty(&empty).contains("is empty"));
        let looked_at = Depth {
            in_flight: 3,
            ..empty
        };
        assert!(dlq.why_empty(&looked_at).contains("3 messages"));
    }

    #[test]
    fn it_says_where_its_events_go() {
        let description = sample();
        let of = |name| Dlq::named(&description, name).unwrap().describe_path();
        assert_eq!(of("invoices"), "back to the queue of invoices");
        assert!(of("router").contains("every buffered subscription"));
        assert!(of("fan").contains("every ordered subscription"));
        assert!(of("ledger").contains("in the order"));
    }

    #[test]
    fn the_dlq_of_an_ordered_subscription_says_what_it_hides() {
        let description = sample();
        let dlq = Dlq::named(&description, "ledger").unwrap();
        let depth = Depth {
            visible: 12,
            ..Depth::default()
        };
        assert!(dlq.unseen(10, &depth).unwrap().contains("about 2 messages"));
        assert_eq!(dlq.unseen(12, &depth), None);
        assert_eq!(dlq.unseen(13, &depth), None);
        let invoices = Dlq::named(&description, "invoices").unwrap();
        assert_eq!(invoices.unseen(1, &depth), None);
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
