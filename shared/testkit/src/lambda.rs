use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

use serde_json::json;

/// How long a function may take to start and to judge one event.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function's result, or `None` if it ended before it answered.
#[derive(Debug)]
pub struct Run {
    /// It answered with this, or failed with it.
    pub answer: Option<String>,
    /// Everything that it wrote to standard output and to standard error.
    pub written: String,
}

/// What AWS answers: a status, header lines and a body.
pub type HttpReply = (u16, String, String);

/// The values of `LOG_LEVEL`.
pub const LEVELS: [&str; 4] = ["error", "warn", "info", "debug"];

impl Run {
    /// # Panics
    /// If one of these texts was written.
    pub fn hides(&self, canaries: &[&str]) {
        for canary in canaries {
            assert!(!self.written.contains(canary), "{canary}: {}", self.written);
        }
    }
}

/// Secrets Manager's answer: this value, and no previous version.
#[must_use]
pub fn secret(value: &str, request: &str) -> HttpReply {
    let (status, answer) = if request.contains("AWSPREVIOUS") {
        let gone = json!({"__type": "ResourceNotFoundException", "Message": "none"});
        (400, gone)
    } else {
        (200, json!({"SecretString": value}))
    };
    (status, String::new(), answer.to_string())
}

/// Starts a function's program, gives it one event through its own Runtime API, and ends
/// it when it asks for the next. `aws` answers its calls to AWS, by the operation
/// (`X-Amz-Target`, or the method) and the body: a status, headers and a body.
///
/// # Panics
/// If it cannot start, or does nothing for a minute.
#[must_use]
#[expect(clippy::expect_used, reason = "a test tells by panicking")]
pub fn run_function(
    program: &Path,
    settings: &[(&str, &str)],
    event: &str,
    aws: fn(&str, &str) -> HttpReply,
) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a local port is free");
    let address = listener
        .local_addr()
        .expect("the listener has an address")
        .to_string();
    let (sender, reports) = channel();
    let event = event.to_owned();
    thread::spawn(move || {
        let event = Arc::new(Mutex::new(Some(event)));
        for stream in listener.incoming().flatten() {
            let (sender, event): (Sender<Option<String>>, _) = (sender.clone(), event.clone());
            // A function opens connections before it has anything to say.
            thread::spawn(move || serve(stream, &event, aws, &sender));
        }
    });
    let mut child = Command::new(program)
        .env_clear()
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "tested"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "tested"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "tested"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "tested"),
            ("AWS_SECRET_ACCESS_KEY", "tested"),
            ("AWS_ENDPOINT_URL", &format!("http://{address}")),
        ])
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let read = |pipe: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let mut text = Vec::new();
            let _all = pipe.expect("the output is piped").read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as _));
    let err = read(child.stderr.take().map(|pipe| Box::new(pipe) as _));
    let mut answer = None;
    let started = std::time::Instant::now();
    loop {
        match reports.recv_timeout(Duration::from_millis(50)) {
            Ok(Some(text)) => answer = Some(text),
            Ok(None) => break,
            Err(_)
                if child
                    .try_wait()
                    .expect("the program can be asked for its state")
                    .is_some() =>
            {
                break;
            }
            Err(_) => assert!(
                started.elapsed() < PATIENCE,
                "the function did nothing for a minute"
            ),
        }
    }
    let _gone = child.kill();
    let _status = child.wait();
    let written =
        out.join().expect("standard output is read") + &err.join().expect("standard error is read");
    Run { answer, written }
}

/// One request per connection. Reports what the function answered, and `None` once it asks for
/// more.
fn serve(
    stream: TcpStream,
    event: &Mutex<Option<String>>,
    aws: fn(&str, &str) -> HttpReply,
    sender: &Sender<Option<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut parts = line.split(' ').map(str::to_owned);
    let (method, path) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|n| n.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    if headers.contains_key("transfer-encoding") {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
            let mut piece = vec![0; size + 2];
            reader.read_exact(&mut piece)?;
            if size == 0 {
                break;
            }
            body.extend(piece.into_iter().take(size));
        }
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    let (status, more, answer) = if path.ends_with("/invocation/next") {
        let event = event.lock().map_or(None, |mut event| event.take());
        let Some(event) = event else {
            let _heard = sender.send(None);
            // Kept open until the program ends; otherwise it would report a broken connection.
            reader.read_to_end(&mut Vec::new())?;
            return Ok(());
        };
        let headers = "lambda-runtime-aws-request-id: r1\r\nlambda-runtime-deadline-ms: 4102444800000\r\nlambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:000000000000:function:tested\r\n";
        (200, headers.to_owned(), event)
    } else if path.contains("/runtime/") {
        let _heard = sender.send(Some(body));
        (202, String::new(), "{}".to_owned())
    } else {
        let target = headers.get("x-amz-target").unwrap_or(&method);
        aws(target, &body)
    };
    let length = answer.len();
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-type: application/json\r\n{more}content-length: {length}\r\n\r\n{answer}"
    )
}
