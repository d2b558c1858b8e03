use std::cell::RefCell;

use aws::{Described, ListedObjects};
use domain::{Inserted, Lane, ObjectKey, Pointer, PointerStore, Ref, StoreError, TimeBucket};
use serde_json::Value;
use sweep::{Endpoints, Indexed, Place};
use testkit::MemoryDirectory;

use super::*;

fn now() -> Timestamp {
    "2026-11-21T21:00:00Z".parse().unwrap()
}

/// Empty stores, which may refuse calls.
struct Nothing {
    refused: bool,
    listed: RefCell<Vec<String>>,
}

impl Objects for &Nothing {
    fn bucket(&self) -> &'static str {
        "payloads"
    }

    async fn list(
        &self,
        lane: Lane,
        shard: char,
        hour: &str,
        _: Option<String>,
    ) -> Result<ListedObjects, StoreError> {
        self.listed
            .borrow_mut()
            .push(format!("{} {hour}#{shard}", lane.prefix()));
        if self.refused {
            return Err(testkit::refused("s3:ListObjectsV2"));
        }
        Ok(ListedObjects {
            objects: Vec::new(),
            next: None,
        })
    }

    async fn describe(&self, _: &ObjectKey) -> Result<Option<Described>, StoreError> {
        Ok(None)
    }

    async fn erase(&self, _: &ObjectKey) -> Result<(), StoreError> {
        Ok(())
    }

    async fn read(&self, _: &ObjectKey) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    async fn announce(&self, _: &ObjectKey) -> Result<(), StoreError> {
        Ok(())
    }

    async fn waiting(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl Index for &Nothing {
    type Cursor = ();

    async fn events(
        &self,
        _: &TimeBucket,
        _: Timestamp,
        _: Option<()>,
    ) -> Result<(Vec<Indexed>, Option<()>), StoreError> {
        Ok((Vec::new(), None))
    }
}

/// An empty table.
struct NoPointers;

impl PointerStore for NoPointers {
    async fn insert(&self, _: &Pointer) -> Result<Inserted, StoreError> {
        Ok(Inserted::New)
    }
}

impl PointerTable for NoPointers {
    async fn place(&self, _: &Ref) -> Result<Place, StoreError> {
        Ok(Place::Free)
    }

    async fn object(&self, _: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        Ok(None)
    }

    async fn is_announced(&self, _: &ObjectKey, _: Timestamp) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn note_announced(&self, _: &ObjectKey, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
}

fn function<Emit>(
    nothing: &Nothing,
    emit: Emit,
) -> Function<&Nothing, &Nothing, NoPointers, MemoryDirectory, Emit> {
    Function {
        stack: "coatcheck".to_owned(),
        pointer_ttl_days: 90,
        look_back_hours: 3,
        stores: Stores {
            objects: nothing,
            index: nothing,
            pointers: NoPointers,
            endpoints: Endpoints::new(MemoryDirectory::default()),
        },
        now,
        emit,
    }
}

/// The answer; the names of the metrics that were sent; what was listed.
async fn run(
    refused: bool,
    seconds_left: i64,
) -> (Result<Tally, Diagnostic>, Vec<String>, Vec<String>) {
    let nothing = Nothing {
        refused,
        listed: RefCell::default(),
    };
    let sent = RefCell::new(Vec::new());
    let function = function(&nothing, |metrics: Metrics| {
        let line: Value = serde_json::from_str(&metrics.line(now())).unwrap();
        let names = &line["_aws"]["CloudWatchMetrics"][0]["Metrics"];
        for metric in names.as_array().unwrap() {
            sent.borrow_mut()
                .push(metric["Name"].as_str().unwrap().to_owned());
        }
    });
    let deadline = now().as_millisecond() + 1_000 * seconds_left;
    let answer = function.run(deadline.try_into().unwrap()).await;
    (answer, sent.take(), nothing.listed.take())
}

const ALWAYS: [&str; 5] = [
    "SweepRescued",
    "SweepAnnounced",
    "SweepSuperseded",
    "SweepDangling",
    "SweepUnreadable",
];

#[tokio::test]
async fn all_that_it_looks_back_on_is_swept_and_told() {
    testkit::listen();
    let (answer, metrics, listed) = run(false, 900).await;
    assert_eq!(answer.unwrap().payloads, 0);
    assert_eq!(metrics, [&ALWAYS[..], &["SweepPayloads"]].concat());
    assert_eq!(listed.len(), 2 * 3 * 16);
    for lane in ["payloads", "incoming"] {
        assert!(listed.contains(&format!("{lane} 2026-11-21T18#0")));
    }
    assert_eq!(testkit::logged(), "");
}

#[tokio::test]
async fn a_refusal_fails_the_run_says_why_and_is_no_sweep() {
    testkit::listen();
    let (answer, metrics, _) = run(true, 900).await;
    let diagnostic = answer.unwrap_err();
    assert_eq!(
        diagnostic.error_message,
        "48 shards of hours were not swept in full: s3:ListObjectsV2 was refused: made to fail"
    );
    assert_eq!(metrics, ALWAYS);
    let logged = testkit::logged();
    assert_eq!(logged.lines().count(), 48);
    assert!(logged.contains(r#""bucket":"2026-11-21T18#0""#), "{logged}");
    assert!(logged.contains("made to fail"), "{logged}");
}

#[tokio::test]
async fn twenty_seconds_are_kept_to_end_well() {
    let (answer, metrics, listed) = run(false, 20).await;
    let message = answer.unwrap_err().error_message;
    let command = "coatcheck sweep --since 2026-11-21T18:00:00Z --until 2026-11-21T21:00:00Z";
    assert!(message.contains(command), "{message}");
    assert_eq!(
        (metrics, listed.len()),
        (ALWAYS.map(str::to_owned).to_vec(), 0)
    );
    assert_eq!(run(false, 21).await.2.len(), 96);
}

#[test]
fn what_was_not_announced_is_told_and_counted_only_if_there_is_any() {
    testkit::listen();
    let nothing = Nothing {
        refused: false,
        listed: RefCell::default(),
    };
    let function = function(&nothing, |_| {});
    let tally = Tally {
        waiting: 20,
        left: 3,
        ..Tally::default()
    };
    let line: Value = serde_json::from_str(&function.metrics(tally).line(now())).unwrap();
    assert_eq!(
        (&line["SweepWaiting"], &line["SweepLeft"]),
        (&20.into(), &3.into())
    );
    let logged = testkit::logged();
    assert!(logged.contains(r#""waiting":20,"left":3"#), "{logged}");
    let line = function.metrics(Tally::default()).line(now());
    assert!(
        !line.contains("SweepWaiting") && !line.contains("SweepLeft"),
        "{line}"
    );
    assert_eq!(testkit::logged(), "");
}

#[test]
fn a_rescue_is_a_line_with_its_ref_and_other_things_are_quieter_or_louder() {
    testkit::listen();
    let pointer = testkit::pointer("a/b", now());
    let key = ObjectKey::from_stored("payloads/\n".to_owned());
    for (finding, level, text) in [
        (
            Finding::Rescued(&pointer),
            "INFO",
            r#""ref":"stripe/a%2Fb""#,
        ),
        (
            Finding::Superseded(&pointer),
            "DEBUG",
            r#""ref":"stripe/a%2Fb""#,
        ),
        (
            Finding::Announced { key: &key },
            "WARN",
            r#""key":"payloads/\\n""#,
        ),
        (
            Finding::Dangling {
                reference: &pointer.reference(),
                key: pointer.object().unwrap(),
            },
            "ERROR",
            r#""ref":"stripe/a%2Fb""#,
        ),
        (
            Finding::Expired(&pointer),
            "WARN",
            r#""ref":"stripe/a%2Fb""#,
        ),
        (
            Finding::Unreadable {
                key: &key,
                problem: &sweep::Unreadable::Key,
            },
            "WARN",
            r#""key":"payloads/\\n""#,
        ),
    ] {
        log(&finding);
        let logged = testkit::logged();
        assert_eq!(logged.lines().count(), 1);
        assert!(
            logged.contains(&format!(r#""level":"{level}""#)),
            "{logged}"
        );
        assert!(logged.contains(text), "{logged}");
    }
}
