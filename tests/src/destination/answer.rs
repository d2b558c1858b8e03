use std::{
    io,
    time::{Duration, SystemTime},
};

use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _},
    time::sleep,
};

/// What a request gets.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A status, headers and a body.
    Status(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// 429 or another status that asks to be left alone until so many seconds from then on: a date.
    After(u16, Duration),
    /// Nothing, and the connection stays open.
    Hang,
    /// The connection is reset, without an answer.
    Reset,
    /// The connection is reset after so many bytes of the body were read.
    ResetAfter(usize),
    /// 200, and then one byte of the answer each second.
    Drip,
    /// The first bytes of a status line, one each second: there is never a status.
    DripHead,
}

impl Answer {
    /// A bare status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Status(status, Vec::new(), Vec::new())
    }

    /// A status with one header.
    #[must_use]
    pub fn with(status: u16, name: &'static str, value: &str) -> Self {
        Self::Status(status, vec![(name, value.to_owned())], Vec::new())
    }

    /// A status with a body.
    #[must_use]
    pub fn saying(status: u16, body: &[u8]) -> Self {
        Self::Status(status, Vec::new(), body.to_vec())
    }

    /// Writes it. `Ok`: another request may follow on this connection.
    pub(super) async fn write(&self, stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        match self {
            Self::Status(status, headers, body) => {
                stream.write_all(&head(*status, headers, body.len())).await?;
                stream.write_all(body).await?;
                stream.flush().await
            }
            Self::After(status, wait) => {
                let headers = [("retry-after", httpdate::fmt_http_date(wall_clock() + *wait))];
                stream.write_all(&head(*status, &headers, 0)).await?;
                stream.flush().await
            }
            Self::Hang => std::future::pending().await,
            Self::Reset | Self::ResetAfter(_) => Err(io::ErrorKind::ConnectionReset.into()),
            Self::Drip => {
                stream.write_all(&head(200, &[], 3600)).await?;
                drip(stream, &[b'.'; 3600]).await
            }
            Self::DripHead => drip(stream, b"HTTP/1.1 200 Only a reason phrase, which has no end, and so no status is known until it is there, at one byte a second").await,
        }
    }
}

fn head(status: u16, headers: &[(&str, String)], size: usize) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} As planned\r\ncontent-length: {size}\r\n");
    for (name, value) in headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    head.into_bytes()
}

async fn drip(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a destination names a date by the real clock"
)]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}
