use aws::operator::{LogLine, Record};
use domain::{Ref, StoreError};

use super::{
    tries::{TryLogs, Window, read, windows},
    *,
};
use crate::stack::{delivered, sample};

const REF: &str = "stripe/evt_1";

fn at(time: &str) -> Timestamp {
    format!("2026-11-22T{time}Z").parse().unwrap()
}

fn details(subscriptions: &[&str], records: Vec<Record>) -> EventDetails {
    let pointer = [
        ("ref", REF),
        ("endpoint", "stripe"),
        ("type", "invoice.paid"),
        ("received_at", "2026-11-22T10:00:00.000Z"),
        ("dataref", "s3://b/payloads/a/2026-11-22T10/stripe/x"),
        ("key_id", "2026-11"),
    ];
    let pointer = pointer.map(|(name, value)| (name.to_owned(), value.to_owned()));
    EventDetails {
        reference: REF.parse().unwrap(),
        pointer: pointer.into(),
        records,
        subscriptions: subscriptions.iter().map(|&name| name.to_owned()).collect(),
        unrecorded: Vec::new(),
        delivered: std::collections::BTreeMap::new(),
    }
}

fn record(state: &str, at: &str, attempts: u32) -> Record {
    Record {
        processor: "invoices".to_owned(),
        state: state.to_owned(),
        at: format!("2026-11-22T{at}Z"),
        attempts,
        ..Record::default()
    }
}

/// A log with these lines, which does not apply the pattern.
struct Log(Vec<&'static str>, bool);

impl TryLogs for Log {
    async fn lines(
        &self,
        group: &str,
        window: Window,
        pattern: &str,
    ) -> Result<(Vec<LogLine>, bool), StoreError> {
        assert_eq!(group, "/aws/lambda/coatcheck-invoices");
        assert!(pattern.contains(r#"{ $.ref = "stripe/"#), "{pattern}");
        if self.0.is_empty() {
            return Err(StoreError::Permanent {
                operation: "logs:FilterLogEvents",
                source: "no".into(),
            });
        }
        let lines = self.0.iter().map(|text| LogLine {
            at: window.0,
            id: String::new(),
            text: (*text).to_owned(),
        });
        Ok((lines.collect(), self.1))
    }
}

const LINES: [&str; 6] = [
    r#"{"timestamp":"2026-11-22T10:00:01.000Z","level":"WARN","message":"to be retried","ref":"stripe/evt_1","reason":"<script>busy","attempt":1,"took_ms":212}"#,
    r#"{"timestamp":"2026-11-22T10:00:02.000Z","level":"INFO","message":"of the handler","ref":"stripe/evt_1"}"#,
    r#"{"timestamp":"2026-11-22T10:00:02.000Z","level":"INFO","message":"processed","ref":"stripe/evt_2","took_ms":1}"#,
    "START RequestId: 3f",
    r#"{"timestamp":"2026-11-22T10:00:03.000Z","level":"ERROR","message":"rejected","ref":"stripe/evt_1","reason":"no lines","attempt":2,"took_ms":31}"#,
    r#"{"timestamp":"2026-11-22T10:00:09.000Z","level":"INFO","message":"done before: skipped","ref":"stripe/evt_1","replay":"r-1","took_ms":3}"#,
];

async fn tries(log: &Log) -> Vec<(String, Tries)> {
    let reference: Ref = REF.parse().unwrap();
    let window = windows(at("10:00:00"), None, None, at("10:05:00"));
    let found = read(log, "/aws/lambda/coatcheck-invoices", &reference, &window).await;
    vec![("invoices".to_owned(), found)]
}

fn titles(way: &Way) -> Vec<&str> {
    way.steps.iter().map(|step| step.title.as_str()).collect()
}

#[tokio::test]
async fn a_rejected_event_shows_each_try_and_where_it_ended() {
    let failed = Record {
        failure: Some("reject".to_owned()),
        reason: Some("no lines".to_owned()),
        ..record("failed", "10:00:02.998", 2)
    };
    let details = details(&["invoices"], vec![failed]);
    let tries = tries(&Log(LINES.to_vec(), false)).await;
    let way = steps::of(&sample(), &details, &tries, at("10:05:00"));
    assert_eq!(
        titles(&way),
        [
            "Received by ingest",
            "Routed to invoices",
            "invoices: to be retried, try 1",
            "invoices: rejected, try 2",
            "invoices gave it up",
            "invoices: skipped, completed before, replay r-1",
        ]
    );
    let first = &way.steps[2];
    assert_eq!((first.took_ms, first.at), (Some(212), Some(at("10:00:01"))));
    assert_eq!(
        first.said.as_deref(),
        Some("<script>busy"),
        "as it was written"
    );
    assert_eq!(way.steps[1].at, None, "stored nowhere");
    assert_eq!(way.steps[4].subscription.as_deref(), Some("invoices"));
    assert!(way.has_ended);
}

#[tokio::test]
async fn what_the_log_does_not_have_the_record_says() {
    let done = Record {
        summary: Some("invoice.paid 2 bytes".to_owned()),
        ..record("completed", "10:00:04", 3)
    };
    let details = details(&["invoices"], vec![done]);
    let tries = tries(&Log(Vec::new(), false)).await;
    let way = steps::of(&sample(), &details, &tries, at("10:05:00"));
    assert_eq!(titles(&way)[2..], ["invoices: completed, try 3"]);
    assert!(way.has_ended);
    let unread = way
        .unseen
        .iter()
        .any(|why| why.contains("logs:FilterLogEvents"));
    assert!(unread, "{:?}", way.unseen);
}

#[test]
fn what_has_not_happened_comes_last_and_what_cannot_be_seen_is_said() {
    let nothing = [("invoices".to_owned(), Tries::default())];
    let details = details(&["invoices", "ledger"], Vec::new());
    let way = steps::of(&sample(), &details, &nothing, at("10:05:00"));
    assert_eq!(
        titles(&way)[1..],
        ["Goes to invoices, ledger", "invoices: no try yet"]
    );
    assert!(!way.has_ended);
    let theirs = way
        .unseen
        .iter()
        .any(|why| why.contains("arn:aws:sqs:eu-central-1:2:ledger.fifo"));
    assert!(theirs, "{:?}", way.unseen);
    // 90 days later nothing is said to wait.
    let later = "2027-03-22T10:00:00Z".parse().unwrap();
    let way = steps::of(&sample(), &details, &nothing, later);
    assert_eq!(way.steps.len(), 2);
    assert!(way.unseen.iter().any(|why| why.contains("expired")));
}

const DELIVER: [&str; 3] = [
    r#"{"timestamp":"2026-11-22T10:00:01.000Z","level":"WARN","message":"to be retried","ref":"stripe/evt_1","reason":"status","status":503,"tries":1,"wait_s":5}"#,
    r#"{"timestamp":"2026-11-22T10:00:05.000Z","level":"WARN","message":"to be retried","ref":"stripe/evt_1","reason":"timeout","tries":2,"wait_s":9}"#,
    r#"{"timestamp":"2026-11-22T10:00:09.000Z","level":"INFO","message":"delivered","ref":"stripe/evt_1","status":200,"attempt":3,"took_ms":48}"#,
];

/// The way of an event to `crm`, whose log has these lines.
async fn to_crm(lines: &[&'static str], record: Record) -> Way {
    let (reference, group): (Ref, _) = (REF.parse().unwrap(), "/aws/lambda/coatcheck-invoices");
    let window = windows(at("10:00:00"), None, None, at("10:05:00"));
    let found = read(&Log(lines.to_vec(), false), group, &reference, &window).await;
    let record = Record {
        processor: "deliver-crm".to_owned(),
        ..record
    };
    let details = details(&["crm"], vec![record]);
    let tries = [("deliver-crm".to_owned(), found)];
    steps::of(&delivered(), &details, &tries, at("10:05:00"))
}

#[tokio::test]
async fn an_event_that_deliver_sent_is_delivered_to_its_subscription() {
    let done = Record {
        summary: Some("delivered: HTTP 200".to_owned()),
        ..record("completed", "10:00:08.900", 3)
    };
    let way = to_crm(&DELIVER, done.clone()).await;
    let all = [
        "Received by ingest",
        "Routed to crm",
        "crm: to be retried, try 1",
        "crm: to be retried, try 2",
        "Delivered to crm, try 3",
    ];
    assert_eq!(titles(&way), all);
    let said: Vec<_> = way.steps[2..]
        .iter()
        .map(|step| step.said.as_deref())
        .collect();
    assert_eq!(
        said,
        [Some("status (HTTP 503)"), Some("timeout"), Some("HTTP 200")]
    );
    assert!(way.has_ended);
    assert!(
        !way.unseen.iter().any(|why| why.contains("crm")),
        "{:?}",
        way.unseen
    );
    // The log is gone, and the record is still there.
    let way = to_crm(&["START"], done).await;
    assert_eq!(titles(&way)[2..], ["Delivered to crm, try 3"]);
}

#[tokio::test]
async fn an_event_whose_time_was_over_was_given_up() {
    let given_up = r#"{"timestamp":"2026-11-22T10:00:09.000Z","level":"ERROR","message":"given up: the event is in the DLQ","ref":"stripe/evt_1","reason":"timeout","tries":3}"#;
    let failed = Record {
        failure: Some("Retry".to_owned()),
        reason: Some("timeout".to_owned()),
        ..record("failed", "10:00:09.100", 3)
    };
    let way = to_crm(&[DELIVER[0], given_up], failed.clone()).await;
    assert_eq!(
        titles(&way)[3..],
        ["crm: not delivered, try 3", "crm gave it up"]
    );
    assert!(way.has_ended);
    // It waits for its next try.
    let way = to_crm(&DELIVER[..1], failed).await;
    assert!(!way.has_ended);
}

#[test]
fn no_subscription_is_the_end() {
    let way = steps::of(&sample(), &details(&[], Vec::new()), &[], at("10:05:00"));
    assert_eq!(
        titles(&way),
        ["Received by ingest", "No subscription takes it"]
    );
    assert!(way.has_ended && way.unseen.is_empty());
}

#[tokio::test]
async fn a_log_is_read_around_the_arrival_and_the_last_change_only() {
    let received = at("10:00:00");
    let of = |last: Option<&str>, now: &str| windows(received, last.map(at), None, at(now));
    assert_eq!(of(None, "10:00:05"), [(at("09:59:00"), at("10:01:05"))]);
    assert_eq!(of(None, "20:00:00"), [(at("09:59:00"), at("11:00:00"))]);
    assert_eq!(
        of(Some("10:30:00"), "20:00:00"),
        [(at("09:59:00"), at("11:00:00"))]
    );
    assert_eq!(
        of(Some("11:05:00"), "20:00:00"),
        [(at("09:59:00"), at("11:06:00"))]
    );
    let replayed = |replayed, now: &str| windows(received, None, Some(at(replayed)), at(now));
    assert_eq!(
        replayed("15:00:00", "15:00:05"),
        [
            (at("09:59:00"), at("11:00:00")),
            (at("14:59:00"), at("15:01:05"))
        ]
    );
    // An address may name any time.
    assert_eq!(replayed("09:00:00", "10:00:05").len(), 1);
    assert_eq!(replayed("23:00:00", "10:00:05").len(), 1);
    let two = of(Some("15:00:00"), "20:00:00");
    assert_eq!(
        two,
        [
            (at("09:59:00"), at("11:00:00")),
            (at("14:45:00"), at("15:01:00"))
        ]
    );
    let (log, reference) = (Log(LINES.to_vec(), false), REF.parse().unwrap());
    let found = read(&log, "/aws/lambda/coatcheck-invoices", &reference, &two);
    let unread = found.await.unread.unwrap();
    assert!(
        unread.contains("between 2026-11-22T11:00:00.000Z and 2026-11-22T14:45:00.000Z"),
        "{unread}"
    );
    let some = tries(&Log(LINES.to_vec(), true)).await;
    assert!(some[0].1.unread.as_ref().unwrap().contains("Some lines"));
}
