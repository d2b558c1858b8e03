//! What every kind of answer, and of no answer, comes to.

use super::{
    server::{Reply, answer},
    *,
};

async fn outcome_of(reply: Reply) -> Outcome {
    let server = Server::start(move |_, _| reply.clone()).await;
    deliver(&setup(&server).http()).await
}

fn again(status: u16, reason: &'static str, after_s: Option<u64>, strikes: bool) -> Outcome {
    Outcome::Retry {
        reason: Reason(reason),
        status: Some(status),
        after: after_s.map(Duration::from_secs),
        strikes,
    }
}

#[tokio::test]
async fn every_status() {
    for status in 200..600_u16 {
        let answer = answer(status, "", "");
        // An answer without content has no length.
        let answer = match status {
            204 | 304 => format!("HTTP/1.1 {status} X\r\n\r\n"),
            _ => answer,
        };
        let outcome = outcome_of(Reply::Answer(answer)).await;
        let reject = |reason| Outcome::Reject {
            reason: Reason(reason),
            status: Some(status),
            answer: Vec::new(),
        };
        let expected = match status {
            200..=299 => delivered(status),
            408 => again(status, "request_timeout", None, false),
            425 => again(status, "too_early", None, false),
            429 => again(status, "too_many_requests", None, false),
            500..=599 => again(status, "server_error", None, true),
            410 => Outcome::Gone { answer: Vec::new() },
            300..=399 => reject("redirect"),
            _ => reject("refused"),
        };
        assert_eq!(outcome, expected, "{status}");
    }
}

#[tokio::test]
async fn success_is_what_is_configured() {
    for (patterns, status, expected) in [
        (json!(["202"]), 202, delivered(202)),
        (json!(["2xx", "409"]), 409, delivered(409)),
        (json!(["2xx", "410"]), 410, delivered(410)),
        (json!(["5xx"]), 503, delivered(503)),
    ] {
        let server = Server::of_status(status).await;
        let http = setup(&server).with("success", patterns).http();
        assert_eq!(deliver(&http).await, expected);
    }
    let server = Server::of_status(200).await;
    let http = setup(&server).with("success", json!(["202"])).http();
    let outcome = deliver(&http).await;
    assert!(
        matches!(
            &outcome,
            Outcome::Reject {
                reason: Reason("unexpected_status"),
                status: Some(200),
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_pause_is_obeyed_in_both_forms() {
    let date = |s: i64| {
        let at = std::time::SystemTime::from(now() + SignedDuration::from_secs(s));
        httpdate::fmt_http_date(at)
    };
    for (header, lowest, highest) in [
        ("7".to_owned(), 7, 7),
        ("0".to_owned(), 0, 0),
        ("99999999999999999999999".to_owned(), 43_200, 43_200),
        (date(90), 85, 90),
        (date(-90), 0, 0),
        (date(90_000), 43_200, 43_200),
    ] {
        let reply = answer(503, &format!("retry-after: {header}\r\n"), "");
        match outcome_of(Reply::Answer(reply)).await {
            Outcome::Retry {
                after: Some(after), ..
            } => {
                assert!(
                    (lowest..=highest).contains(&after.as_secs()),
                    "{header}: {after:?}"
                );
            }
            other => panic!("{header}: {other:?}"),
        }
    }
    for nonsense in ["soon", "-1", "1.5", ""] {
        let reply = answer(429, &format!("retry-after: {nonsense}\r\n"), "");
        let outcome = outcome_of(Reply::Answer(reply)).await;
        assert_eq!(
            outcome,
            again(429, "too_many_requests", None, false),
            "{nonsense}"
        );
    }
}

#[tokio::test]
async fn the_first_kilobyte_of_a_refusal_is_kept() {
    for (size, kept) in [(10, 10), (1024, 1024), (1025, 1024), (3_000_000, 1024)] {
        let text = "x".repeat(size);
        let refused = outcome_of(Reply::Answer(answer(422, "", &text))).await;
        let Outcome::Reject {
            status: Some(422),
            answer: kept_of,
            ..
        } = refused
        else {
            panic!("{refused:?}");
        };
        assert_eq!(kept_of.len(), kept, "{size}");
        let gone = outcome_of(Reply::Answer(answer(410, "", &text))).await;
        assert!(
            matches!(&gone, Outcome::Gone { answer } if answer.len() == kept),
            "{gone:?}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::of_status(200).await;
    for status in [301, 302, 303, 307, 308] {
        for place in [
            elsewhere.url("/"),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
        ] {
            let reply = answer(status, &format!("location: {place}\r\n"), "moved");
            let outcome = outcome_of(Reply::Answer(reply)).await;
            let expected = Outcome::Reject {
                reason: Reason("redirect"),
                status: Some(status),
                answer: b"moved".to_vec(),
            };
            assert_eq!(outcome, expected);
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn no_answer_is_a_timeout_and_strikes() {
    let started = Instant::now();
    assert_eq!(outcome_of(Reply::Hang).await, struck("timeout"));
    let took = started.elapsed();
    assert!((2..4).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn an_answer_that_drips_is_bounded() {
    let second = Duration::from_secs(1);
    // In the head: nobody knows what it will say.
    let started = Instant::now();
    let reply = Reply::Drip("HTTP/1.1 200 OK\r\n", "content-length: 0\r\n\r\n", second);
    assert_eq!(outcome_of(reply).await, struck("timeout"));
    assert!(started.elapsed() < 4 * second);
    // In the body of a success: it is one.
    let started = Instant::now();
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n";
    let reply = Reply::Drip(head, "12345678901234567890", second);
    assert_eq!(outcome_of(reply).await, delivered(200));
    assert!(started.elapsed() < second);
    // In the body of a refusal: what came in time is kept.
    let started = Instant::now();
    let head = "HTTP/1.1 422 X\r\ncontent-length: 20\r\n\r\n";
    let refused = outcome_of(Reply::Drip(head, "12345678901234567890", second)).await;
    assert!(
        matches!(&refused, Outcome::Reject { answer, .. } if answer == b"1"),
        "{refused:?}"
    );
    assert!(started.elapsed() < 4 * second);
}

#[tokio::test]
async fn what_breaks_strikes() {
    assert_eq!(outcome_of(Reply::Reset).await, struck("connection_lost"));
    let nonsense = Reply::Last("SSH-2.0-OpenSSH_9.6\r\n".to_owned());
    assert_eq!(outcome_of(nonsense).await, struck("bad_answer"));
    let half = Reply::Last("HTTP/1.1 200 OK\r\ncont".to_owned());
    assert_eq!(outcome_of(half).await, struck("connection_lost"));
    let endless = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(1_000_000));
    let outcome = outcome_of(Reply::Last(endless)).await;
    assert!(
        matches!(outcome, Outcome::Retry { strikes: true, .. }),
        "{outcome:?}"
    );
    // Nobody listens there any more.
    let gone = Server::of_status(200).await.address;
    let http = Setup::new(&format!("http://127.0.0.1:{}/", gone.port() ^ 1)).payload("k", "{}");
    let outcome = deliver(&http.http()).await;
    assert_eq!(outcome, struck("connection_refused"));
}

#[tokio::test]
async fn the_invocations_end_is_not_the_destinations_fault() {
    let server = Server::start(|_, _| Reply::Hang).await;
    let http = setup(&server).with("timeout_s", json!(30)).http();
    let event = Event::decode(&message("k", b"{}").to_string()).unwrap();
    let outcome = http
        .deliver(Outgoing {
            event: &event,
            message_id: "message-1",
            deadline: Instant::now() + Duration::from_millis(300),
            turn: &AtOnce,
        })
        .await;
    assert_eq!(outcome, ours("out_of_time"));
}
