//! The list of events, and the box that finds one.

use super::{
    Way,
    hostile::{TEXTS, assert_tame, main_of},
    store::{Stored, server_with},
};

#[tokio::test]
async fn hostile_events_are_text() {
    for text in TEXTS {
        let stored = Stored {
            count: 3,
            ..Stored::new(text, "text/plain", b"a")
        };
        let (server, cookie) = server_with(&stored, Way::default()).await;
        let page = server.get("/events?since=1h", &cookie).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_tame(main_of(&page.body));
        assert_eq!(page.body.matches("<tr data-row").count(), 3);
        assert!(page.body.contains("invoices failed"));
        let query = crate::address::Address::to(&["find"]).with("q", text);
        let found = server.get(&query.to_string(), &cookie).await;
        // It is the whole id of one event.
        assert_eq!(found.status, 303, "{}", found.body);
        assert_eq!(found.header("location"), Some(&*stored.path("events")));
        let begins = query.with("before", "2026-11-26T19:30:00Z");
        let found = server.get(&begins.to_string(), &cookie).await;
        assert_eq!(found.status, 200, "{}", found.body);
        assert_tame(main_of(&found.body));
        assert_eq!(found.body.matches("<tr data-row").count(), 3);
    }
}

#[tokio::test]
async fn a_long_text_is_cut_in_a_list() {
    let stored = Stored {
        count: 50,
        ..Stored::new(&"x<".repeat(500), "text/plain", b"a")
    };
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let page = server.get("/events?since=1h", &cookie).await;
    assert!(
        page.status == 200 && page.body.len() < 250_000,
        "{}",
        page.body.len()
    );
}

#[tokio::test]
async fn a_page_makes_no_more_requests_than_it_says() {
    let stored = Stored {
        count: 50,
        ..Stored::new("evt", "text/plain", b"a")
    };
    let (server, cookie) = server_with(&stored, Way::default()).await;
    for (path, requests) in [
        // Eight hours, the endpoints, and the states of fifty events at one processor.
        ("/events?since=7d", 128 + 1 + 1),
        ("/events?since=7d&state=failed", 128 + 1 + 1),
        ("/events?since=7d&state=done", 128 + 1 + 1),
        ("/events?since=7d&type=none.*&endpoint=stripe", 128 + 1 + 1),
        ("/find?q=evt_9", 1 + 1 + 128 + 1),
        (
            "/parts/newer?since=7d&at=newer~2026-11-26T19:20:01.414Z",
            32,
        ),
    ] {
        server.cloud.forget();
        let page = server.get(path, &cookie).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        let asked = server.cloud.asked().len();
        assert!((16..=requests).contains(&asked), "{path}: {asked}");
        if !path.starts_with("/parts/") {
            let said = format!("data-requests=\"{asked}\"");
            assert!(page.body.contains(&said), "{path}: {asked}");
        }
    }
}

#[tokio::test]
async fn a_page_leads_on_and_back_and_its_address_can_be_sent() {
    let stored = Stored {
        count: 120,
        ..Stored::new("evt", "text/plain", b"a")
    };
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let link = |body: &str, rel: &str| {
        let before = body.split(&format!("rel=\"{rel}\"")).next()?;
        let href = before.rsplit("href=\"").next()?.split('"').next()?;
        (before.len() < body.len()).then(|| href.replace("&amp;", "&"))
    };
    let refs = |body: &str| -> Vec<String> {
        let rows = body.split("class=\"ref\"><bdi>").skip(1);
        rows.map(|row| row.split('<').next().unwrap().to_owned())
            .collect()
    };
    let first = server.get("/events?since=1h", &cookie).await.body;
    assert!(link(&first, "prev").is_none());
    let share = format!(
        "data-copy=\"http://127.0.0.1:{}/events?since=1h&amp;until=2026-11-26T19%3A30%3A02.418Z\"",
        server.address.port()
    );
    assert!(first.contains(&share), "{first}");
    let second = server
        .get(&link(&first, "next").unwrap(), &cookie)
        .await
        .body;
    let third = server
        .get(&link(&second, "next").unwrap(), &cookie)
        .await
        .body;
    assert!(link(&third, "next").is_none());
    let mut all: Vec<String> = [&first, &second, &third]
        .into_iter()
        .flat_map(|page| refs(page))
        .collect();
    assert_eq!(all.len(), 120);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 120);
    let back = server
        .get(&link(&third, "prev").unwrap(), &cookie)
        .await
        .body;
    assert_eq!(refs(&back), refs(&second));
    assert!(second.contains("The newest") && !second.contains("live-events"));
}

#[tokio::test]
async fn what_is_newer_is_counted_and_drawn_once() {
    let stored = Stored {
        count: 3,
        ..Stored::new("evt", "text/plain", b"a")
    };
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let part = "/parts/newer?since=1h&at=newer~2026-11-26T19:20:01.000Z";
    let page = server.get(part, &cookie).await;
    assert!(page.body.contains("3 newer events"), "{}", page.body);
    assert_tame(&page.body);
    let seen = page.body.split("seen=").nth(1).unwrap().get(..16).unwrap();
    let again = server.get(&format!("{part}&seen={seen}"), &cookie).await;
    assert_eq!((again.status, &*again.body), (204, ""));
    let none = server
        .get(
            "/parts/newer?since=1h&at=newer~2026-11-26T19:25:00.000Z",
            &cookie,
        )
        .await;
    assert!(!none.body.contains("newer event"), "{}", none.body);
}

#[tokio::test]
async fn an_empty_page_says_how_far_it_looked_and_where_to_go_on() {
    let stored = Stored {
        count: 0,
        ..Stored::new("evt", "text/plain", b"a")
    };
    let (server, cookie) = server_with(&stored, Way::default()).await;
    let page = server.get("/events?since=7d&type=x", &cookie).await.body;
    assert!(page.contains("No event matches between"), "{page}");
    assert!(
        page.contains("Look further back")
            && page.contains("at=older~2026-11-26T12%3A00%3A00.000Z")
    );
    let day = server.get("/events?since=1h", &cookie).await.body;
    assert!(!day.contains("Look further back"));
    let found = server.get("/find?q=%3Cb%3E", &cookie).await;
    assert!(
        found
            .body
            .contains("No event is called <code><bdi>&lt;b&gt;</bdi>"),
        "{}",
        found.body
    );
    assert_eq!(server.get("/find?q=", &cookie).await.status, 303);
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_a_page_that_says_so() {
    let stored = Stored::new("evt", "text/plain", b"a");
    let (server, cookie) = server_with(&stored, Way::default()).await;
    for path in [
        "/events?since=x",
        "/events?at=up",
        "/events?state=any",
        "/events?type=*a",
        "/find?q=a&before=now",
    ] {
        let page = server.get(path, &cookie).await;
        assert!((400..500).contains(&page.status), "{path}: {}", page.status);
        assert!(server.cloud.asked().is_empty(), "{path}");
    }
}
