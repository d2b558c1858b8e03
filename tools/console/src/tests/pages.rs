//! What holds for every page, from the table of routes as the sources write it.

use std::{fs, path::Path};

use super::{Server, Way};

/// The routes of all pages: a path, and whether a POST to it reads only.
pub(super) fn routes() -> Vec<String> {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for after in text.split(".route(").skip(1) {
                let route = after.split('"').nth(1).unwrap();
                found.push(route.to_owned());
            }
        }
    }
    let mut found = Vec::new();
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/src/pages");
    look(Path::new(pages), &mut found);
    found
}

/// A path of a route: its variables become a name that nothing has.
fn path(route: &str) -> String {
    let parts = route.split('/').map(|part| {
        if part.starts_with('{') {
            "nothing-has-this-name"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// What a page may ask AWS: none of it changes anything. A DLQ is read by receiving its
/// messages, which are given back.
const READS: [&str; 24] = [
    "BatchGetItem",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
    "DescribeAlarms",
    "DescribeContinuousBackups",
    "DescribeSecret",
    "DescribeStateMachine",
    "DescribeTable",
    "DescribeTimeToLive",
    "FilterLogEvents",
    "GetItem",
    "GetMetricData",
    "GetQueueAttributes",
    "GetQueueUrl",
    "GetSecretValue",
    "ListMessageMoveTasks",
    "ListSecretVersionIds",
    "Query",
    "ReceiveMessage",
    "Scan",
    "DescribeLogGroups",
    "ListStateMachines",
    "GetCallerIdentity",
    "ListQueues",
];

#[tokio::test]
async fn a_get_changes_nothing() {
    let server = Server::start(Way::operating()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let routes = routes();
    assert!(routes.len() >= 6, "{routes:?}");
    for route in routes {
        if route == "/live" {
            continue;
        }
        for method in ["GET", "HEAD"] {
            let head = format!("Host: {}\r\n{cookie}", server.host);
            server.send(method, &path(&route), &head, "").await;
        }
        for asked in server.cloud.asked() {
            let reads =
                READS.contains(&&*asked) || asked.starts_with("GET ") || asked.starts_with("HEAD ");
            assert!(reads, "GET {route} asks for {asked}");
        }
        server.cloud.forget();
    }
    assert!(server.said().is_empty(), "{:?}", server.said());
}

#[tokio::test]
async fn a_read_only_console_has_no_route_that_changes() {
    let server = Server::start(Way::default()).await;
    let cookie = server.cookie().await;
    for route in routes() {
        let answer = server.post(&path(&route), &cookie, "").await;
        if route.starts_with("/verify/") {
            assert_ne!(answer.status, 403, "{route} reads only");
        } else {
            assert_eq!(answer.status, 403, "{route}");
            assert!(answer.body.contains("read-only"), "{route}");
        }
    }
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let server = Server::start(Way::default()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let mut paths: Vec<String> = routes().iter().map(|route| path(route)).collect();
    // A stream does not end, and a download has a policy of its own.
    paths.retain(|path| path != "/live" && path != "/test/download");
    paths.extend(["/nope", "/assets/console.js", "/test/refused"].map(str::to_owned));
    for path in paths {
        for cookie in [&*cookie, ""] {
            let answer = server.get(&path, cookie).await;
            for (name, value) in [
                ("cache-control", "no-store"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path}");
            }
            let policy = answer.header("content-security-policy").unwrap();
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self'"),
                "{path}"
            );
            assert!(!policy.contains("unsafe"), "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
}

#[tokio::test]
async fn foreign_bytes_are_saved_and_never_shown() {
    let server = Server::start(Way::default()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let head = format!("Host: {}\r\n{cookie}", server.host);
    let answer = server.send("HEAD", "/test/download", &head, "").await;
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-disposition", "attachment; filename=\"payload\""),
        ("content-security-policy", "sandbox"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
}

#[tokio::test]
async fn a_failure_is_a_page_or_a_part_and_its_text_is_text() {
    let server = Server::start(Way::default()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let whole = server.get("/test/refused", &cookie).await;
    assert_eq!(whole.status, 409);
    assert!(whole.body.starts_with("<!DOCTYPE html>") && whole.body.contains("<nav "));
    let part = server
        .get("/test/refused", &format!("{cookie}HX-Request: true\r\n"))
        .await;
    assert!(part.status == 409 && part.body.starts_with("<div class=\"notice bad\""));
    for answer in [whole, part] {
        let text = "not &lt;b&gt;now&lt;/b&gt;<span class=\"esc\">\\u{202e}</span>";
        assert!(answer.body.contains(text), "{}", answer.body);
    }
    let missing = server.get("/nope", &cookie).await;
    assert!(missing.status == 404 && missing.body.contains("There is no such page."));
}

/// There are two more ways around escaping than the type that clippy.toml forbids.
#[test]
fn no_source_marks_text_as_markup() {
    fn look(folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for way in [["Pre", "Escaped"], ["Render", " for"], ["render", "_to"]] {
                assert!(!text.contains(&way.concat()), "{}", path.display());
            }
        }
    }
    look(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
}

/// What htmx would run or keep.
#[test]
fn no_page_uses_what_htmx_evaluates() {
    fn look(folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for name in [
                "hx-on",
                "hx-vals",
                "hx-vars",
                "hx-boost",
                "hx-push-url",
                "hx-ext",
                "hx-disinherit",
            ] {
                assert!(!text.contains(name), "{} in {}", name, path.display());
            }
        }
    }
    look(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/pages")));
    look(Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/markup"
    )));
}
