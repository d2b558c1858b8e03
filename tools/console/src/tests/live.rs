//! The live stream: names only, and nothing is asked unless one is open.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

use super::{Server, Way};
use crate::limits::Limits;

const PAUSE: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(5);

async fn fast(streams: usize) -> (Server, String) {
    let limits = Limits {
        live: PAUSE,
        streams,
        ..Limits::default()
    };
    let server = Server::start(Way {
        limits,
        ..Way::default()
    });
    let server = server.await;
    let cookie = server.cookie().await;
    (server, cookie)
}

async fn open(server: &Server, cookie: &str, query: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let host = &server.host;
    let request = format!("GET /live?{query} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Reads until the text is there.
async fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut text = String::new();
    let reading = async {
        while !text.contains(wanted) {
            let mut bytes = [0; 1_024];
            let count = stream.read(&mut bytes).await.unwrap();
            assert!(count > 0, "it ended: {text}");
            text += std::str::from_utf8(&bytes[..count]).unwrap();
        }
    };
    let outcome = timeout(LONG, reading).await;
    assert!(outcome.is_ok(), "{wanted} did not come: {text}");
    text
}

#[tokio::test]
async fn a_stream_says_names_and_times_and_nothing_else() {
    let (server, cookie) = fast(8).await;
    let mut stream = open(&server, &cookie, "part=flow&part=events").await;
    let text = until(&mut stream, "event: flow\ndata: 19:30:02\n\n").await;
    assert!(text.contains("content-type: text/event-stream"), "{text}");
    let text = text + &until(&mut stream, "event: events\n").await;
    for word in ["invoices", "RUNNING", "stripe"] {
        assert!(!text.contains(word), "{text}");
    }
}

#[tokio::test]
async fn a_forgotten_tab_asks_nothing() {
    let (server, cookie) = fast(8).await;
    sleep(4 * PAUSE).await;
    assert_eq!(server.cloud.asked(), [""; 0], "no page is open");
    let mut stream = open(&server, &cookie, "part=flow").await;
    until(&mut stream, "event: flow").await;
    assert!(!server.cloud.asked().is_empty());
    drop(stream);
    sleep(4 * PAUSE).await;
    server.cloud.forget();
    sleep(6 * PAUSE).await;
    assert_eq!(server.cloud.asked(), [""; 0], "the page is closed");
}

#[tokio::test]
async fn two_tabs_ask_no_more_than_one_and_only_the_queues_each_time() {
    let (server, cookie) = fast(8).await;
    let mut streams = Vec::new();
    for _ in 0..2 {
        streams.push(open(&server, &cookie, "part=flow").await);
    }
    let started = Instant::now();
    for _ in 0..5 {
        for stream in &mut streams {
            until(stream, "event: flow").await;
        }
    }
    let most = usize::try_from(started.elapsed().as_millis() / PAUSE.as_millis()).unwrap() + 1;
    let count = |what: &str| {
        let asked = server.cloud.asked();
        asked.iter().filter(|one| one.contains(what)).count()
    };
    // The sample: two subscriptions, the router and `fan`, with two queues each.
    let queues = count("GetQueueAttributes");
    assert!(queues <= 8 * most, "{queues} in {most} pauses");
    assert!(
        count("/v1/pipes/") <= 4 * (most / 6 + 1),
        "pipes change seldom"
    );
}

#[tokio::test]
async fn one_stream_too_many_is_refused_and_a_closed_one_makes_room() {
    let (server, cookie) = fast(1).await;
    let mut first = open(&server, &cookie, "part=flow").await;
    until(&mut first, "event: flow").await;
    let head = format!("Cookie: {cookie}\r\n");
    let second = server.get("/live?part=flow", &head).await;
    assert_eq!(second.status, 503);
    drop(first);
    let reopened = async {
        loop {
            let mut stream = open(&server, &cookie, "part=events").await;
            let mut head = [0; 12];
            stream.read_exact(&mut head).await.unwrap();
            if head.ends_with(b"200") {
                return;
            }
            sleep(PAUSE).await;
        }
    };
    timeout(LONG, reopened).await.unwrap();
}

#[tokio::test]
async fn only_names_of_parts_are_taken() {
    let (server, cookie) = fast(8).await;
    let head = format!("Cookie: {cookie}\r\n");
    for query in ["", "?part=", "?part=x", "?part=flow&part=%0aevent:x"] {
        assert_eq!(
            server.get(&format!("/live{query}"), &head).await.status,
            404,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_run_of_the_doctor_is_said_when_it_ends() {
    let (server, cookie) = fast(8).await;
    let mut stream = open(&server, &cookie, "part=doctor").await;
    until(&mut stream, "text/event-stream").await;
    let head = format!("Cookie: {cookie}\r\n");
    let answer = server.get("/parts/doctor", &head).await;
    assert!(answer.body.contains("What the doctor found"), "{answer:?}");
    until(&mut stream, "event: doctor").await;
    // It is kept: nobody asks again.
    server.cloud.forget();
    let again = server.get("/parts/doctor", &head).await;
    assert_eq!((again.status, server.cloud.asked()), (200, Vec::new()));
}

#[tokio::test]
async fn an_open_stream_does_not_keep_the_console() {
    let (server, cookie) = fast(8).await;
    let mut stream = open(&server, &cookie, "part=flow").await;
    until(&mut stream, "event: flow").await;
    server.stop();
    timeout(LONG, server.task).await.unwrap().unwrap();
}
