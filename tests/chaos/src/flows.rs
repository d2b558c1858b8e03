//! What providers send: the endpoints, types and sizes, and the subscriptions of `terraform/environments/e2e.tfvars` that
//! want each.

use fastrand::Rng;
use serde_json::json;

/// How a provider writes its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Standard Webhooks: the id in a header that is signed.
    Standard,
    /// The same, with a customer whose events have an order.
    Order,
    /// Any bytes; id and type in headers that are signed.
    Partner,
    /// All in the body.
    Stripe,
}

/// Deliveries of one type to one endpoint.
#[derive(Debug)]
pub(crate) struct Flow {
    /// The endpoint.
    pub endpoint: &'static str,
    /// The type.
    pub kind: &'static str,
    /// How it is written.
    pub shape: Shape,
    /// How often it is chosen, beside the others.
    weight: u32,
    /// Bytes, at most.
    largest: usize,
    /// The subscriptions that want it, besides `audit`, which wants all.
    wants: &'static [&'static str],
}

/// Processors of each kind.
const KINDS: &[&str] = &["audit-lambda", "audit-workflow"];
/// Every target that pipes call by themselves. A job of Batch has no overrides in the local cloud, so it tells of no event.
const TARGETS: &[&str] = &[
    "target-bus",
    "target-enriched",
    "target-fair",
    "target-fifo",
    "target-firehose",
    "target-kinesis",
    "target-task",
];
const MANY: &[&str] = &[
    "ordered-0",
    "ordered-1",
    "ordered-2",
    "ordered-3",
    "ordered-4",
    "ordered-5",
    "ordered-6",
    "ordered-7",
    "ordered-8",
    "ordered-9",
];

/// The subscriptions that keep the order of a key.
pub(crate) const ORDERED: &[&str] = &[
    "http-ordered",
    "ordered-0",
    "ordered-1",
    "ordered-2",
    "ordered-3",
    "ordered-4",
    "ordered-5",
    "ordered-6",
    "ordered-7",
    "ordered-8",
    "ordered-9",
    "trial-ordered",
];

const STANDARD_LANE: usize = 4_400_000;
const DIRECT_LANE: usize = 6_000_000;

const fn flow(
    endpoint: &'static str,
    kind: &'static str,
    shape: Shape,
    weight: u32,
    largest: usize,
    wants: &'static [&'static str],
) -> Flow {
    Flow {
        endpoint,
        kind,
        shape,
        weight,
        largest,
        wants,
    }
}

/// All that is sent.
pub(crate) static FLOWS: [Flow; 14] = [
    flow(
        "billing",
        "order.paid",
        Shape::Standard,
        12,
        STANDARD_LANE,
        &["audit-lambda"],
    ),
    flow(
        "billing",
        "exact.bytes",
        Shape::Standard,
        6,
        STANDARD_LANE,
        KINDS,
    ),
    flow(
        "billing",
        "trial.event",
        Shape::Standard,
        6,
        200_000,
        &["trial", "trial-queue", "trial-ordered"],
    ),
    flow(
        "billing",
        "polyglot.event",
        Shape::Standard,
        3,
        200_000,
        &["rust-audit", "python-audit", "typescript-audit"],
    ),
    flow(
        "billing",
        "target.made",
        Shape::Standard,
        4,
        200_000,
        TARGETS,
    ),
    flow(
        "billing",
        "http.answer",
        Shape::Standard,
        5,
        200_000,
        &["http-answers", "http-event"],
    ),
    flow(
        "stripe",
        "invoice.paid",
        Shape::Stripe,
        8,
        200_000,
        &["invoices"],
    ),
    flow(
        "partner",
        "order.paid",
        Shape::Partner,
        8,
        STANDARD_LANE,
        &["audit-lambda"],
    ),
    flow("inline", "exact.inline", Shape::Partner, 8, 8_000, KINDS),
    flow(
        "direct",
        "order.paid",
        Shape::Standard,
        8,
        DIRECT_LANE,
        &["audit-lambda"],
    ),
    flow(
        "direct-partner",
        "exact.direct",
        Shape::Partner,
        6,
        DIRECT_LANE,
        KINDS,
    ),
    flow("orders", "many.event", Shape::Order, 10, 20_000, MANY),
    flow(
        "orders",
        "ordered.event",
        Shape::Order,
        10,
        20_000,
        &["trial-ordered"],
    ),
    flow(
        "orders",
        "http.ordered",
        Shape::Order,
        6,
        20_000,
        &["http-ordered"],
    ),
];

impl Flow {
    /// One of all, by their weights.
    pub(crate) fn any(rng: &mut Rng) -> &'static Self {
        let all: u32 = FLOWS.iter().map(|flow| flow.weight).sum();
        let mut left = rng.u32(..all.max(1));
        let chosen = FLOWS.iter().find(|flow| {
            let is_it = left < flow.weight;
            left = left.saturating_sub(flow.weight);
            is_it
        });
        chosen.unwrap_or(&FLOWS[0])
    }

    /// The subscriptions that want its events.
    #[must_use]
    pub(crate) fn wants(&self) -> Vec<&'static str> {
        [&["audit"], self.wants].concat()
    }

    /// How large a body is: mostly a few kilobytes, seldom as large as the lane bears.
    pub(crate) fn size(&self, rng: &mut Rng) -> usize {
        let size = match rng.u32(..100) {
            0..70 => rng.usize(1_000..8_000),
            70..97 => rng.usize(8_000..200_000),
            _ => rng.usize(200_000..=self.largest.max(200_000)),
        };
        size.min(self.largest)
    }

    /// The ref of an event.
    #[must_use]
    pub(crate) fn reference(&self, id: &str, customer: &str) -> String {
        match self.shape {
            Shape::Order => format!("{}/{customer}/{id}", self.endpoint),
            Shape::Standard | Shape::Partner | Shape::Stripe => format!("{}/{id}", self.endpoint),
        }
    }

    /// The headers besides the signature's.
    #[must_use]
    pub(crate) fn headers<'a>(&self, id: &'a str) -> Vec<(&'static str, &'a str)> {
        match self.shape {
            Shape::Standard | Shape::Order => {
                vec![("webhook-id", id), ("content-type", "application/json")]
            }
            Shape::Partner => vec![
                ("x-partner-id", id),
                ("x-partner-event", self.kind),
                ("content-type", "application/octet-stream"),
            ],
            Shape::Stripe => vec![("content-type", "application/json")],
        }
    }

    /// The body of an event. Another `number` gives other bytes of the same event.
    #[must_use]
    pub(crate) fn body(&self, id: &str, customer: &str, number: u64, size: usize) -> Vec<u8> {
        let filler = || "x".repeat(size.saturating_sub(200));
        match self.shape {
            Shape::Standard => {
                let mut body = testkit::json(id, self.kind, size);
                // White space behind a JSON text belongs to its bytes and not to its meaning.
                body.extend(std::iter::repeat_n(
                    b' ',
                    usize::try_from(number).unwrap_or(0),
                ));
                body
            }
            Shape::Order => json!({
                "type": self.kind, "customer": customer, "version": number, "filler": filler(),
            })
            .to_string()
            .into_bytes(),
            Shape::Partner => {
                let mut body = testkit::binary(number, size.saturating_sub(id.len()));
                // Its bytes are of this event alone.
                body.extend_from_slice(id.as_bytes());
                body
            }
            Shape::Stripe => json!({
                "id": id, "type": self.kind, "created": number,
                "data": {"object": {
                    "id": "in_1", "customer": "cus_1", "amount_paid": 4900, "currency": "usd",
                    "description": filler(),
                }},
            })
            .to_string()
            .into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_seed_decides_what_is_sent() {
        let kinds = |seed| {
            let mut rng = Rng::with_seed(seed);
            let all = (0..500).map(|_| {
                let flow = Flow::any(&mut rng);
                (flow.endpoint, flow.kind, flow.size(&mut rng))
            });
            all.collect::<Vec<_>>()
        };
        assert_eq!(kinds(1), kinds(1));
        assert_ne!(kinds(1), kinds(2));
        let seen: BTreeSet<_> = kinds(1).iter().map(|one| (one.0, one.1)).collect();
        assert_eq!(seen.len(), FLOWS.len(), "every flow is chosen");
    }

    #[test]
    fn sizes_stay_within_what_a_flow_bears_and_large_ones_are_rare() {
        let mut rng = Rng::with_seed(1);
        for flow in &FLOWS {
            let sizes: Vec<usize> = (0..1_000).map(|_| flow.size(&mut rng)).collect();
            assert!(
                sizes
                    .iter()
                    .all(|size| (1_000..=flow.largest).contains(size))
            );
            let large = sizes.iter().filter(|size| **size > 200_000).count();
            assert!(large < 60, "{}: {large}", flow.kind);
        }
    }

    #[test]
    fn another_version_has_other_bytes_and_the_same_name() {
        for flow in &FLOWS {
            let bodies: BTreeSet<_> = (0..3)
                .map(|number| flow.body("id", "cus", number, 2_000))
                .collect();
            assert_eq!(bodies.len(), 3, "{}", flow.kind);
            let id = match flow.shape {
                Shape::Order | Shape::Standard => "webhook-id",
                Shape::Partner => "x-partner-id",
                Shape::Stripe => continue,
            };
            assert!(flow.headers("id").contains(&(id, "id")));
        }
    }

    #[test]
    fn every_subscription_here_is_one_of_the_suites() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../terraform/environments/e2e.tfvars"
        );
        let text = std::fs::read_to_string(path).unwrap();
        for flow in &FLOWS {
            assert!(
                text.contains(&format!("\n  {} = {{", flow.endpoint)),
                "{}",
                flow.endpoint
            );
            for name in flow.wants() {
                assert!(text.contains(&format!("\n  {name} = {{")), "{name}");
            }
        }
    }
}
