//! What a check by a schema adds to a delivery.
//!
//! `cargo bench -p schema`. An order of a shop, with as many lines as the size needs, against a schema that says of each member what it is: types,
//! required members, patterns, choices, numbers, and nothing else. Each figure is a median in microseconds on one thread, of the whole check, of
//! reading the payload alone, and of reading it with `serde_json` into its own values, of which the check is so many times. The last table is what
//! the worst checks take that we know: looks are counted ([`schema::bounds::COST`]), and the time of one is what a count is
//! worth. The time includes that of naming the place of a mismatch, whose looks are not among them.

use std::{hint::black_box, time::Instant};

use schema::Schema;
use serde_json::{Value, json};

const SIZES: [usize; 3] = [1_024, 102_400, 1_000_000];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = order().to_string();
    let compile = median(200, || Schema::compile(&text).is_ok());
    println!("compile a schema of {} bytes: {compile:.0} us", text.len());
    let schema = Schema::compile(&text)?;
    let any = Schema::compile("true")?;
    println!(
        "| payload | check | of it reading | serde_json alone | times that | looks | ns a look |"
    );
    println!("|---|---|---|---|---|---|---|");
    for size in SIZES {
        let payload = payload(size);
        assert_eq!(schema.check(payload.as_bytes()), Ok(()));
        let rounds = (20_000_000 / size).clamp(30, 5_000);
        let check = median(rounds, || schema.check(payload.as_bytes()).is_ok());
        let read = median(rounds, || any.check(payload.as_bytes()).is_ok());
        let plain = median(rounds, || serde_json::from_str::<Value>(&payload).is_ok());
        let (_, looks) = schema.measure(payload.as_bytes());
        println!(
            "| {} bytes | {check:.0} us | {read:.0} us | {plain:.0} us | {:.1} | {looks} | {:.0} |",
            payload.len(),
            check / plain,
            check * 1e3 / looks as f64,
        );
    }
    worst()?;
    Ok(())
}

/// The median time of a call, in microseconds.
fn median(rounds: usize, mut call: impl FnMut() -> bool) -> f64 {
    let mut took: Vec<f64> = (0..rounds)
        .map(|_| {
            let begin = Instant::now();
            black_box(call());
            begin.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took.get(rounds / 2).copied().unwrap_or_default()
}

fn order() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^evt_[A-Za-z0-9]{1,64}$"},
            "type": {"type": "string", "enum": ["order.created", "order.paid", "order.cancelled"]},
            "created": {"type": "integer", "minimum": 0},
            "customer": {"$ref": "#/$defs/customer"},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        },
        "required": ["id", "type", "created", "customer", "lines"],
        "additionalProperties": false,
        "$defs": {
            "customer": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 200},
                    "email": {"type": "string", "pattern": "^[^@]+@[^@]+$"},
                },
                "required": ["name", "email"],
                "additionalProperties": false,
            },
            "line": {
                "type": "object",
                "properties": {
                    "sku": {"type": "string", "pattern": "^[A-Z0-9-]{1,32}$"},
                    "title": {"type": "string", "maxLength": 500},
                    "quantity": {"type": "integer", "minimum": 1, "maximum": 1000},
                    "price": {"type": "number", "exclusiveMinimum": 0},
                    "currency": {"enum": ["EUR", "USD", "GBP", "JPY"]},
                    "gift": {"type": "boolean"},
                },
                "required": ["sku", "quantity", "price", "currency"],
                "additionalProperties": false,
            },
        },
    })
}

fn payload(size: usize) -> String {
    let line = |n: usize| {
        json!({
            "sku": format!("SKU-{n:06}"), "title": "A thing that one may want to buy", "quantity": n % 9 + 1,
            "price": n as f64 + 0.99, "currency": "EUR", "gift": n.is_multiple_of(2),
        })
        .to_string()
    };
    let head = r#"{"id":"evt_1","type":"order.paid","created":1795298390,"customer":{"name":"Ada","email":"ada@example.com"},"lines":["#;
    let mut text = head.to_owned();
    for n in 0.. {
        let line = line(n);
        if text.len() + line.len() + 3 > size {
            break;
        }
        if n > 0 {
            text.push(',');
        }
        text.push_str(&line);
    }
    text + "]}"
}

fn worst() -> Result<(), Box<dyn std::error::Error>> {
    let rules: Vec<Value> = (0..2_000)
        .map(|n| json!({"not": {"const": format!("x{n}")}}))
        .collect();
    let patterns: serde_json::Map<String, Value> = (0..100)
        .map(|n| (format!("^[a-z]*{n}[a-z]*$"), json!({"type": "integer"})))
        .collect();
    let members: Vec<String> = (0..90_000).map(|n| format!("\"k{n:x}\":1")).collect();
    let texts =
        |text: &str, count: usize| format!("[{}]", vec![format!("\"{text}\""); count].join(","));
    let choices: Vec<Value> = (0..6_000).map(|n| json!({"a": n})).collect();
    let names: Vec<String> = (0..1_000)
        .map(|n| format!("\"{}{n:04}\":1", "ab".repeat(500)))
        .collect();
    let whole: Vec<String> = (0..49_000).map(|n| (u64::MAX - n).to_string()).collect();
    let cases = [
        (
            "2,000 rules for each of 190,000 values",
            json!({"items": {"allOf": rules}}),
            texts("x", 190_000),
        ),
        (
            "6,000 choices for each of 60,000 objects",
            json!({"items": {"enum": choices.clone()}}),
            format!("[{}]", vec!["{\"a\":5999}"; 60_000].join(",")),
        ),
        (
            "100 patterns for each of 90,000 names",
            json!({"patternProperties": patterns}),
            format!("{{{}}}", members.join(",")),
        ),
        (
            "a pattern with 4,000 states alive",
            json!({"items": {"pattern": "(?:[ab]*a[ab]{2000})c"}}),
            texts(&"ab".repeat(15_000), 30),
        ),
        (
            "a pattern over 1,000 names of 1,000 bytes",
            json!({"patternProperties": {"(?:[ab]*a[ab]{1000})c": true}}),
            format!("{{{}}}", names.join(",")),
        ),
        (
            "multiples of 0.03 among 150,000 numbers far from 1",
            json!({"items": {"anyOf": [{"multipleOf": 0.03}, true]}}),
            format!("[{}]", vec!["1e308"; 150_000].join(",")),
        ),
        (
            "49,000 different whole numbers with the same nearest doubles",
            json!({"uniqueItems": true}),
            format!("[{}]", whole.join(",")),
        ),
        (
            "6,000 choices for each of 190,000 empty objects",
            json!({"items": {"not": {"enum": choices}}}),
            format!("[{}]", vec!["{}"; 190_000].join(",")),
        ),
        (
            "branches that double at each of 60 levels",
            json!({"$ref": "#/$defs/n", "$defs": {"n": {"anyOf": [
                {"properties": {"a": {"$ref": "#/$defs/n"}}, "required": ["b"]},
                {"properties": {"a": {"$ref": "#/$defs/n"}}, "required": ["c"]},
            ]}}}),
            format!("{}1{}", "{\"a\":".repeat(60), "}".repeat(60)),
        ),
    ];
    println!("| the worst | took | looks | ns a look | ends as |");
    println!("|---|---|---|---|---|");
    for (name, schema, payload) in cases {
        let schema = match Schema::compile(&schema.to_string()) {
            Ok(schema) => schema,
            Err(problem) => {
                println!("| {name} | - | - | - | {problem} |");
                continue;
            }
        };
        let begin = Instant::now();
        let (outcome, looks) = schema.measure(payload.as_bytes());
        let took = begin.elapsed().as_secs_f64();
        println!(
            "| {name} | {:.0} ms | {looks} | {:.0} | {outcome:?} |",
            took * 1e3,
            took * 1e9 / looks.max(1) as f64,
        );
    }
    Ok(())
}
