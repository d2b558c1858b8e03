//! The bounds that the project set itself, and the shapes of the model. That each line names what Terraform makes is
//! tested in `tests/terraform.rs`.

use super::*;
use crate::{Front, Group, Lane, Record, Refused};

fn bill(scenario: &Scenario) -> Bill {
    Model::shipped().unwrap().bill(scenario).unwrap()
}

fn received(scenario: &Scenario) -> f64 {
    bill(scenario).per_million(&[Group::Receive])
}

/// A million events of this size in a stack whose `ingest` has 256 MB.
fn of(size: f64) -> Scenario {
    let mut scenario = Scenario::of(1e6, size).unwrap();
    scenario.ingest_mb = 256.0;
    scenario
}

fn inline(size: f64) -> Scenario {
    let mut scenario = of(size);
    scenario.inline_max = 4_096.0;
    scenario
}

fn per_million(bill: &Bill, item: &str) -> Option<f64> {
    let line = bill.lines.iter().find(|line| line.item == item)?;
    line.per_million
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 1e-9, "{value} {expected}");
}

#[test]
fn the_lines_of_receiving_are_what_aws_meters() {
    let bill = bill(&of(1_000.0));
    for (item, dollars) in [
        ("REST API", 3.5),
        ("payload: S3 PUT", 5.0),
        ("pointer", 0.625),
        ("pointer: entry in the by-time index", 0.625),
        ("ingest: call", 0.2),
        ("authorizer: call", 0.2),
    ] {
        near(per_million(&bill, item).unwrap(), dollars);
    }
    near(
        bill.per_month(),
        bill.lines.iter().map(|line| line.per_month).sum(),
    );
}

/// What the project set itself as its bounds, in whole cents, as bills are shown. They hold with 256 MB for `ingest`.
#[test]
fn receiving_stays_within_its_bounds() {
    for (what, scenario, bound) in [
        ("1 KB", of(1_000.0), 10.60),
        ("1 KB, inline", inline(1_000.0), 6.20),
        ("4.4 MB", of(4_400_000.0), 11.50),
    ] {
        let cents = (received(&scenario) * 100.0).round();
        assert!(
            cents <= (bound * 100.0_f64).round(),
            "{what}: {cents} cents"
        );
    }
}

#[test]
fn an_inline_payload_takes_no_request_of_s3_and_one_more_unit_of_a_write() {
    let mut scenario = inline(1_000.0).subscribed(1.0);
    let small = bill(&scenario);
    assert!(
        small
            .lines
            .iter()
            .all(|line| line.price == "s3_list" || !line.price.starts_with("s3_"))
    );
    near(per_million(&small, "pointer").unwrap(), 1.25);
    scenario.size = 4_097.0;
    let large = bill(&scenario);
    assert_eq!(per_million(&large, "payload: S3 PUT"), Some(5.0));
    near(per_million(&large, "pointer").unwrap(), 0.625);
}

#[test]
fn each_indexed_attribute_takes_one_more_write_and_none_takes_nothing() {
    let item = "pointer: entries in the indexes by attribute";
    let with = |indexed| {
        bill(&Scenario {
            indexed,
            ..of(1_000.0)
        })
    };
    assert_eq!(per_million(&with(0.0), item), None);
    for indexed in [1.0, 2.0, 3.0] {
        let bill = with(indexed);
        near(per_million(&bill, item).unwrap(), 0.625 * indexed);
        // The keys still fit into the pointer's first unit.
        near(per_million(&bill, "pointer").unwrap(), 0.625);
        let more = bill.per_million(&[Group::Keep]) - with(0.0).per_million(&[Group::Keep]);
        assert!((0.2..0.5).contains(&(more / indexed)), "{more}");
    }
}

#[test]
fn the_http_api_counts_each_512_kb() {
    let mut scenario = of(1_000.0);
    scenario.front = Front::Http;
    near(received(&of(1_000.0)) - received(&scenario), 2.5);
    scenario.size = 4_400_000.0;
    near(received(&scenario) - received(&of(4_400_000.0)), 5.5);
    assert!(
        bill(&scenario)
            .assumptions
            .iter()
            .any(|text| text.contains("decision 0061"))
    );
}

#[test]
fn a_subscription_costs_by_its_share_and_its_record() {
    let cost = |scenario: &Scenario| bill(scenario).per_million(&[Group::Subscriptions]);
    let one = of(1_000.0).subscribed(1.0);
    let mut half = one.clone();
    half.subscribed = 0.5;
    // All but the filter, which looks at every event.
    let filter = per_million(&bill(&one), "topic: filter over the event").unwrap();
    near(cost(&half), (cost(&one) - filter) / 2.0 + filter);
    let with = |record| Scenario {
        record,
        ..one.clone()
    };
    let record = |record| per_million(&bill(&with(record)), "record of what was processed");
    assert_eq!(record(Record::Claim), Some(1.25));
    assert_eq!(record(Record::Mark), Some(0.625));
    assert_eq!(record(Record::Off), None);
    let mut single = one.clone();
    single.batch = 1.0;
    assert!(
        cost(&single) > cost(&one) + 0.7,
        "{} {}",
        cost(&single),
        cost(&one)
    );
    assert!(cost(&of(1_000.0)).is_sign_positive() && cost(&of(1_000.0)) == 0.0);
}

#[test]
fn the_direct_lane_pays_for_a_notification_and_a_claim() {
    let mut scenario = of(1_000_000.0);
    scenario.lane = Lane::Direct;
    let bill = bill(&scenario);
    assert_eq!(per_million(&bill, "notification: fair queue"), Some(1.5));
    assert_eq!(per_million(&bill, "claim on the object"), Some(1.25));
    assert_eq!(per_million(&bill, "ingest: call"), None);
}

#[test]
fn what_is_kept_grows_with_the_size_and_the_days() {
    let kept = |scenario: &Scenario| per_million(&bill(scenario), "payloads").unwrap();
    let mut scenario = of(1_000.0);
    scenario.payload_days = 30.0;
    let month = kept(&scenario);
    scenario.size = 10_000.0;
    near(kept(&scenario), 10.0 * month);
    scenario.payload_days = 60.0;
    near(kept(&scenario), 20.0 * month);
}

#[test]
fn what_is_fixed_does_not_depend_on_the_events() {
    let fixed = |events| {
        let scenario = Scenario::of(events, 1_000.0).unwrap().subscribed(2.0);
        let lines = bill(&scenario).lines;
        let fixed = lines.into_iter().filter(|line| line.group == Group::Fixed);
        fixed.map(|line| line.per_month).sum::<f64>()
    };
    near(fixed(1e6), fixed(1e9));
    assert!(fixed(1e6) > 1.0);
}

fn refused(scenario: &Scenario, by: Refused) -> Bill {
    Model::shipped().unwrap().refused(scenario, by).unwrap()
}

#[test]
fn a_refusal_costs_what_it_reaches_and_nothing_behind() {
    let direct = Scenario {
        lane: Lane::Direct,
        ..of(1_000.0)
    };
    let items = |scenario: &Scenario, by| {
        let bill = refused(scenario, by);
        bill.lines.iter().map(|line| line.item).collect::<Vec<_>>()
    };
    let authorizer = items(&of(1_000.0), Refused::Authorizer);
    let unknown = items(&of(1_000.0), Refused::UnknownName);
    let ingest = items(&of(1_000.0), Refused::Ingest);
    let admit = items(&direct, Refused::Admit);
    for (items, has, lacks) in [
        (&authorizer, "authorizer: call", "ingest: call"),
        (&unknown, "lookup", "ingest: call"),
        (&ingest, "ingest: call", "payload: S3 PUT"),
        (&admit, "payload: S3 PUT", "claim on the object"),
    ] {
        assert!(
            items.contains(&"REST API") && items.contains(&has),
            "{items:?}"
        );
        assert!(
            !items.contains(&lacks) && !items.contains(&"pointer"),
            "{items:?}"
        );
    }
}

/// A refusal of a body takes processor time by its length, and never as long as one that is stored.
#[test]
fn a_forged_body_costs_less_than_a_good_one_and_more_the_longer_it_is() {
    let time = |size| {
        let bill = refused(&of(size), Refused::Ingest);
        per_million(&bill, "ingest: time").unwrap()
    };
    assert!(time(1e3) < time(1e6) && time(1e6) < time(4.4e6));
    assert!(time(4.4e6) < per_million(&bill(&of(4.4e6)), "ingest: time").unwrap());
}
