//! Schemas and payloads that would make a validator slow, deep or large: each check ends within
//! its cost, and says so.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::time::{Duration, Instant};

use domain::Mismatch;
use schema::{Schema, SchemaProblem, bounds};
use serde_json::{Value, json};

fn compiled(schema: &Value) -> Schema {
    Schema::compile(&schema.to_string()).unwrap()
}

/// The outcome, and how long it took. No build and no machine needs as long as this.
fn outcome(schema: &Value, payload: &str) -> Result<(), Mismatch> {
    let schema = compiled(schema);
    let begin = Instant::now();
    let outcome = schema.check(payload.as_bytes());
    let took = begin.elapsed();
    eprintln!("{took:?} {outcome:?}");
    assert!(took < Duration::from_secs(120), "{took:?}");
    outcome
}

/// What a check costs that ends with a verdict, and whether the payload matches. The same on each machine.
fn cost(schema: &Value, payload: &str) -> (bool, u64) {
    let (outcome, cost) = compiled(schema).measure(payload.as_bytes());
    assert!(!matches!(outcome, Err(Mismatch::Limit(_))), "{outcome:?}");
    (outcome.is_ok(), cost)
}

/// An array of this item, so many times.
fn list(item: &str, count: usize) -> String {
    format!("[{}]", vec![item; count].join(","))
}

fn nested(depth: usize, member: &str) -> String {
    format!(
        "{}1{}",
        format!("{{\"{member}\":").repeat(depth),
        "}".repeat(depth)
    )
}

/// Each level is looked at by two branches, each of which looks at the next level by two.
#[test]
fn branches_that_double_at_each_level_end() {
    let node = json!({
        "$ref": "#/$defs/node",
        "$defs": {"node": {"anyOf": [
            {"properties": {"a": {"$ref": "#/$defs/node"}}, "required": ["b"]},
            {"properties": {"a": {"$ref": "#/$defs/node"}}, "required": ["c"]},
        ]}},
    });
    let result = outcome(&node, &nested(60, "a"));
    assert!(result.is_err(), "{result:?}");
}

/// The same without references: written out it needs no recursion, and grows as fast.
#[test]
fn unevaluated_members_at_each_level_end() {
    let level = |inner: Value| {
        json!({
            "allOf": [{"properties": {"a": inner.clone()}}],
            "anyOf": [{"properties": {"a": inner}}],
            "unevaluatedProperties": false,
        })
    };
    let schema = (0..8).fold(json!(true), |inner, _| level(inner));
    outcome(&schema, &nested(8, "a")).unwrap();
    let recursive = json!({
        "$ref": "#/$defs/n",
        "$defs": {"n": {
            "allOf": [{"properties": {"a": {"$ref": "#/$defs/n"}}}],
            "anyOf": [{"properties": {"a": {"$ref": "#/$defs/n"}}}, {"properties": {"b": {"$ref": "#/$defs/n"}}}],
            "unevaluatedProperties": false,
        }},
    });
    let _ = outcome(&recursive, &nested(60, "a"));
}

#[test]
fn references_that_lead_to_themselves_end() {
    let circle = json!({
        "$ref": "#/$defs/a",
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
    });
    let _ = outcome(&circle, "1");
    let itself = json!({"$ref": "#", "allOf": [{"$ref": "#"}]});
    let _ = outcome(&itself, &nested(60, "a"));
}

#[test]
fn a_long_chain_of_references_needs_little_stack() {
    let chain = |length: usize, link: fn(usize) -> Value| {
        let defs: serde_json::Map<String, Value> = (0..length)
            .map(|n| {
                (
                    format!("d{n}"),
                    if n + 1 < length {
                        link(n + 1)
                    } else {
                        json!({"type": "integer"})
                    },
                )
            })
            .collect();
        json!({"$ref": "#/$defs/d0", "$defs": defs})
    };
    let most = bounds::SCHEMA_REFERENCES;
    let links: [fn(usize) -> Value; 3] = [
        |next| json!({"$ref": format!("#/$defs/d{next}")}),
        |next| json!({"allOf": [{"$ref": format!("#/$defs/d{next}")}]}),
        |next| json!({"not": {"not": {"$ref": format!("#/$defs/d{next}")}}}),
    ];
    for link in links {
        let schema = chain(most, link);
        for (payload, fits) in [("1", true), ("\"a\"", false)] {
            match outcome(&schema, payload) {
                Err(Mismatch::Limit("stack")) => {}
                other => assert_eq!(other.is_ok(), fits, "{payload}"),
            }
        }
        let more = Schema::compile(&chain(most + 2, link).to_string());
        assert!(matches!(
            more,
            Err(SchemaProblem::TooMuch {
                of: "references",
                ..
            })
        ));
    }
}

#[test]
fn patterns_take_linear_time() {
    let texts =
        |text: &str, count: usize| format!("[{}]", vec![format!("\"{text}\""); count].join(","));
    for pattern in [
        "^(a+)+$",
        "^(a|a)*b$",
        "(x+x+)+y",
        "^([a-z]+)*[0-9]$",
        "[01]*1[01]{12}$",
        "(.*,){11}P",
    ] {
        let schema = json!({"items": {"pattern": pattern}});
        let _ = outcome(&schema, &texts(&"a".repeat(30_000), 30));
        let _ = outcome(&schema, &texts(&"01".repeat(15_000), 30));
        let _ = outcome(&schema, &texts(&"x,".repeat(15_000), 30));
    }
}

/// The slowest that the bounds allow: the largest pattern, which keeps all its states alive.
#[test]
fn the_largest_pattern_is_still_bounded() {
    for count in [1000, 2000, 4000] {
        let schema = json!({"items": {"pattern": format!("(?:[ab]*a[ab]{{{count}}})c")}});
        if Schema::compile(&schema.to_string()).is_ok() {
            let text = format!("[\"{}\"]", "ab".repeat(200_000));
            let _ = outcome(&schema, &text);
        }
    }
}

#[test]
fn many_patterns_over_many_members_end() {
    let patterns: serde_json::Map<String, Value> = (0..bounds::SCHEMA_PATTERNS)
        .map(|n| (format!("^[a-z]*{n}[a-z]*$"), json!({"type": "string"})))
        .collect();
    let members: Vec<String> = (0..90_000).map(|n| format!("\"k{n:x}\":1")).collect();
    let payload = format!("{{{}}}", members.join(","));
    let _ = outcome(&json!({"patternProperties": patterns}), &payload);
}

/// `multipleOf` by fractions of 300 digits took as long for one number as for thousands of others.
#[test]
fn a_number_far_from_one_costs_as_much_as_another() {
    let schema = json!({"items": {"multipleOf": 0.01}});
    let (fits, near) = cost(&schema, &list("0.5", 1_000));
    assert!(fits && near >= 16_000, "{near}");
    for (number, expected) in [
        ("1e300", true),
        ("1.7976931348623157e308", true),
        ("5e-324", false),
        ("18446744073709551615", true),
    ] {
        let payload = list(number, 1_000);
        let (fits, far) = cost(&schema, &payload);
        assert_eq!(fits, expected, "{number}");
        // The first one that is no multiple ends the check.
        assert!(!fits || far == near, "{number}: {far}, not {near}");
    }
    let far = json!({"items": {"multipleOf": 5e-324}});
    assert_eq!(
        cost(&far, &list("1.7976931348623157e308", 1_000)),
        (true, near)
    );
    let digits = format!("[{}.{}]", "7".repeat(300), "3".repeat(400_000));
    assert!(cost(&schema, &digits).1 < 100);
}

/// An object without members is compared with each choice too.
#[test]
fn a_comparison_with_a_choice_costs_something_whatever_is_compared() {
    let choices: Vec<Value> = (0..500).map(|n| json!({"a": n})).collect();
    let mixed: Vec<Value> = (0..500).map(|n| json!([[n], n])).collect();
    for (item, choices) in [("{}", choices), ("[]", mixed)] {
        let schema = json!({"items": {"not": {"enum": choices}}});
        let (fits, cost) = cost(&schema, &list(item, 100));
        assert!(fits && cost >= 50_000, "{item}: {cost}");
    }
}

/// Arrays that hold the same in other ways, and whole numbers with the same nearest double: with one hash for all of
/// them, each would be compared with each.
#[test]
fn unique_items_cost_what_they_hold() {
    let schema = json!({"uniqueItems": true});
    let brackets: Vec<String> = (1..400)
        .flat_map(|n| {
            let list = "[],".repeat(n);
            [
                format!("[{list}1]"),
                format!("[1,{}]", &list[..list.len() - 1]),
            ]
        })
        .collect();
    let numbers: Vec<String> = (0..2_000).map(|n| (u64::MAX - n).to_string()).collect();
    for items in [brackets, numbers] {
        let (fits, cost) = cost(&schema, &format!("[{}]", items.join(",")));
        let looks = items.iter().map(|item| item.split(',').count() as u64);
        let looks: u64 = looks.sum();
        assert!(
            fits && (looks..=10 * looks).contains(&cost),
            "{cost} for {looks}"
        );
    }
}

/// A pattern reads names as it reads texts.
#[test]
fn patterns_cost_by_each_byte() {
    let name = "ab".repeat(500);
    let by_name = json!({"patternProperties": {"^[ab]*a[ab]{9}c": true, "^[ab]*b[ab]{9}c": true}});
    let (fits, once) = cost(&by_name, &format!("{{\"{name}\":1}}"));
    assert!(fits && once >= 2 * 4 * 1_000, "{once}");
    let without = json!({"properties": {"a": true}, "additionalProperties": true});
    assert!(cost(&without, &format!("{{\"{name}\":1}}")).1 < 50);
    let by_text = json!({"items": {"pattern": "^[ab]*a[ab]{10}b"}});
    let (fits, text) = cost(&by_text, &list(&format!("\"{name}\""), 5));
    assert!(fits && text >= 5 * 16 * 1_000, "{text}");
}

#[test]
fn unique_items_are_compared_by_digests() {
    let items: Vec<String> = (0..140_000).map(|n| n.to_string()).collect();
    let schema = json!({"uniqueItems": true});
    outcome(&schema, &format!("[{}]", items.join(","))).unwrap();
    let objects: Vec<String> = (0..40_000)
        .map(|n| format!("{{\"a\":{n},\"b\":[1]}}"))
        .collect();
    outcome(&schema, &format!("[{}]", objects.join(","))).unwrap();
    let deep = json!({"$ref": "#/$defs/n", "$defs": {"n": {"uniqueItems": true, "items": {"$ref": "#/$defs/n"}}}});
    let whole = format!(
        "{}{}{}",
        "[".repeat(60),
        vec!["1"; 100_000].join(","),
        "]".repeat(60)
    );
    let _ = outcome(&deep, &whole);
}

#[test]
fn a_long_list_of_choices_for_many_values_ends() {
    let choices: Vec<Value> = (0..12_000).map(|n| json!(n * 2)).collect();
    let schema = json!({"items": {"enum": choices}});
    let items: Vec<String> = (0..150_000).map(|_| "23998".to_owned()).collect();
    let _ = outcome(&schema, &format!("[{}]", items.join(",")));
    let mixed: Vec<Value> = (0..6_000).map(|n| json!({"a": n})).collect();
    let schema = json!({"items": {"enum": mixed}});
    let items: Vec<String> = (0..60_000).map(|_| "{\"a\":5999}".to_owned()).collect();
    let _ = outcome(&schema, &format!("[{}]", items.join(",")));
}

#[test]
fn many_rules_for_each_of_many_values_end() {
    let rules: Vec<Value> = (0..2_000)
        .map(|n| json!({"not": {"const": format!("x{n}")}}))
        .collect();
    let schema = json!({"items": {"allOf": rules}});
    let payload = format!("[{}]", vec!["\"x\""; 190_000].join(","));
    let ended = outcome(&schema, &payload);
    assert_eq!(ended, Err(Mismatch::Limit("cost")));
}

#[test]
fn what_is_too_deep_is_refused_before_it_is_checked() {
    let list =
        json!({"$ref": "#/$defs/n", "$defs": {"n": {"properties": {"a": {"$ref": "#/$defs/n"}}}}});
    outcome(&list, &nested(bounds::PAYLOAD_DEPTH, "a")).unwrap();
    assert_eq!(
        outcome(&list, &nested(bounds::PAYLOAD_DEPTH + 1, "a")),
        Err(Mismatch::Limit("depth"))
    );
}

#[test]
fn a_schema_has_bounds() {
    let problem = |text: &str| Schema::compile(text).unwrap_err();
    let long = format!("{{\"title\":\"{}\"}}", "a".repeat(bounds::SCHEMA_BYTES));
    assert!(matches!(problem(&long), SchemaProblem::TooLong(_)));
    assert!(matches!(
        problem("{"),
        SchemaProblem::NotJson { line: 1, .. }
    ));
    let deep = "{\"not\":".repeat(60) + "true" + &"}".repeat(60);
    assert!(matches!(
        problem(&deep),
        SchemaProblem::TooMuch { of: "levels", .. }
    ));
    let long = "a|".repeat(bounds::PATTERN_LENGTH);
    for long in [
        json!({"pattern": long}),
        json!({"patternProperties": {(long.clone()): true}}),
    ] {
        let problem = problem(&long.to_string());
        let most = bounds::PATTERN_LENGTH;
        let of = "bytes in a pattern";
        assert_eq!(problem, SchemaProblem::TooMuch { of, most });
    }
    let many: Vec<Value> = (0..=bounds::SCHEMA_PATTERNS)
        .map(|n| json!({"pattern": n.to_string()}))
        .collect();
    let many = json!({"allOf": many}).to_string();
    assert!(matches!(
        problem(&many),
        SchemaProblem::TooMuch { of: "patterns", .. }
    ));
    for draft in [
        "http://json-schema.org/draft-04/schema#",
        "https://example.com/own",
        "https://json-schema.org/draft/2019-09/schema",
    ] {
        let text = json!({"$schema": draft}).to_string();
        assert_eq!(problem(&text), SchemaProblem::Draft(draft.to_owned()));
        let inner = json!({"$defs": {"a": {"$id": "https://a", "$schema": draft}}}).to_string();
        assert_eq!(problem(&inner), SchemaProblem::Draft(draft.to_owned()));
    }
    for reference in [
        "https://example.com/other.json",
        "other.json",
        "file:///etc/passwd",
        "#/$defs/nowhere",
    ] {
        let text = json!({"$ref": reference}).to_string();
        assert!(
            matches!(problem(&text), SchemaProblem::Outside(_)),
            "{reference}"
        );
    }
    for pattern in ["(?=a)b", "(a)\\1", "[", "[a-z]{1,1000}{1,1000}"] {
        let text = json!({"pattern": pattern}).to_string();
        assert!(
            matches!(problem(&text), SchemaProblem::Invalid { .. }),
            "{pattern}"
        );
    }
    assert!(matches!(
        problem(r#"{"type":"texts"}"#),
        SchemaProblem::Invalid { .. }
    ));
    assert!(matches!(problem("[]"), SchemaProblem::Invalid { .. }));
}

/// Each level holds all the combinators that the bound on levels lets through.
#[test]
fn the_deepest_schema_over_the_deepest_payload_stays_on_its_stack() {
    let mut node = json!({"properties": {"a": {"$ref": "#/$defs/n"}}});
    for _ in 0..10 {
        node = json!({"allOf": [{"anyOf": [node]}]});
    }
    let schema = json!({"$ref": "#/$defs/n", "$defs": {"n": node}});
    match outcome(&schema, &nested(bounds::PAYLOAD_DEPTH, "a")) {
        Ok(()) | Err(Mismatch::Limit("stack")) => {}
        other => panic!("{other:?}"),
    }
}
