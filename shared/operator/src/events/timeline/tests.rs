use super::{fake::Shards, *};
use crate::events::{Budget, Having};

fn query(from: &str, until: &str, newest_first: bool) -> Query {
    Query {
        endpoint: None,
        kinds: Vec::new(),
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        newest_first,
        named: None,
        having: Having::default(),
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
    assert_eq!(shards.asked(), 16, "one hour, not two");
    let none = query("2026-11-22T11:00:00Z", "2026-11-22T10:00:00Z", true);
    assert!(read(&shards, &none).await.is_empty());
}

#[tokio::test]
async fn reads_no_further_than_it_is_asked() {
    let shards = Shards::with(&[("2026-11-22T10:30:00Z", "3")]);
    let month = query("2026-10-22T00:00:00Z", "2026-11-22T11:00:00Z", true);
    let mut timeline = Timeline::new(&shards, &month);
    assert!(timeline.next().await.unwrap().is_some());
    assert!(shards.asked() <= 16 * AHEAD);
}

#[tokio::test]
async fn events_of_one_time_come_in_the_order_of_their_refs() {
    let at = "2026-11-22T10:00:00Z";
    let rows: Vec<(&str, &str)> = "0f070f0"
        .split("")
        .filter(|shard| !shard.is_empty())
        .map(|shard| (at, shard))
        .collect();
    let shards = Shards::with(&rows);
    for newest_first in [false, true] {
        let query = query(at, "2026-11-22T11:00:00Z", newest_first);
        let mut timeline = Timeline::new(&shards, &query);
        let mut found = Vec::new();
        while let Some(row) = timeline.next().await.unwrap() {
            found.push(row.reference.to_string());
        }
        let mut expected = found.clone();
        expected.sort();
        if newest_first {
            expected.reverse();
        }
        assert_eq!((found.len(), &found), (7, &expected));
    }
}

#[tokio::test]
async fn a_budget_ends_it_where_everything_before_was_read() {
    let rows = rows();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let shards = Shards::with(&rows);
    for newest_first in [true, false] {
        let query = query("2026-11-22T09:00:00Z", "2026-11-22T12:00:00Z", newest_first);
        let all = read(&shards, &query).await;
        for requests in [0, 15, 16, 17, 18, 20, 31, 32, 40, 60, 1_000] {
            let before = shards.asked();
            let budget = Budget::new(requests);
            let mut timeline = Timeline::within(&shards, &query, &budget);
            let mut found = Vec::new();
            while let Some(row) = timeline.next().await.unwrap() {
                found.push(row.received_at.to_string());
            }
            let asked = shards.asked() - before;
            assert!(
                asked <= usize::try_from(requests).unwrap(),
                "{requests}: {asked}"
            );
            let reaches = |at: &String| {
                let at: Timestamp = at.parse().unwrap();
                let end = timeline.stopped_at();
                end.is_none_or(|end| if newest_first { at >= end } else { at < end })
            };
            let expected: Vec<String> = all.iter().filter(|at| reaches(at)).cloned().collect();
            assert_eq!(found, expected, "{requests} {newest_first}");
            assert_eq!(
                timeline.stopped_at().is_none(),
                requests == 1_000,
                "{requests}"
            );
        }
    }
}
