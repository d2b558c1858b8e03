//! How many requests to AWS each page makes at most. The cloud answers everything that it can, so
//! that no page stops early.

use serde_json::json;

use super::{
    Server, Way,
    cloud::Reply,
    pages::routes,
    store::{Stored, server_with},
};

/// The sample: subscriptions, buffered ones, inboxes, endpoints, functions.
const S: usize = 2;
const B: usize = 2;
const I: usize = 1;
const E: usize = 2;
const F: usize = 3;

/// The last hour of the index, which a local cloud counts where AWS is asked for metrics: once.
const HOUR: usize = 2 * 16;

/// Pipes, targets and queues, also those of `fan`, and the endpoints.
const FLOW: usize = 4 + 3 + 4 * S;

/// Each route that a browser can GET, and the most requests that it makes.
const BOUNDS: [(&str, usize); 25] = [
    ("/", FLOW + HOUR),
    ("/parts/flow", FLOW + HOUR),
    ("/parts/charts", HOUR),
    ("/parts/doctor", 15 + 4 + 3 * S + B + 2 * I + 2 * F + 2 * E),
    // A budget of 128 queries, and a record for each 100 pairs of an event and a processor.
    ("/events", 128 + 2),
    ("/find", 129 + 2),
    // Its details, its payload, its headers, its endpoint, and a processor's records and logs.
    ("/events/{*reference}", 6 + 2),
    ("/payloads/{*reference}", 3),
    ("/replay/{*reference}", 3),
    ("/subscriptions", FLOW),
    ("/subscriptions/{name}", 4),
    ("/subscriptions/{name}/pause", 4),
    ("/subscriptions/{name}/resume", 4),
    // Of one with a signing key.
    ("/subscriptions/{name}/rotate", 2),
    ("/parts/subscriptions", FLOW),
    // From the snapshot, which a live stream has just read.
    ("/parts/subscription/{name}", FLOW),
    ("/parts/subscription/{name}/backlog", 1),
    ("/dlqs", 3 + S + I),
    // 20 rows: receives, releases, and a query for each.
    ("/dlqs/{name}", 70),
    ("/dlqs/{name}/change", 70),
    ("/endpoints", 1 + 2 * E + HOUR),
    ("/endpoints/{name}", 4 + HOUR),
    ("/endpoints/{name}/rotate", 4),
    ("/jobs/{id}", 0),
    ("/jobs/{id}/now", 0),
];

/// Routes that nobody GETs, that ask nothing, or that are counted by the tests of their pages.
const OTHERS: [&str; 8] = [
    "/parts/newer",
    "/parts/way",
    "/assets/{*name}",
    "/live",
    "/jobs/{id}/stop",
    "/endpoints/{name}/test",
    "/subscriptions/{name}/test",
    "/verify/{*reference}",
];

/// The path of a route, with names that exist.
fn path(route: &str, stored: &Stored) -> String {
    let name = if route.starts_with("/endpoints") {
        "stripe"
    } else {
        "invoices"
    };
    let path = route.replace("{name}", name).replace("{id}", "1");
    let query = match route {
        "/dlqs/{name}/change" => "?do=redrive&all=1",
        "/find" => "?q=evt",
        "/events" => "?since=90d&type=rare.*",
        _ => "",
    };
    match path.strip_suffix("/{*reference}") {
        Some(folder) => stored.path(folder.trim_start_matches('/')),
        None => format!("{path}{query}"),
    }
}

#[test]
fn each_route_has_a_bound() {
    for route in routes() {
        let known = BOUNDS.iter().any(|(bound, _)| *bound == route);
        let other = OTHERS.contains(&&*route) || route.starts_with("/test/");
        assert!(known || other, "{route} has no bound");
    }
    for (bound, _) in BOUNDS {
        assert!(
            routes().iter().any(|route| route == bound),
            "{bound} is no route"
        );
    }
}

#[tokio::test]
async fn no_page_makes_more_requests_than_its_bound_and_each_says_how_many() {
    let stored = Stored::new("evt_1", "application/json", b"{\"a\":1}");
    for (route, most) in BOUNDS {
        // A new one each time: what was read for another page would be free.
        let (server, head) = server_with(&stored, Way::operating()).await;
        server.cloud.answers(|operation, _| {
            let answer = match operation {
                "ListSecretVersionIds" => json!({ "Versions": [] }),
                "ReceiveMessage" => json!({ "Messages": [] }),
                _ => return None,
            };
            Some(Reply::Json(answer))
        });
        server.cloud.forget();
        let path = path(route, &stored);
        let answer = server.get(&path, &head).await;
        let asked = server.cloud.asked();
        assert!(
            asked.len() <= most,
            "{route}: {} of {most}: {asked:?}",
            asked.len()
        );
        if answer.body.contains("<!DOCTYPE html>") {
            let said = format!("data-requests=\"{}\"", asked.len());
            assert!(answer.body.contains(&said), "{path} does not say {said}");
        }
        println!("{path}: {} {} of {most}", answer.status, asked.len());
    }
}

/// Its mapping and its breaker in place of its pipe; and its secret, or its target.
const BOUNDS_OF_DELIVER: [(&str, usize); 4] = [
    ("/subscriptions", 4 + 4 * S + 3 + 4 + 5),
    ("/subscriptions/crm", 5),
    ("/subscriptions/crm/rotate", 2),
    ("/subscriptions/paced", 5),
];

#[tokio::test]
async fn what_deliver_reads_takes_a_request_more() {
    for (path, most) in BOUNDS_OF_DELIVER {
        let server = Server::start(Way::delivering()).await;
        let cookie = format!("Cookie: {}\r\n", server.cookie().await);
        let secret = json!({ "SecretString": r#"{"signing_keys":[]}"#, "VersionId": "v" });
        server
            .cloud
            .also(move |operation, _| (operation == "GetSecretValue").then(|| secret.clone()));
        server.cloud.forget();
        let answer = server.get(path, &cookie).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let asked = server.cloud.asked();
        assert_eq!(asked.len(), most, "{path}: {asked:?}");
    }
}
