//! Against a Runtime API on this machine that answers as it is told, byte for byte.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::*;

/// Requests as they came.
type Asked = Arc<Mutex<Vec<String>>>;

/// Serves connections one after the other. Each answer is written in the pieces given; an empty
/// one closes the connection.
async fn api(answers: Vec<Vec<String>>) -> (RuntimeApi, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut answers = answers.into_iter();
        while let Ok((mut stream, _)) = listener.accept().await {
            while let Some(request) = request(&mut stream).await {
                seen.lock().unwrap().push(request);
                let Some(pieces) = answers.next() else { return };
                let mut closes = false;
                for piece in pieces {
                    closes = piece.is_empty();
                    stream.write_all(piece.as_bytes()).await.unwrap();
                    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                }
                if closes {
                    break;
                }
            }
        }
    });
    (RuntimeApi(place), asked)
}

async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut bytes = [0; 1024];
        let read = stream.read(&mut bytes).await.ok()?;
        if read == 0 {
            return None;
        }
        text.push_str(str::from_utf8(&bytes[..read]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let (_, length) = head.split_once("content-length: ")?;
        let length: usize = length.lines().next()?.parse().unwrap();
        if body.len() == length {
            return Some(text);
        }
    }
}

const IDS: &str = "Lambda-Runtime-Aws-Request-Id: r1\r\nlambda-runtime-trace-id: Root=1\r\n\
     lambda-runtime-invocation-id: i1\r\n";

fn event(body: &str) -> Vec<String> {
    let length = body.len();
    vec![format!(
        "HTTP/1.1 200 OK\r\n{IDS}Content-Length: {length}\r\n\r\n{body}"
    )]
}

fn taken() -> Vec<String> {
    vec!["HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}".to_owned()]
}

fn over() -> Vec<String> {
    vec!["HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n".to_owned()]
}

/// What the work saw of each event, and what the API was asked.
async fn run(
    answers: Vec<Vec<String>>,
    work: impl Fn(&str) -> Result<String, Failure>,
) -> (Vec<String>, Vec<String>, ServeError) {
    let (api, asked) = api(answers).await;
    let events = Mutex::new(Vec::new());
    let ended = serve(api, async |invocation: Invocation| {
        let text = str::from_utf8(&invocation.event).unwrap().to_owned();
        events.lock().unwrap().push(text.clone());
        assert_eq!(invocation.request_id, "r1");
        assert_eq!(invocation.trace_id.as_deref(), Some("Root=1"));
        work(&text)
    })
    .await;
    let asked = asked.lock().unwrap().clone();
    (events.into_inner().unwrap(), asked, ended)
}

fn echo(text: &str) -> Result<String, Failure> {
    Ok(text.to_uppercase())
}

#[tokio::test]
async fn each_event_is_answered_under_its_id() {
    let answers = vec![event("one"), taken(), event("two"), taken(), over()];
    let (events, asked, ended) = run(answers, echo).await;
    assert_eq!(events, ["one", "two"]);
    assert!(asked[0].starts_with("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: 127."));
    let answer = &asked[3];
    assert!(answer.starts_with("POST /2018-06-01/runtime/invocation/r1/response HTTP/1.1\r\n"));
    assert!(
        answer.contains("\r\nlambda-runtime-invocation-id: i1\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("\r\ncontent-type: application/json\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with("\r\n\r\n\"TWO\""), "{answer}");
    assert!(matches!(ended, ServeError::NoEvent(410)), "{ended:?}");
}

/// However the bytes arrive, and whatever says how many there are.
#[tokio::test]
async fn an_event_is_whole() {
    let long = "x".repeat(300_000);
    let head = format!("HTTP/1.1 200 OK\r\n{IDS}transfer-encoding: chunked\r\n\r\n");
    let pieces = |texts: &[&str]| -> Vec<String> {
        let rest = texts.iter().map(|text| (*text).to_owned());
        [head.clone()].into_iter().chain(rest).collect()
    };
    let big = format!("{:x};ext=1\r\n{long}\r\n", long.len());
    let answers = vec![
        event(&long),
        taken(),
        pieces(&["3\r\none\r\n0\r\n\r\n"]),
        taken(),
        pieces(&[
            "3",
            "\r",
            "\non",
            "e\r",
            "\n4\r\n two\r\n",
            "0\r\nTrailer: x\r\n",
            "\r\n",
        ]),
        taken(),
        pieces(&[&big, "0\r\n\r\n"]),
        taken(),
        // To the end of the connection.
        vec![
            format!("HTTP/1.1 200 OK\r\n{IDS}\r\nto the"),
            " end".to_owned(),
            String::new(),
        ],
        taken(),
        over(),
    ];
    let (events, ..) = run(answers, |_| Ok(String::new())).await;
    assert_eq!(events, [&long, "one", "one two", &long, "to the end"]);
}

#[tokio::test]
async fn an_event_that_is_cut_off_is_none() {
    for cut in [
        format!("HTTP/1.1 200 OK\r\n{IDS}content-length: 9\r\n\r\nhalf"),
        format!("HTTP/1.1 200 OK\r\n{IDS}transfer-encoding: chunked\r\n\r\n9\r\nhalf"),
        format!("HTTP/1.1 200 OK\r\n{IDS}transfer-encoding: chunked\r\n\r\n2\r\nhalf\r\n"),
        format!("HTTP/1.1 200 OK\r\n{IDS}transfer-encoding: chunked\r\n\r\nx\r\nhalf\r\n"),
        "no HTTP".to_owned(),
    ] {
        let (events, _, ended) = run(vec![vec![cut.clone(), String::new()]], echo).await;
        assert!(events.is_empty(), "{cut}");
        assert!(matches!(ended, ServeError::Gone(_)), "{cut} {ended:?}");
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_in_between_is_opened_again() {
    let closed = |mut pieces: Vec<String>| {
        pieces.push(String::new());
        pieces
    };
    let answers = vec![
        closed(event("one")),
        closed(taken()),
        event("two"),
        taken(),
        over(),
    ];
    let (events, ..) = run(answers, echo).await;
    assert_eq!(events, ["one", "two"]);
}

#[tokio::test]
async fn a_failure_or_a_panic_is_that_of_its_invocation() {
    let answers = vec![
        event("bad"),
        taken(),
        event("panic"),
        taken(),
        event("good"),
        taken(),
        over(),
    ];
    let work = |text: &str| match text {
        "bad" => Err(Failure {
            error_type: "Unauthorized",
            error_message: "Unauthorized".to_owned(),
        }),
        "panic" => panic!("on purpose"),
        _ => echo(text),
    };
    let (events, asked, _) = run(answers, work).await;
    assert_eq!(events.len(), 3);
    for (at, body) in [
        (
            1,
            r#"{"errorType":"Unauthorized","errorMessage":"Unauthorized"}"#,
        ),
        (
            3,
            r#"{"errorType":"Panic","errorMessage":"the function panicked: on purpose"}"#,
        ),
    ] {
        let answer = &asked[at];
        assert!(
            answer.starts_with("POST /2018-06-01/runtime/invocation/r1/error HTTP"),
            "{answer}"
        );
        assert!(
            answer.contains("\r\nlambda-runtime-function-error-type: unhandled\r\n"),
            "{answer}"
        );
        assert!(
            answer.contains("\r\nlambda-runtime-invocation-id: i1\r\n"),
            "{answer}"
        );
        assert!(answer.ends_with(body), "{answer}");
    }
    assert!(asked[5].ends_with("\"GOOD\""));
}

/// serde's own text would show a part of the event.
#[test]
fn an_unreadable_event_is_not_shown() {
    let problem = serde_json::from_str::<u8>("\"CANARY\"").unwrap_err();
    assert!(problem.to_string().contains("CANARY"));
    let failure = format!("{:?}", Failure::unreadable(&problem));
    assert!(!failure.contains("CANARY"), "{failure}");
}
