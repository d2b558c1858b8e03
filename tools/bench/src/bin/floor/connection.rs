//! HTTP/1.1 over one connection that is kept, with or without TLS.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use anyhow::{Context, ensure};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// Enough for any head here.
const HEAD_BYTES: usize = 16 * 1024;

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

pub(crate) struct Connection {
    host: String,
    stream: Box<dyn Stream>,
}

impl Connection {
    /// Connects to `http://host:port` or `https://host:port`, and makes the handshake.
    pub(crate) fn open(url: &str) -> anyhow::Result<Self> {
        let (scheme, host) = url.split_once("://").context("no URL")?;
        let tcp = TcpStream::connect(host)?;
        tcp.set_nodelay(true)?;
        let stream: Box<dyn Stream> = if scheme == "https" {
            let name = host.split_once(':').context("no port")?.0.to_owned();
            let mut stream = StreamOwned::new(
                ClientConnection::new(Arc::new(tls()?), name.try_into()?)?,
                tcp,
            );
            while stream.conn.is_handshaking() {
                stream.conn.complete_io(&mut stream.sock)?;
            }
            Box::new(stream)
        } else {
            Box::new(tcp)
        };
        Ok(Self {
            host: host.to_owned(),
            stream,
        })
    }

    /// Sends a request. Returns the head of its response, and its body in the buffer, which keeps its
    /// memory from call to call.
    pub(crate) fn exchange(
        &mut self,
        line: &str,
        headers: &str,
        body: &[u8],
        into: &mut Vec<u8>,
    ) -> anyhow::Result<String> {
        let head = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n{headers}\r\n",
            self.host,
            body.len()
        );
        self.stream.write_all(head.as_bytes())?;
        if !body.is_empty() {
            self.stream.write_all(body)?;
        }
        self.stream.flush()?;
        self.response(into)
    }

    fn response(&mut self, into: &mut Vec<u8>) -> anyhow::Result<String> {
        let mut first = [0; HEAD_BYTES];
        let mut read = 0;
        let end = loop {
            let more = self
                .stream
                .read(first.get_mut(read..).unwrap_or_default())?;
            ensure!(more > 0, "the connection ended, or the head is too long");
            read += more;
            let seen = first.get(..read).unwrap_or_default();
            if let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = std::str::from_utf8(first.get(..end).unwrap_or_default())?.to_owned();
        let length = head
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.split("\r\n").next())
            .context("no length")?
            .parse()?;
        into.clear();
        into.reserve(length);
        into.extend(first.get(end..read).unwrap_or_default());
        let left = length.checked_sub(into.len()).context("too much")?;
        let got = (&mut self.stream).take(left as u64).read_to_end(into)?;
        ensure!(got == left, "cut off");
        Ok(head)
    }
}

/// Trusts whom the system trusts.
fn tls() -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(
        ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}
