//! Events by their attributes: in the list, from the box, and on the page of an event.

use serde_json::{Value, json};

use super::{
    Server, Way,
    store::{Stored, server_with},
};

/// Stripe indexes customer and declares plan, too.
fn declaring() -> Way {
    let mut stack: Value = serde_json::from_str(testkit::STACK).unwrap();
    stack["declared"] = json!({"stripe": {
        "customer": {"as": "text", "index": true},
        "plan": {"as": "text", "index": false},
    }});
    Way {
        stack: stack.to_string(),
        ..Way::default()
    }
}

/// With three events of the customer.
async fn server() -> (Server, String) {
    let stored = Stored {
        count: 3,
        ..Stored::new("evt", "text/plain", b"a")
    };
    let (server, cookie) = server_with(&stored, declaring()).await;
    server.cloud.also(move |operation, body| {
        let is_ours = operation == "Query" && body["IndexName"] == "by-attribute-1";
        is_ours.then(|| {
            let values = &body["ExpressionAttributeValues"];
            assert_eq!(values[":partition"]["S"], "stripe#customer=cus_1");
            let rows: Vec<Value> = (0..3).map(|n| stored.pointer(n)).collect();
            json!({ "Items": rows })
        })
    });
    (server, cookie)
}

fn queries(server: &Server) -> usize {
    let asked = server.cloud.asked();
    asked.iter().filter(|one| *one == "Query").count()
}

#[tokio::test]
async fn the_events_of_a_customer_are_one_query() {
    let (server, cookie) = server().await;
    let page = server
        .get("/events?where=customer%3Dcus_1&since=90d", &cookie)
        .await;
    assert_eq!((page.status, queries(&server)), (200, 1), "{}", page.body);
    assert_eq!(page.body.matches("<tr data-row").count(), 3);
    for text in [
        "Found by the index of <code>customer</code>",
        "value=\"customer=cus_1\"",
        "coatcheck events ls --where customer=cus_1 --since 90d",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    server.cloud.forget();
    // The pointers of the three are compared.
    let both = "/events?where=customer%3Dcus_1&where=plan%3Dfree&since=90d";
    let page = server.get(both, &cookie).await;
    assert_eq!((page.status, queries(&server)), (200, 1), "{}", page.body);
    assert_eq!(page.body.matches("<tr data-row").count(), 0);
    assert!(page.body.contains("compared with each pointer"));
}

#[tokio::test]
async fn without_an_index_a_page_keeps_its_budget_and_says_why_it_is_slow() {
    let (server, cookie) = server().await;
    let page = server
        .get("/events?where=plan%3Dfree&since=7d", &cookie)
        .await;
    assert_eq!(page.status, 200, "{}", page.body);
    for text in ["Not every endpoint", "which are four quiet hours"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let asked = server.cloud.asked().len();
    assert!((64..=129).contains(&asked), "{asked}");
    let unknown = server.get("/events?where=status%3Dpaid", &cookie).await;
    assert_eq!(unknown.status, 409);
    assert!(unknown.body.contains("declares customer, plan"));
}

#[tokio::test]
async fn the_box_finds_events_by_what_their_endpoint_declares() {
    let (server, cookie) = server().await;
    for (text, to) in [
        ("customer=cus_1", "where=customer%3Dcus_1"),
        (
            "customer=cus_1 plan=free",
            "where=customer%3Dcus_1&where=plan%3Dfree",
        ),
        ("plan=for free", "where=plan%3Dfor%20free"),
    ] {
        let query = crate::address::Address::to(&["find"]).with("q", text);
        let found = server.get(&query.to_string(), &cookie).await;
        let to = format!("/events?{to}&since=90d");
        assert_eq!(
            (found.status, found.header("location")),
            (303, Some(&*to)),
            "{text}"
        );
    }
    assert!(server.cloud.asked().is_empty());
    // It may be an id.
    let found = server.get("/find?q=status%3Dpaid", &cookie).await;
    assert_eq!(found.status, 200, "{}", found.body);
}

#[tokio::test]
async fn the_page_of_an_event_leads_to_others_with_the_same_value() {
    let stored = Stored::new("50%", "text/plain", b"a");
    let (server, cookie) = server_with(&stored, declaring()).await;
    let page = server.get(&stored.path("events"), &cookie).await;
    let link =
        "/events?endpoint=stripe&amp;where=customer%3D50%25&amp;since=90d\"><bdi>50%</bdi></a>";
    assert!(page.body.contains(link), "{}", page.body);
}

#[tokio::test]
async fn a_stack_without_attributes_asks_for_none() {
    let stored = Stored::new("evt", "text/plain", b"a");
    for (way, fields) in [(Way::default(), 0), (declaring(), 1)] {
        let (server, cookie) = server_with(&stored, way).await;
        let page = server.get("/events?since=15m", &cookie).await;
        assert_eq!(page.body.matches("name=\"where\"").count(), fields);
    }
}
