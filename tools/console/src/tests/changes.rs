//! What changes something, and what may not.

use std::time::Duration;

use super::{Server, Way, server::CALLER};

#[tokio::test]
async fn each_change_is_said_before_and_after() {
    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    let form = "what=redrive+2+of+%1B%5B2Jinvoices&message=a&message=b";
    let answer = server.post("/test/change", &cookie, form).await;
    assert_eq!(
        (answer.status, answer.body.contains("2 changed")),
        (200, true)
    );
    let said = server.said();
    let start = format!("2026-11-26T19:30:02.418Z {CALLER}: redrive 2 of \\u{{1b}}[2Jinvoices: ");
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[0], format!("{start}starts"));
    assert!(said[1].starts_with(&format!("{start}done in ")), "{said:?}");
}

#[tokio::test]
async fn a_change_that_fails_says_why_on_the_page_and_on_the_terminal() {
    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    let answer = server.post("/test/change", &cookie, "what=x&fails=1").await;
    assert_eq!(answer.status, 409);
    assert!(
        answer
            .body
            .contains("no<span class=\"esc\">\\u{1b}</span>[2J")
    );
    let said = server.said();
    assert!(
        said[1].contains(": x: failed after ") && said[1].ends_with(": no\\u{1b}[2J"),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_read_only_console_refuses_by_itself() {
    let server = Server::start(Way::default()).await;
    let cookie = server.cookie().await;
    for path in ["/test/change", "/", "/dlqs/invoices/change", "/nope"] {
        let answer = server.post(path, &cookie, "what=x").await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(
            answer.body.contains("coatcheck console --operate"),
            "{}",
            answer.body
        );
    }
    assert!(server.said().is_empty() && server.cloud.asked().is_empty());
}

#[tokio::test]
async fn only_a_form_of_at_most_64_kb_changes_something() {
    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    let own = &server.host;
    let head = format!("Host: {own}\r\nOrigin: http://{own}\r\nCookie: {cookie}\r\n");
    for kind in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/json\r\n",
    ] {
        let answer = server
            .send("POST", "/test/change", &format!("{head}{kind}"), "what=x")
            .await;
        assert_eq!(answer.status, 415, "{kind}");
    }
    let fits = format!("what=x&message={}", "a".repeat(64 * 1_024 - 15));
    assert_eq!(
        server.post("/test/change", &cookie, &fits).await.status,
        200
    );
    let large = server
        .post("/test/change", &cookie, &format!("{fits}a"))
        .await;
    assert_eq!(large.status, 413);
    assert_eq!(server.post("/test/change", &cookie, "").await.status, 400);
    assert_eq!(server.said().len(), 2);
}

#[tokio::test]
async fn a_change_goes_on_without_its_browser_and_the_console_ends_after_it() {
    use tokio::{io::AsyncWriteExt, net::TcpStream};

    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    let own = &server.host;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = format!(
        "POST /test/slow HTTP/1.1\r\nHost: {own}\r\nOrigin: http://{own}\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nwhat=x"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    while server.said().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(stream);
    server.stop();
    let said = std::sync::Arc::clone(&server.said);
    tokio::time::timeout(Duration::from_secs(5), server.task)
        .await
        .unwrap()
        .unwrap();
    let said = said.lock().unwrap().clone();
    assert!(said[1].contains("ends after it"), "{said:?}");
    assert!(said[2].contains(": x: done in "), "{said:?}");
}
