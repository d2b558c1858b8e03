use super::{super::timeline::fake::Shards, *};
use crate::events::Having;

/// Everything is done but those of shard `7`.
struct Known;

impl States for Known {
    async fn of(&self, events: &[ListedEvent], budget: &Budget) -> Result<Vec<EventState>> {
        budget.take_some(1);
        let failed = |event: &ListedEvent| event.reference.event_key.as_str().starts_with('7');
        let states = events.iter().map(|event| {
            if failed(event) {
                EventState::Failed {
                    by: vec!["invoices".to_owned()],
                }
            } else {
                EventState::Done
            }
        });
        Ok(states.collect())
    }
}

fn query() -> Query {
    Query {
        endpoint: None,
        kinds: Vec::new(),
        named: None,
        having: Having::default(),
        from: "2026-11-22T08:00:00Z".parse().unwrap(),
        until: "2026-11-22T12:00:00Z".parse().unwrap(),
        newest_first: false,
        page: 2,
    }
}

/// Three hours, of which one is empty, with several events of one time.
fn shards() -> Shards {
    let mut rows = Vec::new();
    for (hour, shard, count) in [
        (8, "0", 5),
        (8, "7", 3),
        (9, "f", 1),
        (11, "0", 7),
        (11, "7", 4),
        (11, "f", 2),
    ] {
        for n in 0..count {
            rows.push((format!("2026-11-22T{hour:02}:{:02}:00.25Z", n / 2), shard));
        }
    }
    let rows: Vec<(&str, &str)> = rows
        .iter()
        .map(|(at, shard)| (at.as_str(), *shard))
        .collect();
    Shards::with(&rows)
}

fn refs(page: &EventPage) -> Vec<String> {
    let rows = page.rows.iter();
    rows.map(|(event, _)| event.reference.to_string()).collect()
}

async fn ask(
    shards: &Shards,
    state: Option<StateFilter>,
    at: Option<&Cursor>,
    (limit, requests): (usize, u32),
) -> EventPage {
    let budget = Budget::new(requests);
    let before = shards.asked();
    let page = read(shards, &Known, &query(), state, at, limit, &budget)
        .await
        .unwrap();
    let asked = shards.asked() - before;
    assert!(
        asked <= usize::try_from(requests).unwrap(),
        "{asked} requests"
    );
    page
}

/// All pages towards the past, and then the way back.
async fn there_and_back(
    shards: &Shards,
    state: Option<StateFilter>,
    size: (usize, u32),
) -> [Vec<String>; 2] {
    let (mut there, mut back) = (Vec::new(), Vec::new());
    let mut page = ask(shards, state, None, size).await;
    assert_eq!(page.newer, None);
    for _ in 0..100 {
        there.extend(refs(&page));
        let Some(older) = page.older.clone() else {
            break;
        };
        // As it goes through an address.
        let older: Cursor = older.to_string().parse().unwrap();
        page = ask(shards, state, Some(&older), size).await;
    }
    assert_eq!(page.older, None);
    let mut last = refs(&page);
    let mut at = page.newer.clone();
    for _ in 0..100 {
        last.extend(std::mem::take(&mut back));
        back = last;
        let Some(newer) = at else { break };
        let newer: Cursor = newer.to_string().parse().unwrap();
        let page = ask(shards, state, Some(&newer), size).await;
        assert!(page.older.is_some());
        last = refs(&page);
        at = page.newer;
    }
    [there, back]
}

#[tokio::test]
async fn pages_lead_to_every_event_once_in_both_directions() {
    let shards = shards();
    let whole = refs(&ask(&shards, None, None, (100, 1_000)).await);
    assert_eq!(whole.len(), 22);
    let failed: Vec<String> = whole
        .iter()
        .filter(|one| one.contains("/7-"))
        .cloned()
        .collect();
    for size in [
        (1, 1_000),
        (2, 1_000),
        (5, 40),
        (5, 30),
        (100, 26),
        (3, 27),
        (22, 128),
    ] {
        let [there, back] = there_and_back(&shards, None, size).await;
        assert_eq!(there, whole, "{size:?}");
        let mut back = back;
        back.sort();
        let mut expected = whole.clone();
        expected.sort();
        assert_eq!(back, expected, "{size:?}");
        let [there, _] = there_and_back(&shards, Some(StateFilter::Failed), size).await;
        assert_eq!(there, failed, "{size:?}");
    }
}

#[tokio::test]
async fn a_page_says_how_far_it_looked() {
    let shards = shards();
    // One hour: the newest.
    let page = ask(&shards, Some(StateFilter::Waiting), None, (5, 30)).await;
    assert!(page.rows.is_empty());
    let looked_to = page.looked_to.unwrap();
    assert_eq!(looked_to.to_string(), "2026-11-22T11:00:00Z");
    assert_eq!(page.older, Some(Cursor::time(looked_to, Direction::Older)));
    let whole = ask(&shards, None, None, (100, 1_000)).await;
    assert_eq!((whole.looked_to, whole.older), (None, None));
}

#[tokio::test]
async fn counts_what_is_newer_and_no_further_than_asked() {
    let shards = shards();
    let page = ask(&shards, None, None, (5, 1_000)).await;
    let (event, _) = &page.rows[4];
    let cursor = beyond(event, Direction::Newer);
    for (at_most, expected) in [(10, (4, false)), (4, (4, false)), (3, (3, true))] {
        let budget = Budget::new(64);
        let counted = count(&shards, &query(), &cursor, at_most, &budget).await;
        assert_eq!(counted.unwrap(), expected);
    }
    let budget = Budget::new(3);
    let counted = count(&shards, &query(), &cursor, 10, &budget).await;
    assert_eq!(counted.unwrap(), (0, true), "too few requests to tell");
}
