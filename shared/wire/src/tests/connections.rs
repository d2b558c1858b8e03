//! Connections that are kept, and those that are gone.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

use super::*;

const FOUND: &str = r#"{"Item":{"config":{"S":"{}"}}}"#;

#[tokio::test]
async fn a_connection_is_opened_before_it_is_needed_and_used_again() {
    let stub = Stub::new([Step::Answer(200, FOUND); 3]).await;
    let endpoints = endpoints(&stub);
    endpoints.warm().await;
    for _ in 0..3 {
        endpoints.find(&name()).await.unwrap();
    }
    assert_eq!((stub.connections(), stub.requests().len()), (1, 3));
}

#[tokio::test]
async fn nobody_at_the_other_end_does_not_stop_the_start() {
    let stub = Stub::new([]).await;
    let mut environment = environment(&stub);
    environment = {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", closed.local_addr().unwrap());
        drop((environment, closed));
        environment_of(
            &[
                ("AWS_REGION", "eu-central-1".to_owned()),
                ("AWS_ACCESS_KEY_ID", "A".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "B".to_owned()),
                ("AWS_ENDPOINT_URL", url),
            ],
            now,
        )
    };
    let endpoints = Endpoints::new(&environment, "endpoints".to_owned());
    endpoints.warm().await;
    assert!(is_transient(endpoints.find(&name()).await));
}

/// As S3 does while the function is frozen.
#[tokio::test]
async fn a_connection_that_was_closed_while_it_was_idle_is_not_a_failure() {
    let stub = Stub::new([Step::AnswerAndClose(200, FOUND), Step::Answer(200, FOUND)]).await;
    let endpoints = endpoints(&stub);
    endpoints.find(&name()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    endpoints.find(&name()).await.unwrap();
    assert_eq!((stub.connections(), stub.requests().len()), (2, 2));
}

/// The end of the connection is on its way when the request goes out.
#[tokio::test]
async fn a_kept_connection_that_breaks_costs_no_try() {
    let stub = Stub::new([
        Step::Answer(200, FOUND),
        // On the kept connection, then on two new ones.
        Step::Close,
        Step::Close,
        Step::Close,
        Step::Answer(200, FOUND),
    ])
    .await;
    let endpoints = endpoints(&stub);
    for _ in 0..2 {
        endpoints.find(&name()).await.unwrap();
    }
    assert_eq!((stub.connections(), stub.requests().len()), (4, 5));
}

static CLOCK: AtomicI64 = AtomicI64::new(1_795_298_400);

#[tokio::test]
async fn a_connection_that_was_idle_for_a_minute_is_not_used_again() {
    let stub = Stub::new([Step::Answer(200, FOUND); 3]).await;
    let pairs = [
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "A".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "B".to_owned()),
        ("AWS_ENDPOINT_URL", stub.url()),
    ];
    let clock = || Timestamp::from_second(CLOCK.load(Ordering::SeqCst)).unwrap();
    let endpoints = Endpoints::new(&environment_of(&pairs, clock), "endpoints".to_owned());
    for (pause_s, connections) in [(0, 1), (59, 1), (60, 2)] {
        CLOCK.fetch_add(pause_s, Ordering::SeqCst);
        endpoints.find(&name()).await.unwrap();
        assert_eq!(stub.connections(), connections, "{pause_s}");
    }
}

#[tokio::test]
async fn a_silent_service_is_given_up_in_time() {
    let stub = Stub::new([]).await;
    let began = Instant::now();
    assert!(is_transient(endpoints(&stub).find(&name()).await));
    let took = began.elapsed().as_secs_f64();
    // One try of 4 s, and what is left of 6 s.
    assert!((5.9..6.5).contains(&took), "{took}");
    assert_eq!(stub.requests().len(), 2);
}
