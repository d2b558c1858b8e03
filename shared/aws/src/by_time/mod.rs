use aws_sdk_dynamodb::{
    Client, operation::query::builders::QueryFluentBuilder, types::AttributeValue,
};
use domain::{EndpointName, Ref, SignedDuration, StoreError, TimeBucket, Timestamp, format_time};

use crate::{
    Sdk,
    failure::{classify, permanent},
    item::{Item, text},
};

const QUERY: &str = "dynamodb:Query";

const INDEX: &str = "by-time";

/// A partition of an index of the `events` table whose range key is `received_at`.
pub(crate) struct Partition<'a> {
    pub(crate) table: &'a str,
    pub(crate) index: &'a str,
    /// The attribute that is the hash key.
    pub(crate) key: &'a str,
    pub(crate) value: String,
}

/// What a page shows of a pointer.
pub(crate) const PROJECTED: [&str; 7] = [
    "ref",
    "id",
    "type",
    "subject",
    "size",
    "received_at",
    "request_id",
];

/// The by-time index of the `events` table: pointers by the hour in which they were
/// received, sixteen buckets per hour. Neither heartbeats nor replays are in it. A
/// pointer that was just written may not be there yet.
#[derive(Debug, Clone)]
pub struct ByTime {
    client: Client,
    table: String,
}

/// What the index holds of a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Names the event.
    pub reference: Ref,
    /// The provider's id of the event.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// What it is about; empty if nothing says.
    pub subject: String,
    /// The payload's length in bytes.
    pub size: u64,
    /// When the delivery came, by our clock.
    pub received_at: Timestamp,
    /// The id of the request that delivered it, in the direct lane.
    pub request_id: Option<String>,
}

/// Which pointers of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Of this endpoint only.
    pub endpoint: Option<&'a EndpointName>,
    /// Of these types only: `invoice.paid`, `invoice.*`, `*`. Empty: of all.
    pub kinds: &'a [String],
    /// Whose ref, id, event key or ordering key begins with this.
    pub named: Option<&'a str>,
    /// Received then or later.
    pub from: Timestamp,
    /// Received before then.
    pub until: Timestamp,
    /// The order of the pages, and within them.
    pub newest_first: bool,
}

/// Some pointers. There may be none, and yet a next page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// In the order that was asked for.
    pub rows: Vec<Listed>,
    /// Where to continue; `None`: this was all.
    pub next: Option<PageKey>,
}

/// The position after a page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageKey(Item);

impl PageKey {
    /// When the last pointer of the page was received: where the page ended, if it is readable.
    #[must_use]
    pub fn received_at(&self) -> Option<Timestamp> {
        self.0.get("received_at")?.as_s().ok()?.parse().ok()
    }
}

impl ByTime {
    /// The index of this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// Looks at up to `limit` pointers of the bucket, and returns those that match.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn page(
        &self,
        bucket: &TimeBucket,
        wanted: &Wanted<'_>,
        limit: u32,
        after: Option<PageKey>,
    ) -> Result<Page, StoreError> {
        let partition = Partition {
            table: &self.table,
            index: INDEX,
            key: "time_bucket",
            value: bucket.to_string(),
        };
        page_of(&self.client, partition, wanted, limit, after).await
    }
}

/// Looks at up to `limit` pointers of a partition, and returns those that match.
pub(crate) async fn page_of(
    client: &Client,
    partition: Partition<'_>,
    wanted: &Wanted<'_>,
    limit: u32,
    after: Option<PageKey>,
) -> Result<Page, StoreError> {
    let Some((first, last)) = bounds(wanted) else {
        return Ok(Page {
            rows: Vec::new(),
            next: None,
        });
    };
    let projection: Vec<String> = PROJECTED.iter().map(|name| format!("#{name}")).collect();
    let call = client
        .query()
        .table_name(partition.table)
        .index_name(partition.index)
        .key_condition_expression(
            "#partition = :partition AND #received_at BETWEEN :first AND :last",
        )
        .expression_attribute_names("#partition", partition.key)
        .expression_attribute_values(":partition", text(&partition.value))
        .expression_attribute_values(":first", text(&first))
        .expression_attribute_values(":last", text(&last))
        .projection_expression(projection.join(", "))
        .scan_index_forward(!wanted.newest_first)
        .limit(i32::try_from(limit).unwrap_or(i32::MAX).max(1))
        .set_exclusive_start_key(after.map(|PageKey(key)| key));
    let call = PROJECTED.iter().fold(call, |call, name| {
        call.expression_attribute_names(format!("#{name}"), *name)
    });
    let answer = filter(call, wanted)
        .send()
        .await
        .map_err(|error| classify(QUERY, &error))?;
    Ok(Page {
        rows: answer
            .items()
            .iter()
            .map(|item| listed(QUERY, item))
            .collect::<Result<_, _>>()?,
        next: answer.last_evaluated_key.map(PageKey),
    })
}

/// The first and the last time, both inclusive; `None` if no time lies between.
/// Times are stored by the millisecond, cut off.
fn bounds(wanted: &Wanted<'_>) -> Option<(String, String)> {
    let first = format_time(wanted.from);
    let before = SignedDuration::from_nanos(1);
    let last = format_time(wanted.until.saturating_sub(before).ok()?);
    (first <= last).then_some((first, last))
}

/// Endpoint and type are not keys of the index: DynamoDB reads the others too,
/// and leaves them out.
fn filter(call: QueryFluentBuilder, wanted: &Wanted<'_>) -> QueryFluentBuilder {
    let mut call = call;
    let mut all = Vec::new();
    if let Some(endpoint) = wanted.endpoint {
        all.push("#endpoint = :endpoint".to_owned());
        call = call
            .expression_attribute_names("#endpoint", "endpoint")
            .expression_attribute_values(":endpoint", text(endpoint.as_str()));
    }
    if !wanted.kinds.is_empty() && !wanted.kinds.iter().any(|kind| kind == "*") {
        let mut any = Vec::new();
        for (place, kind) in wanted.kinds.iter().enumerate() {
            let name = format!(":kind{place}");
            let (term, value) = match kind.strip_suffix('*') {
                Some(prefix) => (format!("begins_with(#type, {name})"), prefix),
                None => (format!("#type = {name}"), kind.as_str()),
            };
            any.push(term);
            call = call.expression_attribute_values(name, text(value));
        }
        all.push(format!("({})", any.join(" OR ")));
    }
    if let Some(start) = wanted.named {
        // In a ref, `/` comes before each of its keys.
        all.push(
            "(begins_with(#ref, :start) OR begins_with(#id, :start) OR contains(#ref, :key))"
                .to_owned(),
        );
        call = call
            .expression_attribute_values(":start", text(start))
            .expression_attribute_values(":key", text(&format!("/{}", Ref::escape(start))));
    }
    if all.is_empty() {
        call
    } else {
        call.filter_expression(all.join(" AND "))
    }
}

pub(crate) fn listed(operation: &'static str, item: &Item) -> Result<Listed, StoreError> {
    read(item).map_err(|name| permanent(operation, format!("a pointer has no readable {name}")))
}

fn read(item: &Item) -> Result<Listed, &'static str> {
    let of = |name: &'static str| match item.get(name) {
        Some(AttributeValue::S(text) | AttributeValue::N(text)) => Ok(text.as_str()),
        _ => Err(name),
    };
    Ok(Listed {
        reference: of("ref")?.parse().map_err(|_| "ref")?,
        id: of("id")?.to_owned(),
        kind: of("type")?.to_owned(),
        subject: of("subject")?.to_owned(),
        size: of("size")?.parse().map_err(|_| "size")?,
        received_at: of("received_at")?.parse().map_err(|_| "received_at")?,
        request_id: of("request_id").ok().map(str::to_owned),
    })
}

#[cfg(test)]
mod tests;
