use std::borrow::Cow;

use super::*;

fn passes(filter: &str, values: &[(&str, &'static str)]) -> bool {
    Filter::parse(filter).unwrap().passes(|name| {
        let value = values.iter().find(|(have, _)| *have == name);
        value.map(|(_, value)| Cow::Borrowed(*value))
    })
}

#[test]
fn every_attribute_must_match_one_of_its_patterns() {
    let filter = r#"{"customer":[{"prefix":"cus_"},"me"],"amount":[{"numeric":[">",100]}]}"#;
    for (customer, amount, expected) in [
        ("cus_1", "101", true),
        ("me", "100.0000001", true),
        ("you", "101", false),
        ("cus_1", "100", false),
        ("", "101", false),
    ] {
        let values = [("customer", customer), ("amount", amount)];
        assert_eq!(passes(filter, &values), expected, "{customer} {amount}");
    }
    assert!(!passes(filter, &[("customer", "cus_1")]));
    assert!(passes("{}", &[]));
}

/// More is in the table that all implementations share: `shared/domain/fixtures/filters`.
#[test]
fn a_number_is_its_value_and_not_its_text() {
    for (filter, value, expected) in [
        (r#"{"a":[1e2]}"#, "100", true),
        (r#"{"a":[{"numeric":["=",100.50]}]}"#, "100.5", true),
        (
            r#"{"a":[12345678901234567890123456789012345678]}"#,
            "12345678901234567890123456789012345678",
            true,
        ),
        (
            r#"{"a":[12345678901234567890123456789012345678]}"#,
            "12345678901234567890123456789012345679",
            false,
        ),
        (r#"{"a":[{"numeric":[">=",-5,"<",7.5]}]}"#, "-5", true),
        (r#"{"a":[{"numeric":[">=",-5,"<",7.5]}]}"#, "7.5", false),
        (r#"{"a":[{"numeric":["<",9]}]}"#, "10", false),
        (r#"{"a":[{"numeric":[">",0]}]}"#, "6000000000", false),
        (r#"{"a":[{"numeric":[">",0]}]}"#, "many", false),
    ] {
        assert_eq!(
            passes(filter, &[("a", value)]),
            expected,
            "{filter} {value}"
        );
    }
}

#[test]
fn what_is_no_filter_is_refused_without_its_values() {
    for bad in ["", "[]", r#"{"a":1}"#, r#"{"a":"x"}"#] {
        assert_eq!(Filter::parse(bad), Err(FilterProblem::Form), "{bad}");
    }
    for bad in [
        r#"[]"#,
        r#"[null]"#,
        r#"[true]"#,
        r#"[["x"]]"#,
        r#"[{}]"#,
        r#"[{"prefix":"a","suffix":"b"}]"#,
        r#"[{"wildcard":"a*"}]"#,
        r#"[{"anything-but":{"prefix":"a"}}]"#,
        r#"[{"prefix":1}]"#,
        r#"[{"numeric":[]}]"#,
        r#"[{"numeric":[">"]}]"#,
        r#"[{"numeric":[">",1,">",2]}]"#,
        r#"[{"numeric":["=",1,"<",2]}]"#,
        r#"[{"numeric":[">","1"]}]"#,
        r#"[{"numeric":[">",6000000000]}]"#,
    ] {
        let problem = FilterProblem::Pattern("a".to_owned());
        let filter = format!(r#"{{"a":{bad}}}"#);
        assert_eq!(Filter::parse(&filter), Err(problem), "{bad}");
    }
}

#[test]
fn it_is_read_from_its_text() {
    let read: Filter = serde_json::from_str(r#""{\"a\":[\"x\"]}""#).unwrap();
    assert_eq!(read, Filter::parse(r#"{"a":["x"]}"#).unwrap());
    assert!(serde_json::from_str::<Filter>(r#""{""#).is_err());
    let shown = Filter::parse(r#"{"a":[{"numeric":["\u003e",1]},"x\u0026y"]}"#).unwrap();
    assert_eq!(shown.to_string(), r#"{"a":[{"numeric":[">",1]},"x&y"]}"#);
}
