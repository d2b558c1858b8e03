//! HTTP/1.1 with the Runtime API, which is on this machine: one connection, one request after
//! the other, and the body of an answer read into one buffer that is used again.

use std::{fmt, io};

use bytes::{Buf as _, BytesMut};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What is read at a time where the length is not known.
const PIECE: usize = 64 * 1024;

/// The headers of an event are a few hundred bytes, and a client context 3,583 at most.
const HEAD_MAX_BYTES: usize = 64 * 1024;

const HEADERS_MAX: usize = 64;

/// The Runtime API.
pub(super) struct Http {
    authority: String,
    stream: Option<TcpStream>,
    /// What was read and belongs to no body yet.
    unread: BytesMut,
    /// The body's allocation, which comes back when the body is dropped.
    body: BytesMut,
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) request_id: Option<String>,
    pub(super) invocation_id: Option<String>,
    pub(super) trace_id: Option<String>,
    pub(super) body: BytesMut,
}

/// How long a body is.
enum Length {
    Known(usize),
    Chunked,
    /// To the end of the connection.
    Open,
}

struct Head {
    reply: Reply,
    length: Length,
    closes: bool,
    /// Its own bytes.
    bytes: usize,
}

impl Http {
    pub(super) fn new(authority: String) -> Self {
        Self {
            authority,
            stream: None,
            unread: BytesMut::new(),
            body: BytesMut::new(),
        }
    }

    /// Sends a request and reads the answer. `line` is its first without the version, `headers`
    /// are lines.
    pub(super) async fn send(
        &mut self,
        line: fmt::Arguments<'_>,
        headers: &str,
        body: &[u8],
    ) -> io::Result<Reply> {
        let mut request = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\nuser-agent: coatcheck/{}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n",
            self.authority,
            env!("CARGO_PKG_VERSION"),
            body.len(),
        )
        .into_bytes();
        request.extend_from_slice(body);
        let is_reused = self.stream.is_some();
        self.unread.clear();
        match self.exchange(&request).await {
            // It was closed before it answered anything.
            Err(_) if is_reused && self.unread.is_empty() => self.exchange(&request).await,
            outcome => outcome,
        }
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Reply> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.authority.as_str()).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        stream.write_all(request).await?;
        let mut head = loop {
            fill(&mut stream, &mut self.unread).await?;
            match parse(&self.unread)? {
                Some(head) => break head,
                None if self.unread.len() > HEAD_MAX_BYTES => return Err(bad("a head too long")),
                None => {}
            }
        };
        self.unread.advance(head.bytes);
        match head.length {
            Length::Known(length) => self.read_exactly(&mut stream, length).await?,
            Length::Chunked => self.read_chunks(&mut stream).await?,
            Length::Open => {
                self.body.extend_from_slice(&self.unread.split());
                while stream.read_buf(&mut self.body).await? > 0 {}
            }
        }
        head.reply.body = self.body.split();
        if !head.closes && self.unread.is_empty() {
            self.stream = Some(stream);
        }
        Ok(head.reply)
    }

    async fn read_exactly(&mut self, stream: &mut TcpStream, length: usize) -> io::Result<()> {
        self.body.reserve(length);
        let first = self.unread.len().min(length);
        self.body.extend_from_slice(&self.unread.split_to(first));
        while self.body.len() < length {
            let left = length - self.body.len();
            let mut limited = (&mut *stream).take(left as u64);
            if limited.read_buf(&mut self.body).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// RFC 9112, 7.1.
    async fn read_chunks(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        loop {
            let line = self.read_line(stream).await?;
            let line = str::from_utf8(&line).unwrap_or_default();
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).ok();
            let mut left = size.ok_or_else(|| bad("a chunk without a size"))?;
            if left == 0 {
                // The trailer, to its empty line.
                while !self.read_line(stream).await?.is_empty() {}
                return Ok(());
            }
            while left > 0 {
                if self.unread.is_empty() {
                    fill(stream, &mut self.unread).await?;
                }
                let piece = self.unread.len().min(left);
                self.body.extend_from_slice(&self.unread.split_to(piece));
                left -= piece;
            }
            if !self.read_line(stream).await?.is_empty() {
                return Err(bad("a chunk longer than its size"));
            }
        }
    }

    /// Without its end.
    async fn read_line(&mut self, stream: &mut TcpStream) -> io::Result<BytesMut> {
        loop {
            let end = self.unread.windows(2).position(|two| two == b"\r\n");
            if let Some(end) = end {
                let line = self.unread.split_to(end);
                self.unread.advance(2);
                return Ok(line);
            }
            if self.unread.len() > HEAD_MAX_BYTES {
                return Err(bad("a line too long"));
            }
            fill(stream, &mut self.unread).await?;
        }
    }
}

async fn fill(stream: &mut TcpStream, unread: &mut BytesMut) -> io::Result<()> {
    unread.reserve(PIECE);
    if stream.read_buf(unread).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// `None` until the head is whole.
fn parse(bytes: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes);
    let httparse::Status::Complete(length) = parsed.map_err(io::Error::other)? else {
        return Ok(None);
    };
    let header = |name: &str| {
        let found = response.headers.iter();
        let mut found = found.filter(|header| header.name.eq_ignore_ascii_case(name));
        let value = str::from_utf8(found.next()?.value).ok()?;
        Some(value.to_owned())
    };
    let says = |name: &str, word: &str| {
        let value = header(name).unwrap_or_default();
        value
            .split(',')
            .any(|one| one.trim().eq_ignore_ascii_case(word))
    };
    let known = header("content-length").map(|length| length.parse());
    let known = known.transpose().map_err(io::Error::other)?;
    let body_length = match known {
        _ if says("transfer-encoding", "chunked") => Length::Chunked,
        Some(known) => Length::Known(known),
        None => Length::Open,
    };
    Ok(Some(Head {
        closes: matches!(body_length, Length::Open)
            || response.version == Some(0)
            || says("connection", "close"),
        length: body_length,
        bytes: length,
        reply: Reply {
            status: response.code.unwrap_or_default(),
            request_id: header("lambda-runtime-aws-request-id"),
            invocation_id: header("lambda-runtime-invocation-id"),
            trace_id: header("lambda-runtime-trace-id"),
            body: BytesMut::new(),
        },
    }))
}

fn bad(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
