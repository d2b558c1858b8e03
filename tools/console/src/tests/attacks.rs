//! What another page, another program or another name could try.

use super::{Server, Way, server::CALLER};
use crate::session::Host;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn without_the_cookie_there_is_nothing() {
    let server = Server::start(Way::operating()).await;
    for path in ["/", "/events", "/test/page", "/nope", "/live?part=flow"] {
        for cookie in ["", "Cookie: coatcheck=\r\n", "Cookie: a=b; c=d\r\n"] {
            let answer = server.get(path, cookie).await;
            assert_eq!(answer.status, 403, "{path}");
            for secret in [CALLER, "123456789012", "coatcheck-events", "eu-central-1"] {
                assert!(!answer.body.contains(secret), "{}", answer.body);
            }
        }
    }
    assert_eq!(server.cloud.asked(), [""; 0]);
}

#[tokio::test]
async fn a_token_becomes_a_cookie_once_and_leaves_the_address() {
    let server = Server::start(Way::default()).await;
    let opening = format!("/?token={}", server.token);
    for wrong in [
        "/?token=",
        "/?token=00",
        &format!("/?token={}", "0".repeat(64)),
    ] {
        assert_eq!(server.get(wrong, "").await.status, 403, "{wrong}");
    }
    // Only the first page opens it.
    let elsewhere = format!("/events?token={}", server.token);
    assert_eq!(server.get(&elsewhere, "").await.status, 403);
    let answer = server.get(&opening, "").await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"),
        "{cookie}"
    );
    assert_eq!(server.get(&opening, "").await.status, 403, "a second use");
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    assert_eq!(server.get("/test/page", &cookie).await.status, 200);
    // The cookie is not the token.
    assert!(!cookie.contains(&server.token));
    assert!(server.said().is_empty(), "{:?}", server.said());
}

#[tokio::test]
async fn another_host_is_refused_before_anything_else() {
    let server = Server::start(Way::operating()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let port = server.address.port();
    let own = &server.host;
    for host in [
        "evil.example",
        &format!("evil.example:{port}"),
        &format!("localhost:{port}"),
        &format!("c-0000000000000000.localhost:{port}"),
        &format!("{own}.evil.example"),
        &format!("evil.{own}"),
        &own.replace(&port.to_string(), "1"),
        own.split(':').next().unwrap(),
        &format!("[::1]:{port}"),
        "",
    ] {
        for path in ["/test/page", "/assets/console.css", "/?token=x"] {
            let head = format!("Host: {host}\r\n{cookie}");
            let answer = server.send("GET", path, &head, "").await;
            assert_eq!(answer.status, 403, "{host} {path}");
        }
    }
    let twice = format!("Host: {own}\r\nHost: evil.example\r\n{cookie}");
    let answer = server.send("GET", "/test/page", &twice, "").await;
    assert!([400, 403].contains(&answer.status), "{answer:?}");
    // The form of a request to a proxy names a host of its own.
    let absolute = "http://evil.example/test/page";
    assert_eq!(server.get(absolute, &cookie).await.status, 403);
}

#[tokio::test]
async fn the_loopback_address_only_leads_to_the_session() {
    let server = Server::start(Way::operating()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let head = format!("Host: {}\r\n{cookie}", server.address);
    let answer = server.send("GET", "/events?endpoint=a", &head, "").await;
    let there = format!("http://{}/events?endpoint=a", server.host);
    assert_eq!(
        (answer.status, answer.header("location")),
        (307, Some(&*there))
    );
    let elsewhere = server.send("GET", "//evil.example/", &head, "").await;
    let there = format!("http://{}//evil.example/", server.host);
    assert_eq!(elsewhere.header("location"), Some(&*there));
    let post = server
        .send("POST", "/test/change", &format!("{head}{FORM}"), "what=x")
        .await;
    assert_eq!(post.status, 403);
}

#[tokio::test]
async fn a_page_elsewhere_cannot_post() {
    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    let own = &server.host;
    let port = server.address.port();
    let head = format!("Host: {own}\r\nCookie: {cookie}\r\n{FORM}");
    for more in [
        String::new(),
        "Origin: null\r\n".to_owned(),
        "Origin: \r\n".to_owned(),
        "Origin: http://evil.example\r\n".to_owned(),
        format!("Origin: https://{own}\r\n"),
        format!("Origin: http://{own}.evil.example\r\n"),
        format!(
            "Origin: http://{}\r\n",
            own.replace(&port.to_string(), "3000")
        ),
        format!("Origin: http://127.0.0.1:{port}\r\n"),
        format!("Origin: http://{own}\r\nOrigin: http://evil.example\r\n"),
        format!("Origin: http://{own}\r\nSec-Fetch-Site: same-site\r\n"),
        format!("Origin: http://{own}\r\nSec-Fetch-Site: cross-site\r\n"),
        format!("Origin: http://{own}\r\nSec-Fetch-Site: none\r\n"),
    ] {
        let head = format!("{head}{more}");
        let answer = server.send("POST", "/test/change", &head, "what=x").await;
        assert_eq!(answer.status, 403, "{more}");
    }
    assert!(server.said().is_empty(), "{:?}", server.said());
    assert_eq!(
        server.post("/test/change", &cookie, "what=x").await.status,
        200
    );
    assert_eq!(server.said().len(), 2);
}

#[tokio::test]
async fn a_page_elsewhere_cannot_make_the_browser_read() {
    let server = Server::start(Way::default()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let of = |site, mode, dest| {
        let site = format!("Sec-Fetch-Site: {site}\r\n");
        format!("{cookie}{site}Sec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {dest}\r\n")
    };
    for (head, status) in [
        (of("same-origin", "cors", "empty"), 200),
        (of("none", "navigate", "document"), 200),
        (of("cross-site", "navigate", "document"), 200),
        (of("same-site", "no-cors", "image"), 403),
        (of("same-site", "cors", "empty"), 403),
        (of("cross-site", "navigate", "iframe"), 403),
    ] {
        assert_eq!(
            server.get("/test/page", &head).await.status,
            status,
            "{head}"
        );
    }
}

#[tokio::test]
async fn a_link_from_elsewhere_can_be_followed_by_hand() {
    let server = Server::start(Way::default()).await;
    let head =
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    let answer = server
        .get("/events?type=%22%3E%3Cscript%3E&x='&y", head)
        .await;
    assert_eq!(answer.status, 403);
    let link = "<a href=\"/events?type=%22%3E%3Cscript%3E&amp;x='&amp;y\">";
    assert!(answer.body.contains(link), "{}", answer.body);
    // Two slashes at the start would lead to another host.
    let answer = server.get("//evil.example/", head).await;
    assert!(!answer.body.contains("href=\"//"), "{}", answer.body);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let server = Server::start(Way::operating()).await;
    let cookie = server.cookie().await;
    let own = &server.host;
    let head = format!("Host: {own}\r\nOrigin: http://{own}\r\nCookie: {cookie}\r\n");
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"] {
        for path in ["/", "/test/change", "/assets/console.css", "/nope"] {
            let answer = server.send(method, path, &head, "").await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let cors = answer.header("access-control-allow-origin");
            assert_eq!(cors, None);
        }
    }
}

#[tokio::test]
async fn a_program_at_the_other_loopback_address_is_noticed() {
    // This machine may have no IPv6. Then a browser finds nothing there either.
    let Ok(other) = tokio::net::TcpListener::bind("[::1]:0").await else {
        return;
    };
    let port = other.local_addr().unwrap().port();
    let problem = Server::at(port, Way::default()).await.err().unwrap();
    assert_eq!(problem.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn nobody_else_can_listen_where_it_listens() {
    let server = Server::start(Way::default()).await;
    let port = server.address.port();
    assert!(Server::at(port, Way::default()).await.is_err());
    // Only loopback: a listener at every address would not be in the way otherwise.
    let addresses = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let listens = format!("00000000:{port:04X} 00000000:0000 0A");
    assert!(!addresses.contains(&listens));
}

#[tokio::test]
async fn safari_gets_a_session_at_the_loopback_address() {
    let way = Way {
        host: Host::Loopback,
        ..Way::default()
    };
    let server = Server::start(way).await;
    assert_eq!(server.host, server.address.to_string());
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    assert_eq!(server.get("/test/page", &cookie).await.status, 200);
    assert_eq!(server.get("/test/page", "").await.status, 403);
}
