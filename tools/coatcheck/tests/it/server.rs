//! An endpoint that remembers what it was sent.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use domain::Headers;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header<'a>(&'a self, name: &'a str) -> &'a str {
        self.headers.one(name).unwrap().unwrap_or_default()
    }
}

/// What requests are answered with, in their order; the last one again and again.
type Script = VecDeque<(u16, &'static str)>;

pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers after so long.
    pub(crate) fn slow(pause: Duration, script: &[(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1/hooks/test", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(script.iter().copied().collect::<Script>()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                thread::spawn(move || serve(&stream, pause, &seen, &script));
            }
        });
        Self { url, requests }
    }

    pub(crate) fn new(script: &[(u16, &'static str)]) -> Self {
        Self::slow(Duration::ZERO, script)
    }

    /// What has come so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Serves one connection until its other end closes it.
fn serve(
    stream: &TcpStream,
    pause: Duration,
    seen: &Mutex<Vec<Request>>,
    script: &Mutex<Script>,
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let request = read(&mut reader)?;
        seen.lock().unwrap().push(request);
        thread::sleep(pause);
        let (status, body) = {
            let mut script = script.lock().unwrap();
            let next = *script.front()?;
            if script.len() > 1 {
                script.pop_front();
            }
            next
        };
        let answer = format!(
            "HTTP/1.1 {status} x\r\nretry-after: 0\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        (&*stream).write_all(answer.as_bytes()).ok()?;
    }
}

/// Reads one request; none at the end of the connection.
pub(crate) fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end() {
            "" => break,
            text => lines.push(text.to_owned()),
        }
    }
    let pairs = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    let headers = Headers::from_pairs(pairs);
    let length = headers
        .one("content-length")
        .ok()?
        .unwrap_or("0")
        .parse()
        .ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        line: lines.first()?.clone(),
        headers,
        body,
    })
}
