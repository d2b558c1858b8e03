use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, header::CONTENT_LENGTH},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use operator::{
    Problem,
    events::{self, Redeemed},
};
use tokio::sync::OwnedSemaphorePermit;

use super::named::named;
use crate::{
    app::{App, Console},
    failure::Failure,
    headers::download,
};

/// Bytes handed over at once.
const PART: usize = 64 * 1_024;

/// One of the few places for a whole payload in memory.
pub(super) fn permit(app: &Console) -> Result<OwnedSemaphorePermit, Failure> {
    let permit = std::sync::Arc::clone(&app.payloads).try_acquire_owned();
    permit.map_err(|_| {
        Failure::Busy("Other payloads are being read at this moment: try again when they are done.")
    })
}

/// The exact bytes that were received, checked as a whole before the first is sent; without what the endpoint redacts,
/// unless the console reveals it.
pub(super) async fn payload(
    State(app): State<App>,
    Path(reference): Path<String>,
) -> Result<Response, Failure> {
    let reference = named(&reference)?;
    let permit = permit(&app)?;
    let bytes = match events::redeem(&app.stack, &reference).await? {
        Redeemed::Payload { bytes, .. } => Bytes::from(bytes),
        Redeemed::Withheld(why) | Redeemed::Unredeemable(why) => {
            return Err(Problem::NotFound(why).into());
        }
    };
    let length = HeaderValue::from(bytes.len());
    let mut response = download(in_parts(bytes, permit));
    response.headers_mut().insert(CONTENT_LENGTH, length);
    Ok(response)
}

/// A body that keeps its permit until the last byte was handed over, or the reader went away.
fn in_parts(bytes: Bytes, permit: OwnedSemaphorePermit) -> Body {
    let parts = stream::unfold((bytes, permit), async |(mut rest, permit)| {
        if rest.is_empty() {
            return None;
        }
        let part = rest.split_to(PART.min(rest.len()));
        Some((Ok::<_, std::convert::Infallible>(part), (rest, permit)))
    });
    Body::from_stream(parts)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::to_bytes;
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn a_place_is_free_again_when_the_last_byte_is_gone() {
        let places = Arc::new(Semaphore::new(1));
        let permit = Arc::clone(&places).try_acquire_owned().unwrap();
        let bytes: Vec<u8> = (0..=255).cycle().take(3 * PART + 1).collect();
        let body = in_parts(Bytes::from(bytes.clone()), permit);
        assert_eq!(places.available_permits(), 0);
        assert_eq!(to_bytes(body, usize::MAX).await.unwrap(), bytes);
        assert_eq!(places.available_permits(), 1);
        let permit = Arc::clone(&places).try_acquire_owned().unwrap();
        drop(in_parts(Bytes::new(), permit));
        assert_eq!(places.available_permits(), 1);
    }
}
