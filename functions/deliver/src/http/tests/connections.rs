//! Connections are used again, and a request is never sent twice.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use futures_util::future::BoxFuture;

use super::{
    server::{Reply, answer},
    *,
};
use crate::destination::Turn;

#[tokio::test]
async fn one_connection_for_many_events() {
    let server = Server::of_status(200).await;
    let http = setup(&server).http();
    for _ in 0..5 {
        assert_eq!(deliver(&http).await, delivered(200));
    }
    assert_eq!((server.connections(), server.seen().len()), (1, 5));
}

#[tokio::test]
async fn also_after_a_refusal_with_a_short_text() {
    let server = Server::start(|number, _| {
        Reply::Answer(answer(if number == 0 { 422 } else { 503 }, "", "no"))
    })
    .await;
    let http = setup(&server).http();
    for _ in 0..3 {
        deliver(&http).await;
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn not_after_an_answer_that_is_not_read_to_its_end() {
    let text = "x".repeat(5000);
    let server = Server::start(move |_, _| Reply::Answer(answer(200, "", &text))).await;
    let http = setup(&server).http();
    for _ in 0..2 {
        assert_eq!(deliver(&http).await, delivered(200));
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn not_where_its_end_is_announced() {
    let server = Server::start(|_, _| Reply::Last(answer(200, "connection: close\r\n", ""))).await;
    let http = setup(&server).http();
    for _ in 0..2 {
        assert_eq!(deliver(&http).await, delivered(200));
    }
    assert_eq!(server.connections(), 2);
}

/// The server closes it without a word, as most do with an idle one.
#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced() {
    let server = Server::start(|_, _| Reply::Last(answer(200, "", ""))).await;
    let http = setup(&server).http();
    for _ in 0..5 {
        assert_eq!(deliver(&http).await, delivered(200));
    }
    assert_eq!((server.connections(), server.seen().len()), (5, 5));
}

/// The function is frozen while it is closed: nothing in the process has noticed.
#[tokio::test]
async fn a_connection_that_was_closed_during_a_freeze_is_replaced() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).unwrap() > 0);
            stream.write_all(answer(200, "", "").as_bytes()).unwrap();
        }
    });
    // Without a payload, which takes time to be read.
    let http = Setup::new(&url).with("body", json!("event")).http();
    assert_eq!(deliver(&http).await, delivered(200));
    thread::sleep(Duration::from_millis(200));
    assert_eq!(deliver(&http).await, delivered(200));
    server.join().unwrap();
}

#[tokio::test]
async fn an_old_connection_is_not_used_after_a_freeze() {
    let server = Server::of_status(200).await;
    let http = setup(&server).http();
    for (frozen_s, connections) in [(0, 1), (3, 1), (4, 2), (3, 2), (-100, 3)] {
        freeze_s(frozen_s);
        assert_eq!(deliver(&http).await, delivered(200));
        assert_eq!(server.connections(), connections, "{frozen_s}");
    }
}

/// It broke after the request was sent: nobody knows whether it was read. That is an attempt.
#[tokio::test]
async fn a_request_that_was_sent_is_not_sent_again() {
    let server = Server::start(|number, _| match number {
        1 => Reply::Reset,
        _ => Reply::Answer(answer(200, "", "")),
    })
    .await;
    let http = setup(&server).http();
    assert_eq!(deliver(&http).await, delivered(200));
    assert_eq!(deliver(&http).await, struck("connection_lost"));
    assert_eq!(server.seen().len(), 2);
    assert_eq!(deliver(&http).await, delivered(200));
    assert_eq!((server.connections(), server.seen().len()), (2, 3));
}

#[tokio::test]
async fn several_at_once_have_a_connection_each() {
    let server = Server::of_status(200).await;
    let http = setup(&server).http();
    for _ in 0..2 {
        let all = futures_util::future::join_all((0..4).map(|_| deliver(&http))).await;
        assert_eq!(all, vec![delivered(200); 4]);
    }
    assert!(server.connections() <= 4, "{}", server.connections());
}

/// It is not its turn.
struct Later;

impl Turn for Later {
    fn wait(&self) -> BoxFuture<'_, Result<(), Duration>> {
        Box::pin(std::future::ready(Err(Duration::from_secs(9))))
    }
}

async fn hold(http: &Tested) {
    let event = Event::decode(&message("k", b"{}").to_string()).unwrap();
    let outcome = http
        .deliver(Outgoing {
            event: &event,
            message_id: "message-1",
            deadline: Instant::now() + Duration::from_secs(5),
            turn: &Later,
        })
        .await;
    let after = Duration::from_secs(9);
    assert_eq!(outcome, Outcome::Held { after });
}

/// The event's turn comes right before its request, for which a connection is ready.
#[tokio::test]
async fn nothing_is_sent_before_its_turn() {
    let server = Server::of_status(200).await;
    let http = setup(&server).http();
    hold(&http).await;
    assert!(server.seen().is_empty());
    assert_eq!(deliver(&http).await, delivered(200));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_is_no_younger_for_having_been_looked_at() {
    let server = Server::of_status(200).await;
    let http = setup(&server).http();
    assert_eq!(deliver(&http).await, delivered(200));
    freeze_s(3);
    hold(&http).await;
    freeze_s(2);
    assert_eq!(deliver(&http).await, delivered(200));
    assert_eq!(server.connections(), 2);
}
