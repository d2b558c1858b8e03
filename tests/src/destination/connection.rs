use std::{io, time::Instant};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{
    answer::Answer,
    record::{Records, Request},
};

/// The first byte of a TLS connection: the type of a record that holds a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;
/// No head of ours is longer.
const HEAD_MAX_BYTES: usize = 64 * 1024;

/// What is known about a connection.
#[derive(Clone, Copy)]
struct Peer {
    tls: bool,
    certified: bool,
}

/// Serves a connection to its end.
pub(super) async fn serve(records: Records, tls: TlsAcceptor, stream: TcpStream) {
    let mut first = [0];
    if !matches!(stream.peek(&mut first).await, Ok(1)) {
        return;
    }
    // Then a close without an answer is a reset.
    let _ = stream.set_zero_linger();
    if first == [HANDSHAKE] {
        let Ok(mut stream) = tls.accept(stream).await else {
            return;
        };
        let certified = stream.get_ref().1.peer_certificates().is_some();
        let peer = Peer {
            tls: true,
            certified,
        };
        let _ = requests(&records, &mut stream, peer).await;
    } else {
        let peer = Peer {
            tls: false,
            certified: false,
        };
        let mut stream = stream;
        let _ = requests(&records, &mut stream, peer).await;
    }
}

/// One request after the other, until the client or an answer ends it.
async fn requests(
    records: &Records,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    peer: Peer,
) -> io::Result<()> {
    let mut read = Vec::new();
    loop {
        let end = head_end(stream, &mut read).await?;
        let (request, size) = parse(read.get(..end).unwrap_or_default(), peer)?;
        let mut rest = read.split_off((end + 4).min(read.len()));
        let (number, answer) = records.began(request);
        read = rest.split_off(size.min(rest.len()));
        let mut missing = size - rest.len();
        records.read(number, &rest, missing == 0);
        let most = match answer {
            Answer::ResetAfter(most) => most,
            _ => usize::MAX,
        };
        while missing > 0 && size - missing < most {
            let mut piece = vec![0; missing.min(64 * 1024)];
            let count = stream.read(&mut piece).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            missing -= count;
            records.read(number, piece.get(..count).unwrap_or_default(), missing == 0);
        }
        answer.write(stream).await?;
    }
}

/// Reads until there is a whole head; returns where it ends.
async fn head_end(stream: &mut (impl AsyncRead + Unpin), read: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            return Ok(end);
        }
        let mut piece = [0; 8192];
        let count = stream.read(&mut piece).await?;
        if count == 0 || read.len() > HEAD_MAX_BYTES {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(piece.get(..count).unwrap_or_default());
    }
}

/// The request, and the size of its body, which every request of ours states.
fn parse(head: &[u8], peer: Peer) -> io::Result<(Request, usize)> {
    let bad = || io::Error::from(io::ErrorKind::InvalidData);
    let head = str::from_utf8(head).map_err(|_| bad())?;
    let mut lines = head.split("\r\n");
    let mut line = lines.next().ok_or_else(bad)?.split(' ');
    let mut word = || line.next().map(str::to_owned).ok_or_else(bad);
    let (method, path) = (word()?, word()?);
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let request = Request {
        at: Instant::now(),
        method,
        path,
        headers,
        body: Vec::new(),
        complete: false,
        tls: peer.tls,
        certified: peer.certified,
    };
    let size = match request.header("content-length") {
        Some(size) => size.parse().map_err(|_| bad())?,
        None => 0,
    };
    Ok((request, size))
}
