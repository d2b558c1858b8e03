use super::{
    dlqs::messages,
    parts::{operating, page},
};
use crate::tests::{Server, Way};

#[tokio::test]
async fn a_read_only_console_does_not_even_ask() {
    let server = Server::start(Way::default()).await;
    let cookie = server.cookie().await;
    for path in [
        "/subscriptions/invoices/pause",
        "/subscriptions/invoices/resume",
        "/dlqs/invoices/change?do=purge&all=12",
        "/endpoints/stripe/rotate",
        "/subscriptions/invoices/rotate",
    ] {
        let answer = server.get(path, &format!("Cookie: {cookie}\r\n")).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.body.contains("read-only"), "{path}");
    }
    assert!(server.cloud.asked().is_empty());
    messages(&server, &["m1"]);
    for path in [
        "/subscriptions",
        "/subscriptions/router",
        "/dlqs",
        "/dlqs/invoices",
    ] {
        let html = page(&server, &cookie, path).await;
        for changes in ["/pause\"", "/resume\"", "method=\"post\"", "/change"] {
            assert!(!html.contains(changes), "{path}: {changes}");
        }
        assert!(
            path == "/dlqs" || html.contains("coatcheck console --operate"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_unknown_name_is_not_found() {
    let (server, cookie) = operating().await;
    for path in [
        "/subscriptions/x",
        "/dlqs/x",
        "/subscriptions/x/pause",
        "/jobs/7",
        "/jobs/x/now",
    ] {
        let answer = server.get(path, &format!("Cookie: {cookie}\r\n")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for path in [
        "/subscriptions/x/pause",
        "/subscriptions/x/resume",
        "/dlqs/x/change",
    ] {
        let form = "for=30m&do=purge&message=m1";
        let answer = server.post(path, &cookie, form).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert!(server.said().is_empty(), "{:?}", server.said());
}
