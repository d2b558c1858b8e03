//! Every form of an alert, to the byte.

mod samples;

use serde_json::Value;

use self::samples::{at, samples};
use super::*;
use crate::alerts::{
    decide::News,
    trouble::Trouble,
    watched::{SAMPLE, Watched},
};

fn published(stack: &str, trouble: &Trouble, news: News, facts: &Facts) -> Published {
    let mut watched: Watched = serde_json::from_str(SAMPLE).unwrap();
    stack.clone_into(&mut watched.stack);
    let alert = Alert {
        watched: &watched,
        trouble,
        news,
        facts,
        since: at("05:00:07.250"),
        now: at("05:17:08"),
    };
    alert.published()
}

fn golden(name: &str) -> String {
    let path = format!(
        "{}/src/alerts/message/golden/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(&path).unwrap_or_else(|problem| panic!("{path}: {problem}"))
}

#[test]
fn each_kind_is_what_its_files_say() {
    for (name, stack, trouble, news, facts) in samples() {
        let published = published(stack, &trouble, news, &facts);
        let texts: Value = serde_json::from_str(&published.by_protocol).unwrap();
        let text = |protocol: &str| texts[protocol].as_str().unwrap();
        assert_eq!(
            text("default"),
            golden(&format!("{name}.json")).trim_end(),
            "{name}"
        );
        assert_eq!(text("email"), golden(&format!("{name}.txt")), "{name}");
        assert_eq!(text("sms"), published.subject, "{name}");
        assert_eq!(texts.as_object().unwrap().len(), 3);
        let first = text("email").lines().next();
        assert_eq!(first, Some(published.subject.as_str()), "{name}");
    }
}

/// The fields of the custom notification and their types, as AWS's page lists them.
fn check(value: &Value, text: &[&str], lists: &[&str], objects: &[&str]) {
    for (name, value) in value.as_object().unwrap() {
        let fits = match value {
            Value::String(_) => text.contains(&name.as_str()),
            Value::Array(all) => lists.contains(&name.as_str()) && all.iter().all(Value::is_string),
            Value::Object(_) => objects.contains(&name.as_str()),
            _ => false,
        };
        assert!(fits, "{name}: {value}");
    }
}

#[test]
fn chat_gets_a_custom_notification() {
    for (name, stack, trouble, news, facts) in samples() {
        let published = published(stack, &trouble, news, &facts);
        let texts: Value = serde_json::from_str(&published.by_protocol).unwrap();
        let chat: Value = serde_json::from_str(texts["default"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&chat["version"], &chat["source"]),
            (&"1.0".into(), &"custom".into())
        );
        assert_eq!(chat["content"]["textType"], "client-markdown");
        check(
            &chat,
            &["version", "source", "id"],
            &[],
            &["content", "metadata"],
        );
        let content = &chat["content"];
        check(
            content,
            &["textType", "title", "description"],
            &["nextSteps", "keywords"],
            &[],
        );
        let metadata = &chat["metadata"];
        let lists = ["relatedResources"];
        check(
            metadata,
            &["threadId", "summary", "eventType"],
            &lists,
            &["additionalContext"],
        );
        for (key, value) in metadata["additionalContext"].as_object().unwrap() {
            assert!(value.is_string(), "{name}: {key}");
        }
    }
}

#[test]
fn nothing_of_a_payload_and_no_mention_is_in_any_form() {
    for (name, stack, trouble, news, facts) in samples() {
        let Published {
            subject,
            by_protocol,
        } = published(stack, &trouble, news, &facts);
        assert!(subject.len() < 100 && subject.is_ascii(), "{subject}");
        for forbidden in [
            "4242",
            "channel>",
            "<!",
            "@",
            "evil.example",
            "://",
            "](",
            "card",
        ] {
            assert!(
                !by_protocol.contains(forbidden),
                "{name}: {forbidden}: {by_protocol}"
            );
        }
        assert!(by_protocol.len() < 8_000, "{name}: {}", by_protocol.len());
    }
}

#[test]
fn one_trouble_is_one_thread_and_each_message_has_its_own_id() {
    let trouble = Trouble::DeadLetters("invoices".to_owned());
    let field = |news: News, field: fn(&Value) -> &Value| {
        let published = published("coatcheck", &trouble, news, &Facts::None);
        let texts: Value = serde_json::from_str(&published.by_protocol).unwrap();
        let chat: Value = serde_json::from_str(texts["default"].as_str().unwrap()).unwrap();
        field(&chat).clone()
    };
    let thread = |news| field(news, |chat| &chat["metadata"]["threadId"]);
    assert_eq!(thread(News::Began), thread(News::Over));
    assert_eq!(
        thread(News::Began),
        "coatcheck/dlq:invoices/2026-11-22T05:00:07.250Z"
    );
    let id = field(News::Over, |chat| &chat["id"]);
    assert_eq!(
        id,
        "coatcheck/dlq:invoices/2026-11-22T05:00:07.250Z/2026-11-22T05:17:08.000Z"
    );
}

#[test]
fn a_subject_fits() {
    assert_eq!(subject(&"é\na".repeat(200)), "a".repeat(99));
}
