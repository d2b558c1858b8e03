//! The overview, on a cloud that answers.

use super::{Server, Way};

#[tokio::test]
async fn it_shows_the_flow_and_says_how_many_requests_it_took() {
    let server = Server::start(Way::default()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let answer = server.get("/", &cookie).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    for text in [
        "<a href=\"/endpoints/stripe\" class=\"name\">",
        "<span class=\"state quiet\"><bdi>disabled</bdi></span>",
        "<a href=\"/subscriptions/invoices\" class=\"name\">",
        "<a href=\"/dlqs/invoices\"><span class=\"bad-count\"><b>12</b> in DLQ</span></a>",
        "48 events are in DLQs.",
        "No event so far",
        "data-live=\"/live?part=flow&amp;part=charts&amp;part=doctor\"",
    ] {
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
    let asked = server.cloud.asked().len();
    let said = format!("data-requests=\"{asked}\"");
    assert!(answer.body.contains(&said), "{asked}: {}", answer.body);
    // S = 2 subscriptions: 4 + 4 S, and 3 for fan; and on a local cloud the last hour of the index, which is 16
    // queries for each hour that it touches.
    assert!(
        asked <= 4 + 4 * 2 + 3 + 2 * 16,
        "{asked}: {:?}",
        server.cloud.asked()
    );
    // Another tab asks nothing at once.
    server.cloud.forget();
    let again = server.get("/", &cookie).await;
    assert!(again.body.contains("data-requests=\"0\""));
    assert_eq!(server.cloud.asked(), [""; 0]);
}

/// The address from which a part fetches itself.
fn again(body: &str, id: &str) -> String {
    let (_, part) = body.split_once(&format!("id=\"{id}\"")).unwrap();
    let (_, address) = part.split_once("hx-get=\"").unwrap();
    address.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test]
async fn a_part_that_is_as_it_was_leaves_the_page_alone() {
    let server = Server::start(Way::default()).await;
    let cookie = format!("Cookie: {}\r\nHX-Request: true\r\n", server.cookie().await);
    let page = server.get("/", &cookie).await.body;
    for id in ["flow", "charts"] {
        let address = again(&page, id);
        assert!(address.contains("seen="), "{address}");
        let same = server.get(&address, &cookie).await;
        assert_eq!((same.status, &*same.body), (204, ""), "{address}");
        let other = server.get(&format!("/parts/{id}?seen=x"), &cookie).await;
        assert_eq!(other.status, 200);
        assert!(other.body.starts_with("<section") && again(&other.body, id) == address);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_said_on_the_page() {
    let server = Server::start(Way::default()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    server.cloud.deny("Query");
    let page = server.get("/", &cookie).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("No figures."), "{}", page.body);
    assert!(
        page.body.contains("lack the permission dynamodb:Query"),
        "{}",
        page.body
    );
    // Asked once a minute, also if it fails.
    server.cloud.forget();
    server.get("/parts/charts", &cookie).await;
    assert_eq!(server.cloud.asked(), [""; 0]);
    // The flow itself is the page.
    let denied = Server::start(Way::default()).await;
    denied.cloud.deny("GetQueueAttributes");
    let cookie = format!("Cookie: {}\r\n", denied.cookie().await);
    let page = denied.get("/", &cookie).await;
    assert_eq!(page.status, 403);
    assert!(
        page.body
            .contains("lack the permission sqs:GetQueueAttributes"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn the_doctor_comes_later_and_says_what_it_took() {
    let server = Server::start(Way::default()).await;
    let cookie = format!("Cookie: {}\r\nHX-Request: true\r\n", server.cookie().await);
    let answer = server.get("/parts/doctor", &cookie).await;
    let asked = server.cloud.asked().len();
    let said = format!("The doctor made {asked} requests to AWS.");
    assert!(answer.body.contains(&said), "{asked}: {}", answer.body);
    assert_eq!(
        server
            .get(&again(&answer.body, "doctor"), &cookie)
            .await
            .status,
        204
    );
    // Within ten seconds a second look shows the first.
    server.cloud.forget();
    let again = server.get("/parts/doctor?again=1", &cookie).await;
    assert_eq!((again.status, server.cloud.asked()), (200, Vec::new()));
}
