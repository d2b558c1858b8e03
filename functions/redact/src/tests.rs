//! What people get to see, over stores in memory.

use std::{cell::RefCell, collections::HashMap};

use aws::Image;
use domain::{
    DataRef, Digest, EndpointName, Headers, RedactedView, RedactedWish, Ref, StoreError,
    StoredHeaders, Withheld,
};

use crate::{
    ports::{Object, Stores},
    view::{Unshown, view},
};

const BODY: &str =
    r#"{"id":"evt_1","user":{"email":"CANARY@example.com","name":"CANARY"},"amount":1.50}"#;
const SHOWN: &str = r#"{"id":"evt_1","user":"[redacted]","amount":1.50}"#;

/// One event of the endpoint `billing`.
struct World {
    endpoint: Option<String>,
    pointer: Image,
    object: Option<Object>,
    /// The keys that were read.
    read: RefCell<Vec<String>>,
}

impl Stores for World {
    async fn endpoint(&self, name: &EndpointName) -> Result<Option<String>, StoreError> {
        assert_eq!(name.as_str(), "billing");
        Ok(self.endpoint.clone())
    }

    async fn pointer(&self, reference: &Ref) -> Result<Option<Image>, StoreError> {
        let is_there = reference.to_string() == "billing/evt_1";
        Ok(is_there.then(|| self.pointer.clone()))
    }

    async fn object(&self, key: &str, size: usize) -> Result<Option<Object>, StoreError> {
        self.read.borrow_mut().push(key.to_owned());
        Ok(self.object.clone().map(|mut object| {
            object.body.truncate(size + 1);
            object
        }))
    }

    fn bucket(&self) -> &'static str {
        "bucket"
    }
}

fn world(redact: &str, content_type: &str, body: &[u8]) -> World {
    let signature = Headers::from_pairs([("x-signature", "abc"), ("x-user", "CANARY")]);
    let headers = serde_json::to_string(&signature).unwrap();
    let image = [
        ("dataref", "s3://bucket/payloads/a/b".to_owned()),
        ("sha256", Digest::of(body).to_string()),
        ("size", body.len().to_string()),
        ("content_type", content_type.to_owned()),
    ];
    World {
        endpoint: Some(format!(
            r#"{{"name":"billing","scheme":"stripe","redact":{redact}}}"#
        )),
        pointer: image.map(|(name, value)| (name.to_owned(), value)).into(),
        object: Some(Object {
            metadata: HashMap::from([("signature-headers".to_owned(), headers)]),
            body: body.to_vec(),
        }),
        read: RefCell::default(),
    }
}

fn usual() -> World {
    world(
        r#"["/user","x-user"]"#,
        "application/json; charset=utf-8",
        BODY.as_bytes(),
    )
}

async fn ask(world: &World, from: usize, at_most: usize) -> RedactedView {
    let wish = RedactedWish {
        reference: "billing/evt_1".to_owned(),
        from,
        at_most,
    };
    view(world, &wish).await.unwrap()
}

async fn withheld(world: &World) -> Withheld {
    let view = ask(world, 0, usize::MAX).await;
    assert!(
        !serde_json::to_string(&view).unwrap().contains("CANARY"),
        "{view:?}"
    );
    match view {
        RedactedView::Withheld { why, .. } => why,
        RedactedView::Part { .. } => panic!("{view:?}"),
    }
}

fn text(view: &RedactedView) -> String {
    let RedactedView::Part { content, .. } = view else {
        panic!("{view:?}");
    };
    String::from_utf8(base64_simd::STANDARD.decode_to_vec(content).unwrap()).unwrap()
}

#[tokio::test]
async fn values_and_headers_are_redacted_and_all_else_is_shown() {
    let world = usual();
    let view = ask(&world, 0, usize::MAX).await;
    assert_eq!(text(&view), SHOWN);
    let RedactedView::Part { size, headers, .. } = view else {
        panic!("it is one");
    };
    assert_eq!(size, SHOWN.len());
    let expected = Headers::from_pairs([("x-signature", "abc"), ("x-user", "[redacted]")]);
    let expected = StoredHeaders {
        signature: Some(expected),
        others: Headers::default(),
    };
    assert_eq!(headers, expected);
    assert_eq!(*world.read.borrow(), ["payloads/a/b"]);
}

#[tokio::test]
async fn parts_make_up_the_whole() {
    let world = usual();
    let mut whole = String::new();
    while whole.len() < SHOWN.len() {
        let part = text(&ask(&world, whole.len(), 7).await);
        assert!((1..=7).contains(&part.len()));
        whole += &part;
    }
    assert_eq!(whole, SHOWN);
    for (from, at_most) in [(SHOWN.len(), 7), (usize::MAX, usize::MAX), (0, 0)] {
        assert_eq!(text(&ask(&world, from, at_most).await), "");
    }
}

#[tokio::test]
async fn one_answer_fits_what_lambda_takes() {
    let long = format!(r#"{{"user":"CANARY","text":"{}"}}"#, "x".repeat(5_000_000));
    let world = world(r#"["/user"]"#, "application/json", long.as_bytes());
    let view = ask(&world, 0, usize::MAX).await;
    // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    assert!(serde_json::to_vec(&view).unwrap().len() < 6 * 1024 * 1024);
    assert_eq!(text(&view).len(), domain::REDACTED_PART_MAX_BYTES);
}

#[tokio::test]
async fn a_payload_that_its_pointer_holds_is_redacted_too() {
    let mut world = usual();
    let dataref = DataRef::Inline(BODY.as_bytes().to_vec()).to_string();
    world.pointer.insert("dataref".to_owned(), dataref);
    assert_eq!(text(&ask(&world, 0, usize::MAX).await), SHOWN);
    assert!(world.read.borrow().is_empty());
}

#[tokio::test]
async fn nothing_is_shown_where_the_places_mean_nothing() {
    for (content_type, body, why) in [
        ("text/plain", BODY, Withheld::NotJson),
        (
            "application/x-www-form-urlencoded",
            "email=CANARY",
            Withheld::NotJson,
        ),
        ("", BODY, Withheld::NotJson),
        (
            "application/json",
            "{\"user\":\"CANARY\"",
            Withheld::Unreadable,
        ),
        (
            "application/json",
            "{\"user\":\"CANARY\"}{}",
            Withheld::Unreadable,
        ),
        ("application/json", "", Withheld::Unreadable),
    ] {
        let world = world(r#"["/user","x-user"]"#, content_type, body.as_bytes());
        assert_eq!(withheld(&world).await, why, "{content_type} {body}");
    }
}

#[tokio::test]
async fn an_endpoint_without_redact_shows_nothing_here() {
    let mut open = usual();
    open.endpoint = Some(r#"{"name":"billing","scheme":"stripe"}"#.to_owned());
    assert_eq!(withheld(&open).await, Withheld::NotRedacted);
    open.endpoint = None;
    assert_eq!(withheld(&open).await, Withheld::NoEndpoint);
    assert!(open.read.borrow().is_empty());
}

#[tokio::test]
async fn what_is_gone_or_altered_is_not_shown() {
    let mut world = usual();
    world.object.as_mut().unwrap().body.push(b' ');
    assert_eq!(withheld(&world).await, Withheld::Altered);
    world.object = None;
    assert_eq!(withheld(&world).await, Withheld::Gone);
    for reference in ["billing/evt_2", "no ref", ""] {
        let wish = RedactedWish {
            reference: reference.to_owned(),
            from: 0,
            at_most: 1,
        };
        let view = view(&usual(), &wish).await.unwrap();
        assert!(matches!(
            view,
            RedactedView::Withheld {
                why: Withheld::NoEvent,
                ..
            }
        ));
    }
}

/// A pointer that someone changed names no object of another bucket.
#[tokio::test]
async fn an_object_elsewhere_is_not_read() {
    let mut world = usual();
    world
        .pointer
        .insert("dataref".to_owned(), "s3://other/payloads/a/b".to_owned());
    let wish = RedactedWish {
        reference: "billing/evt_1".to_owned(),
        from: 0,
        at_most: 1,
    };
    assert!(matches!(
        view(&world, &wish).await,
        Err(Unshown::Pointer("dataref"))
    ));
    assert!(world.read.borrow().is_empty());
}

#[tokio::test]
async fn the_log_has_the_ref_and_no_value() {
    testkit::listen();
    let world = world(r#"["/user","x-user"]"#, "text/plain", BODY.as_bytes());
    withheld(&world).await;
    let logged = testkit::logged();
    assert!(
        logged.contains("billing/evt_1") && logged.contains("NotJson"),
        "{logged}"
    );
    assert!(!logged.contains("CANARY"), "{logged}");
}
