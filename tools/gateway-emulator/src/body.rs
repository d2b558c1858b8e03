//! A request's body: the bytes that came, up to API Gateway's limit.

use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body;

/// The payload limit of REST APIs, which cannot be raised.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>
pub(crate) const LIMIT: usize = 10 * 1024 * 1024;

/// How long the rest of a refused body is read and discarded: most clients read no answer before
/// they have sent everything.
const PATIENCE: Duration = Duration::from_secs(10);

/// The result of reading a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// All of it.
    Whole(Bytes),
    /// It is over the limit, and was not kept.
    TooLarge,
    /// The client went away.
    Broken,
}

/// Reads a body whole. Never more than the limit is held.
pub(crate) async fn read<B: Body<Data = Bytes>>(body: B) -> Read {
    let announced = body.size_hint();
    let mut body = pin!(body);
    if announced.lower() <= LIMIT as u64 {
        let expected = usize::try_from(announced.exact().unwrap_or(0)).unwrap_or(0);
        let mut held = BytesMut::with_capacity(expected);
        loop {
            let data = match body.frame().await {
                None => return Read::Whole(held.freeze()),
                Some(Err(_)) => return Read::Broken,
                Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            };
            if held.len() + data.len() > LIMIT {
                break;
            }
            held.extend_from_slice(&data);
        }
    }
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    // Whether all of it arrived makes no difference to the answer.
    let _ended = tokio::time::timeout(PATIENCE, rest).await;
    Read::TooLarge
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn the_limit_is_inclusive() {
        for (size, fits) in [(0, true), (LIMIT, true), (LIMIT + 1, false)] {
            let body = Full::new(Bytes::from(vec![0xff; size]));
            match read(body).await {
                Read::Whole(bytes) => assert!(fits && bytes.len() == size, "{size}"),
                other => assert!(!fits && other == Read::TooLarge, "{size}"),
            }
        }
    }

    #[tokio::test]
    async fn a_body_that_announces_no_size_has_the_same_limit() {
        for (last, fits) in [(0, true), (1, false)] {
            let chunks = [LIMIT, last].map(|size| {
                let chunk = Bytes::from(vec![0xff; size]);
                Ok::<_, std::convert::Infallible>(hyper::body::Frame::data(chunk))
            });
            let body = http_body_util::StreamBody::new(futures_util::stream::iter(chunks));
            assert_eq!(read(body).await != Read::TooLarge, fits);
        }
    }
}
