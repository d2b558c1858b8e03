//! One whole exchange with the local cloud.

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response, Uri, Version,
    client::conn::http1,
    header::{self, HeaderMap, HeaderName},
    http::request::Parts,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Headers about one connection or about how a body was cut into pieces, not about the request.
const OF_A_CONNECTION: [HeaderName; 5] = [
    header::CONNECTION,
    header::EXPECT,
    header::TRANSFER_ENCODING,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Sends a request over a connection of its own and reads the whole answer. Method, target, headers (Host too:
/// signatures cover it) and body stay as they are.
///
/// # Errors
/// There is no whole answer.
pub(crate) async fn exchange(
    authority: &str,
    parts: &Parts,
    body: Bytes,
) -> Result<Response<Bytes>> {
    let mut parts = parts.clone();
    if let Some(target) = parts.uri.path_and_query() {
        parts.uri = Uri::from(target.clone());
    }
    parts.version = Version::HTTP_11;
    strip(&mut parts.headers);
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(stream))
        .await?;
    let connection = tokio::spawn(connection);
    let answer = sender
        .send_request(Request::from_parts(parts, Full::new(body)))
        .await?;
    let (mut parts, body) = answer.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    strip(&mut parts.headers);
    Ok(Response::from_parts(parts, body))
}

fn strip(headers: &mut HeaderMap) {
    for name in &OF_A_CONNECTION {
        headers.remove(name);
    }
}
