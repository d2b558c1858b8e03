//! What a program that means no good could take up.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{Server, Way};
use crate::limits::Limits;

const SOON: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(5);

async fn with(change: impl FnOnce(&mut Limits)) -> Server {
    let mut limits = Limits::default();
    change(&mut limits);
    let way = Way {
        limits,
        ..Way::operating()
    };
    Server::start(way).await
}

/// Whether the other side closes within this time.
async fn closes(stream: &mut TcpStream, within: Duration) -> bool {
    let mut rest = Vec::new();
    timeout(within, stream.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off() {
    let server = with(|limits| limits.head = SOON).await;
    for begun in ["", "GET / HTTP/1.1\r\nHost: a\r\n"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        assert!(closes(&mut stream, LONG).await, "{begun}");
    }
    // One that rests between two requests, too.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    assert!(closes(&mut stream, LONG).await);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let server = with(|limits| limits.body = SOON).await;
    let cookie = server.cookie().await;
    let own = &server.host;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = format!(
        "POST /test/change HTTP/1.1\r\nHost: {own}\r\nOrigin: http://{own}\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nwhat"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(LONG, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 400 "),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    assert!(server.said().is_empty());
}

#[tokio::test]
async fn a_head_has_a_limit() {
    let server = with(|_| ()).await;
    let cookie = format!("Cookie: {}\r\n", server.cookie().await);
    let of = |length| format!("{cookie}X: {}\r\n", "a".repeat(length));
    assert_eq!(server.get("/test/page", &of(8_000)).await.status, 200);
    assert_eq!(server.get("/test/page", &of(17_000)).await.status, 431);
}

#[tokio::test]
async fn one_connection_more_waits_until_another_is_closed() {
    let server = with(|limits| limits.connections = 3).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(TcpStream::connect(server.address).await.unwrap());
    }
    let fourth = server.get("/", "");
    tokio::pin!(fourth);
    assert!(timeout(SOON, &mut fourth).await.is_err());
    open.pop();
    assert_eq!(timeout(LONG, fourth).await.unwrap().status, 403);
}

#[tokio::test]
async fn a_reader_that_takes_nothing_loses_its_connection() {
    let server = with(|limits| limits.unread = SOON).await;
    let cookie = server.cookie().await;
    let own = &server.host;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET /test/download HTTP/1.1\r\nHost: {own}\r\nCookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(4 * SOON).await;
    let mut taken = Vec::new();
    let outcome = timeout(LONG, stream.read_to_end(&mut taken)).await.unwrap();
    assert!(
        outcome.is_err() || taken.len() < 64 * 1_024 * 1_024,
        "{}",
        taken.len()
    );
}

#[tokio::test]
async fn it_ends_when_it_is_stopped() {
    let server = with(|_| ()).await;
    let idle = TcpStream::connect(server.address).await.unwrap();
    server.stop();
    timeout(LONG, server.task).await.unwrap().unwrap();
    drop(idle);
    assert!(TcpStream::connect(server.address).await.is_err());
}
