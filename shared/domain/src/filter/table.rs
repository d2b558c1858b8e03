//! The table of `shared/domain/fixtures/filters`: this module, and quamina on what Terraform makes of each filter, must judge each case as
//! the table says; and quamina on the filter and the payload as they are, as EventBridge documents it.
//! `scripts/witness filters` asks others.

use std::collections::{BTreeMap, HashMap};

use quamina::Quamina;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::Filter;
use crate::{AttributeName, AttributeRule, Attributes, Unkept};

#[derive(Deserialize)]
struct Case {
    name: String,
    filter: Box<RawValue>,
    values: BTreeMap<String, Box<RawValue>>,
    passes: bool,
    /// What AWS's own engine says of the payload itself, where that is something else, and why.
    ruler: Option<bool>,
    why: Option<String>,
    /// Why quamina cannot be asked about the payload itself.
    unruled: Option<String>,
}

#[derive(Deserialize)]
struct Compiled {
    patterns: Value,
    topic_patterns: Value,
    compared: Vec<AttributeName>,
}

const RULES: &str = r#"{"amount":{"json":"/amount","as":"number"},"customer":{"json":"/customer"},"plan":{"json":"/plan"}}"#;

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../fixtures/filters/cases.json")).unwrap()
}

/// By the filter's text, as Terraform writes it.
fn compiled() -> HashMap<Value, Compiled> {
    let text = include_str!("../../fixtures/filters/compiled.json");
    let read: HashMap<String, Compiled> = serde_json::from_str(text).unwrap();
    let value = |text: &str| serde_json::from_str(text).unwrap();
    read.into_iter()
        .map(|(text, one)| (value(&text), one))
        .collect()
}

/// What an endpoint that declares these attributes keeps; with the order of those that are compared.
fn kept(case: &Case, compared: &[AttributeName]) -> Attributes {
    let mut rules: BTreeMap<AttributeName, AttributeRule> = serde_json::from_str(RULES).unwrap();
    for (name, rule) in &mut rules {
        rule.order = compared.contains(name);
    }
    let (kept, _) = Attributes::keep(&rules, |rule| {
        let name = rules.iter().find(|(_, one)| one.place == rule.place);
        let text = name.and_then(|(name, _)| case.values.get(name.as_str()));
        let text = text.ok_or(Unkept::Missing)?.get();
        match serde_json::from_str(text).unwrap() {
            Value::String(text) => Ok(text),
            // As it is written.
            Value::Bool(_) | Value::Number(_) => Ok(text.to_owned()),
            Value::Null | Value::Array(_) | Value::Object(_) => Err(Unkept::Missing),
        }
    });
    kept
}

/// The event as the router publishes it, from the pointer that is stored.
fn published(kept: &Attributes, compared: &[AttributeName]) -> Value {
    let image: HashMap<String, String> = kept
        .stored()
        .map(|(name, text)| (name, text.into_owned()))
        .collect();
    let mut event = json!({"specversion": "1.0", "type": "push", "source": "/endpoints/github"});
    let rules: BTreeMap<AttributeName, AttributeRule> = serde_json::from_str(RULES).unwrap();
    for name in rules.keys() {
        event[name.as_str()] = Attributes::stored_in(&image, name).into();
    }
    for name in compared {
        event[name.order_member()] = Attributes::order_in(&image, name).into();
    }
    event
}

fn matches(pattern: &str, event: &str) -> bool {
    let mut matcher = Quamina::<u8>::new();
    matcher.add_pattern(0, pattern).unwrap();
    !matcher
        .matches_for_event(event.as_bytes())
        .unwrap()
        .is_empty()
}

#[test]
fn every_evaluator_judges_the_table_alike() {
    let (cases, compiled) = (cases(), compiled());
    assert!(cases.len() >= 60);
    let mut wrong = Vec::new();
    for case in &cases {
        let text = case.filter.get();
        let made = &compiled[&serde_json::from_str::<Value>(text).unwrap()];
        let kept = kept(case, &made.compared);
        let event = published(&kept, &made.compared).to_string();
        let image: HashMap<String, String> = kept
            .stored()
            .map(|(name, text)| (name, text.into_owned()))
            .collect();
        let read = Attributes::of_image(&image);
        let filter = Filter::parse(text).unwrap();
        let judged = [
            (
                "fan",
                filter.passes(|name| read.get(name).map(Into::into)),
                case.passes,
            ),
            (
                "the reader",
                matches(&made.patterns.to_string(), &event),
                case.passes,
            ),
            (
                "the topic",
                made.topic_patterns == json!({})
                    || matches(&made.topic_patterns.to_string(), &event)
                    || !case.passes,
                true,
            ),
            (
                "the payload itself",
                case.unruled.is_some()
                    || matches(text, &serde_json::to_string(&case.values).unwrap())
                        == case.ruler.unwrap_or(case.passes),
                true,
            ),
        ];
        for (who, is, expected) in judged {
            if is != expected {
                wrong.push(format!("{}: {who} says {is}", case.name));
            }
        }
        assert_eq!(case.ruler.is_some(), case.why.is_some(), "{}", case.name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A pointer from before the filter has no order text: what passed then still passes. A processor gets none either.
#[test]
fn an_event_whose_number_nobody_has_looked_at_passes() {
    let compiled = compiled();
    let made = &compiled[&json!({"amount": [{"numeric": [">", 100]}]})];
    let patterns = made.patterns.to_string();
    let event = |amount: &str, order: &str| json!({"amount": amount, "0amount": order}).to_string();
    assert!(matches(&patterns, &event("5", "")));
    assert!(!matches(&patterns, &event("", "")));
    assert!(!matches(&patterns, &event("6000000000", "-")));
}
