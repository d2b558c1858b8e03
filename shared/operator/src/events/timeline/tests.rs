use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::*;
use crate::events::listed;

/// Shards with rows, in pages of two of which every other is empty.
#[derive(Default)]
struct Shards {
    rows: BTreeMap<String, Vec<Listed>>,
    asked: AtomicUsize,
}

impl Shards {
    fn with(rows: &[(&str, &str)]) -> Self {
        let mut shards = Self::default();
        for (at, shard) in rows {
            let row = listed(&format!("stripe/{shard}-{at}"), at);
            let bucket = format!("{}#{shard}", at.get(..13).unwrap());
            let shard = shards.rows.entry(bucket).or_default();
            shard.push(row);
            shard.sort_by_key(|row| row.received_at);
        }
        shards
    }
}

impl Pages for &Shards {
    type Key = usize;

    async fn page(
        &self,
        bucket: &TimeBucket,
        query: &Query,
        after: Option<usize>,
    ) -> Result<(Vec<Listed>, Option<usize>), StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut all: Vec<Listed> = self
            .rows
            .get(&bucket.to_string())
            .into_iter()
            .flatten()
            .filter(|row| (query.from..query.until).contains(&row.received_at))
            .cloned()
            .collect();
        if query.newest_first {
            all.reverse();
        }
        // An odd step is an empty page: the filter left nothing.
        let step = after.unwrap_or(0);
        let rows: Vec<Listed> = if step % 2 == 1 {
            Vec::new()
        } else {
            all.iter().skip(step).take(2).cloned().collect()
        };
        let more = all.len() > step + 2 || (step % 2 == 1 && all.len() > step);
        Ok((rows, more.then_some(step + 1)))
    }
}

fn query(from: &str, until: &str, newest_first: bool) -> Query {
    Query {
        endpoint: None,
        kinds: Vec::new(),
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        newest_first,
        page: 2,
    }
}

async fn read(shards: &Shards, query: &Query) -> Vec<String> {
    let mut timeline = Timeline::new(shards, query);
    let mut read = Vec::new();
    while let Some(row) = timeline.next().await.unwrap() {
        read.push(row.received_at.to_string());
    }
    read
}

/// Three hours, shards of one to five rows.
fn rows() -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for hour in 9..12 {
        for (shard, count) in [("0", 5), ("7", 1), ("f", 4)] {
            for n in 0..count {
                let minute = (n * 11 + shard.len() * 3 + hour) % 60;
                let at = format!("2026-11-22T{hour:02}:{minute:02}:0{n}Z");
                rows.push((at, shard.to_owned()));
            }
        }
    }
    rows
}

#[tokio::test]
async fn all_shards_come_in_one_order_either_way() {
    let rows = rows();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let shards = Shards::with(&rows);
    let mut expected: Vec<String> = rows.iter().map(|(at, _)| (*at).to_owned()).collect();
    expected.sort();
    let (from, until) = ("2026-11-22T09:00:00Z", "2026-11-22T12:00:00Z");
    assert_eq!(read(&shards, &query(from, until, false)).await, expected);
    expected.reverse();
    assert_eq!(read(&shards, &query(from, until, true)).await, expected);
}

#[tokio::test]
async fn the_end_of_a_span_is_not_in_it_and_its_start_is() {
    let shards = Shards::with(&[("2026-11-22T10:00:00Z", "3"), ("2026-11-22T11:00:00Z", "3")]);
    let one = query("2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z", true);
    assert_eq!(read(&shards, &one).await, ["2026-11-22T10:00:00Z"]);
    assert_eq!(
        shards.asked.load(Ordering::Relaxed),
        16,
        "one hour, not two"
    );
    let none = query("2026-11-22T11:00:00Z", "2026-11-22T10:00:00Z", true);
    assert!(read(&shards, &none).await.is_empty());
}

#[tokio::test]
async fn reads_no_further_than_it_is_asked() {
    let shards = Shards::with(&[("2026-11-22T10:30:00Z", "3")]);
    let month = query("2026-10-22T00:00:00Z", "2026-11-22T11:00:00Z", true);
    let mut timeline = Timeline::new(&shards, &month);
    assert!(timeline.next().await.unwrap().is_some());
    assert!(shards.asked.load(Ordering::Relaxed) <= 16 * AHEAD);
}
