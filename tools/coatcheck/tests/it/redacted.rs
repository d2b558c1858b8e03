//! Endpoints with `redact`: no command shows a redacted value, unless it is told to.

use std::{
    io::{BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use domain::{Digest, RedactedView, StoredHeaders};
use serde_json::{Value, json};

use crate::server::{Request, read};

/// In the payload, in an attribute, in a kept header, and in the key by which the event is found.
const CANARY: &str = "CANARY@example.com";
const BODY: &str = r#"{"id":"evt_1","user":{"email":"CANARY@example.com"}}"#;
const SHOWN: &str = r#"{"id":"evt_1","user":{"email":"[redacted]"}}"#;
const ENDPOINT: &str = r#"{"name":"stripe","scheme":"stripe","redact":["/user/email"],"attributes":{"email":{"json":"/user/email","index":true},"plan":{"json":"/plan"}}}"#;

/// AWS for a person who has `read`, or `reveal` in its place: the calls that were made.
struct Cloud {
    url: String,
    calls: Arc<Mutex<Vec<String>>>,
}

/// What is different from one test to the next.
#[derive(Clone, Copy)]
struct Case {
    /// Whether S3 gives the object.
    reveals: bool,
    endpoint: Option<&'static str>,
    content_type: &'static str,
}

const USUAL: Case = Case {
    reveals: false,
    endpoint: Some(ENDPOINT),
    content_type: "application/json",
};

impl Cloud {
    fn start(case: Case) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&seen);
                thread::spawn(move || serve(&stream, case, &seen));
            }
        });
        Self { url, calls }
    }

    fn coatcheck(&self, args: &[&str]) -> Output {
        let home = tempfile::tempdir().unwrap();
        Command::new(env!("CARGO_BIN_EXE_coatcheck"))
            .args(args)
            .env_clear()
            .env("HOME", home.path())
            .env("AWS_ACCESS_KEY_ID", "a")
            .env("AWS_SECRET_ACCESS_KEY", "b")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", &self.url)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn called(&self, call: &str) -> bool {
        self.calls.lock().unwrap().iter().any(|one| one == call)
    }
}

fn serve(stream: &TcpStream, case: Case, seen: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let request = read(&mut reader)?;
        let call = match request.header("x-amz-target") {
            "" => request.line.split(' ').next()?.to_owned(),
            target => target.rsplit('.').next()?.to_owned(),
        };
        seen.lock().unwrap().push(call.clone());
        let (status, body) = answer(&call, &request, case);
        let length = body.len();
        let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n\r\n");
        (&*stream)
            .write_all(&[head.as_bytes(), &body].concat())
            .ok()?;
    }
}

fn answer(call: &str, request: &Request, case: Case) -> (u16, Vec<u8>) {
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let json = |answer: Value| (200, answer.to_string().into_bytes());
    match call {
        "GetItem" if asked["Key"]["name"]["S"] == "-" => {
            let mut stack: Value = serde_json::from_str(testkit::STACK).unwrap();
            stack["functions"]["redact"] =
                json!({"name": "coatcheck-redact", "log_group": "/aws/lambda/coatcheck-redact"});
            stack["attributes"] = json!(["email", "plan"]);
            json(json!({"Item": {"stack": {"S": stack.to_string()}}}))
        }
        "GetItem" if asked["TableName"] == "coatcheck-endpoints" => json(
            case.endpoint
                .map_or(json!({}), |one| json!({"Item": {"config": {"S": one}}})),
        ),
        "GetItem" => json(json!({ "Item": pointer(case) })),
        "Query" if asked["TableName"] == "coatcheck-processed" => json(json!({"Items": []})),
        "Query" => json(json!({"Items": [pointer(case)]})),
        "ReceiveMessage" => {
            let event = json!({"ref": "stripe/evt_1", "type": "user.created", "email": CANARY, "plan": "free"});
            let message =
                json!({"MessageId": "m1", "ReceiptHandle": "r1", "Body": event.to_string()});
            json(json!({"Messages": [message]}))
        }
        "ChangeMessageVisibility" | "GetQueueAttributes" => json(json!({"Attributes": {
            "ApproximateNumberOfMessages": "1", "ApproximateNumberOfMessagesNotVisible": "0",
            "ApproximateNumberOfMessagesDelayed": "0", "MessageRetentionPeriod": "1209600"}})),
        "POST"
            if request
                .line
                .contains("/functions/coatcheck-redact/invocations") =>
        {
            let at = asked["from"].as_u64().unwrap_or_default() as usize;
            let size = asked["at_most"].as_u64().unwrap_or_default() as usize;
            let until = at.saturating_add(size).min(SHOWN.len());
            let view = if case.content_type == "application/json" {
                RedactedView::Part {
                    content: base64_simd::STANDARD.encode_to_string(&SHOWN.as_bytes()[at..until]),
                    size: SHOWN.len(),
                    headers: StoredHeaders::default(),
                }
            } else {
                RedactedView::Withheld {
                    why: domain::Withheld::NotJson,
                    headers: None,
                }
            };
            (200, serde_json::to_vec(&view).unwrap())
        }
        "GET" if case.reveals => (200, BODY.into()),
        "GET" => (403, b"<Error><Code>AccessDenied</Code></Error>".to_vec()),
        _ => (501, Vec::new()),
    }
}

fn pointer(case: Case) -> Value {
    let mut item = json!({
        "size": {"N": BODY.len().to_string()},
        "pk": {"S": "stripe#evt_1"}, "sk": {"S": "evt_1"},
    });
    let sha256 = Digest::of(BODY).to_string();
    for (name, text) in [
        ("ref", "stripe/evt_1"),
        ("endpoint", "stripe"),
        ("id", "evt_1"),
        ("type", "user.created"),
        ("subject", "evt_1"),
        ("received_at", "2026-11-26T19:20:01.414Z"),
        ("occurred_at", "2026-11-26T19:20:01.414Z"),
        ("content_type", case.content_type),
        ("sha256", &sha256),
        (
            "dataref",
            "s3://coatcheck-payloads/payloads/a/2026-11-26T19/stripe/x",
        ),
        ("x_email", CANARY),
        ("x_plan", "free"),
        ("find_1", "stripe#email=CANARY@example.com"),
    ] {
        item[name] = json!({ "S": text });
    }
    item
}

fn all(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8(text).unwrap()
}

#[test]
fn no_command_shows_a_redacted_value_and_none_reads_the_payload() {
    let cloud = Cloud::start(USUAL);
    for args in [
        &["events", "show", "stripe/evt_1"][..],
        &["events", "show", "stripe/evt_1", "--json"],
        &["events", "payload", "stripe/evt_1"],
        &["dlq", "show", "invoices", "--limit", "1"],
        &["dlq", "show", "invoices", "--limit", "1", "--json"],
    ] {
        let output = cloud.coatcheck(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        assert!(!all(&output).contains("CANARY"), "{args:?}: {output:?}");
    }
    assert!(cloud.called("POST") && !cloud.called("GET"));
    let payload = cloud.coatcheck(&["events", "payload", "stripe/evt_1"]);
    assert_eq!(payload.stdout, SHOWN.as_bytes());
    assert!(all(&payload).contains("--reveal"), "{payload:?}");
    let dead = cloud.coatcheck(&["dlq", "show", "invoices", "--limit", "1", "--json"]);
    let event: Value = serde_json::from_slice(&dead.stdout).unwrap();
    assert_eq!(event["event"]["email"], "[redacted]");
    assert_eq!(event["event"]["plan"], "free");
}

#[test]
fn reveal_shows_all_of_it_to_whom_aws_lets() {
    let cloud = Cloud::start(Case {
        reveals: true,
        ..USUAL
    });
    let payload = cloud.coatcheck(&["events", "payload", "stripe/evt_1", "--reveal"]);
    assert_eq!(payload.stdout, BODY.as_bytes());
    let dead = cloud.coatcheck(&[
        "dlq", "show", "invoices", "--limit", "1", "--json", "--reveal",
    ]);
    assert!(all(&dead).contains(CANARY), "{dead:?}");
    assert!(!cloud.called("POST"));

    // With `read` alone AWS refuses, and the command says which policy is needed.
    let cloud = Cloud::start(USUAL);
    let refused = cloud.coatcheck(&["events", "payload", "stripe/evt_1", "--reveal"]);
    let said = all(&refused);
    assert!(
        !refused.status.success() && !said.contains("CANARY"),
        "{said}"
    );
    assert!(
        said.contains("the policy `reveal`") && said.contains("in place of `read`"),
        "{said}"
    );
}

#[test]
fn a_payload_that_is_not_json_or_whose_endpoint_is_gone_is_not_shown_at_all() {
    for (case, why) in [
        (
            Case {
                content_type: "text/plain",
                ..USUAL
            },
            "another media type",
        ),
        (
            Case {
                endpoint: None,
                ..USUAL
            },
            "the endpoint stripe is gone",
        ),
    ] {
        let cloud = Cloud::start(case);
        let output = cloud.coatcheck(&["events", "payload", "stripe/evt_1"]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let said = all(&output);
        assert!(said.contains(why) && said.contains("--reveal"), "{said}");
        assert!(!cloud.called("GET"));
    }
}

/// An endpoint without `redact` in the same stack is shown as everywhere.
#[test]
fn what_is_not_redacted_is_read_as_ever() {
    let cloud = Cloud::start(Case {
        reveals: true,
        endpoint: Some(r#"{"name":"stripe","scheme":"stripe"}"#),
        ..USUAL
    });
    let output = cloud.coatcheck(&["events", "payload", "stripe/evt_1"]);
    assert_eq!(output.stdout, BODY.as_bytes());
    assert!(!cloud.called("POST"));
}
