//! `coatcheck events ls --where`, over a hundred thousand events: what it finds, and how many requests it takes.

mod table;

use std::{
    collections::BTreeMap,
    process::{Command, Output},
};

use domain::Timestamp;
use serde_json::Value;

use self::table::{EVENTS, Table, customer, plan};

#[expect(clippy::disallowed_methods, reason = "the binary reads the same clock")]
fn table() -> Table {
    Table::serve(Timestamp::now())
}

fn ls(table: &Table, args: &str) -> Output {
    table.calls();
    Command::new(env!("CARGO_BIN_EXE_coatcheck"))
        .args(["events", "ls"])
        .args(args.split(' '))
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "a")
        .env("AWS_SECRET_ACCESS_KEY", "b")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", &table.url)
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap()
}

/// The events that are listed, in their order.
fn listed(output: &Output) -> Vec<usize> {
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let refs = text.lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        row["ref"].as_str().unwrap().to_owned()
    });
    refs.map(|one| one.strip_prefix("shop/").unwrap().parse().unwrap())
        .collect()
}

fn calls(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    let owned = |(name, count): &(&str, usize)| ((*name).to_owned(), *count);
    expected.iter().map(owned).collect()
}

#[test]
fn the_first_page_of_a_customer_is_one_query_and_every_page_is_right() {
    let table = table();
    let of_large: Vec<usize> = (0..EVENTS).filter(|one| one % 10 == 0).collect();
    let page = ls(&table, "--where customer=cus_large --since 30h --json");
    assert_eq!(listed(&page), of_large[..50]);
    assert_eq!(table.calls(), calls(&[("GetItem", 1), ("Query", 1)]));
    // Ten thousand, two hundred at a time.
    let all = ls(
        &table,
        "--endpoint shop --where customer=cus_large --since 30h --all --json",
    );
    assert_eq!(listed(&all), of_large);
    assert_eq!(table.calls(), calls(&[("GetItem", 1), ("Query", 50)]));
    let none = ls(&table, "--where customer=cus_none --since 30h --json");
    assert!(listed(&none).is_empty());
    assert_eq!(table.calls(), calls(&[("GetItem", 1), ("Query", 1)]));
}

#[test]
fn another_attribute_is_compared_with_the_pointers_that_the_index_finds() {
    let table = table();
    let wanted = |one: &usize| customer(*one) == "cus_7" && plan(*one) == "50%";
    let expected: Vec<usize> = (0..EVENTS).filter(wanted).collect();
    let args = "--where plan=50% --where customer=cus_7 --since 30h --all";
    assert_eq!(listed(&ls(&table, &format!("{args} --json"))), expected);
    let took = calls(&[("BatchGetItem", 1), ("GetItem", 1), ("Query", 1)]);
    assert_eq!(table.calls(), took);
    let people = ls(&table, args);
    let said = String::from_utf8(people.stderr).unwrap();
    assert!(
        said.contains("found by the index of customer: 1 query, and 100 pointers compared"),
        "{said}"
    );
}

#[test]
fn without_an_index_every_pointer_of_the_span_is_read_and_the_command_says_so() {
    let table = table();
    // Some 4,180 events in an hour.
    let expected: Vec<usize> = (0..4_000).filter(|one| plan(*one) == "50%").collect();
    for (args, says) in [
        ("--where plan=50%", "`index = true` makes it one query"),
        ("--where plan=50% --no-index", "without an index"),
    ] {
        let args = format!("{args} --since 1h --all");
        let found = listed(&ls(&table, &format!("{args} --json")));
        assert_eq!(found[..expected.len()], expected);
        let took = table.calls();
        assert!(took["BatchGetItem"] >= 40, "{took:?}");
        let said = String::from_utf8(ls(&table, &args).stderr).unwrap();
        assert!(
            said.contains(says) && said.contains("pointers compared"),
            "{said}"
        );
    }
    let by_time = ls(
        &table,
        "--where customer=cus_7 --no-index --since 1h --all --json",
    );
    let of_customer = |one: &usize| customer(*one) == "cus_7";
    let found = listed(&by_time);
    assert!(
        found.len() >= 4 && found.iter().all(of_customer),
        "{found:?}"
    );
}

#[test]
fn what_no_event_can_have_is_refused_before_anything_is_read() {
    let table = table();
    for (args, says) in [
        ("--where status=paid", "the stack declares customer, plan"),
        ("--endpoint other --where plan=free", "other declares none"),
        ("--where plan", "customer=cus_1"),
        ("--no-index", "--where"),
    ] {
        let output = ls(&table, args);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(says), "{said}");
        assert!(!table.calls().contains_key("Query"), "{args}");
    }
}
