//! The indexes of a table: events at even distances over the last day, by time in sixteen shards, and by the customers whose
//! they are.

use domain::{SignedDuration, Timestamp, format_time};
use serde_json::{Value, json};

const HOURS: u64 = 24;
const SHARDS: u64 = 16;
const CUSTOMERS: u64 = 100;

/// How the key of a customer begins in the index by attribute.
const CUSTOMER: &str = "bench#customer=cus_";

/// This many events, the same at every query, in turn of each customer.
pub(crate) struct Index {
    events: u64,
    /// The start of the first of its hours.
    start: Timestamp,
}

/// A page of a shard, and where the next one begins.
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) last_key: Option<Value>,
}

impl Index {
    /// The count, up to the last full hour.
    #[expect(clippy::disallowed_methods, reason = "the command looks back from now")]
    pub(crate) fn of(events: u64) -> Self {
        let hour = Timestamp::now().as_second() / 3_600;
        let start = Timestamp::from_second((hour - HOURS as i64) * 3_600);
        Self {
            events,
            start: start.unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }

    /// The result of a query for a bucket, or for a customer, between two times.
    pub(crate) fn page(
        &self,
        partition: &str,
        (first, last): (&str, &str),
        forward: bool,
        limit: usize,
        after: Option<u64>,
    ) -> Page {
        let mut places: Vec<u64> = self
            .places(partition)
            .filter(|place| {
                let at = format_time(self.at(*place));
                first <= at.as_str() && at.as_str() <= last
            })
            .filter(|place| match after {
                None => true,
                Some(after) if forward => *place > after,
                Some(after) => *place < after,
            })
            .collect();
        if !forward {
            places.reverse();
        }
        let more = places.len() > limit;
        places.truncate(limit);
        Page {
            last_key: places.last().filter(|_| more).map(|place| {
                json!({"pk": {"S": format!("bench#evt_{place}")}, "sk": {"S": format!("evt_{place}")},
                    "partition": {"S": partition}, "received_at": {"S": format_time(self.at(*place))}})
            }),
            items: places.into_iter().map(|place| self.item(place)).collect(),
        }
    }

    /// Events are numbered in order of arrival, and distributed to the shards in turn.
    fn places(&self, partition: &str) -> Box<dyn Iterator<Item = u64>> {
        if let Some(customer) = partition.strip_prefix(CUSTOMER) {
            let customer = customer.parse().unwrap_or(CUSTOMERS);
            let all = 0..self.events;
            return Box::new(all.filter(move |place| place % CUSTOMERS == customer));
        }
        let (hour, shard) = partition.split_once('#').unwrap_or_default();
        let shard = u64::from_str_radix(shard, 16).unwrap_or(SHARDS);
        let at: Option<Timestamp> = format!("{hour}:00:00Z").parse().ok();
        let hour = at.map(|at| (at.as_second() - self.start.as_second()) / 3_600);
        let per_hour = self.events.div_ceil(HOURS);
        let range = match hour.and_then(|hour| u64::try_from(hour).ok()) {
            Some(hour) if hour < HOURS => hour * per_hour..((hour + 1) * per_hour).min(self.events),
            _ => 0..0,
        };
        Box::new(range.filter(move |place| place % SHARDS == shard))
    }

    fn at(&self, place: u64) -> Timestamp {
        let per_hour = self.events.div_ceil(HOURS).max(1);
        let ms = (place / per_hour) * 3_600_000 + (place % per_hour) * 3_600_000 / per_hour;
        let since = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(0));
        self.start.saturating_add(since).unwrap_or(self.start)
    }

    /// What the index holds of an event.
    pub(crate) fn item(&self, place: u64) -> Value {
        json!({
            "ref": {"S": format!("bench/evt_{place}")},
            "id": {"S": format!("evt_{place}")},
            "endpoint": {"S": "bench"},
            "type": {"S": "invoice.payment_succeeded"},
            "subject": {"S": "cus_NffrFeUfNV2Hib"},
            "size": {"N": "2048"},
            "received_at": {"S": format_time(self.at(place))},
        })
    }
}
