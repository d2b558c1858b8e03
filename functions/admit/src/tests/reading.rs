//! How an object is read.

use bytes::Bytes;
use domain::{DIRECT_LANE_MAX_BYTES, StoreError};

use crate::{BodyStream, Opened, pass::read};

/// Pieces of one byte.
struct Bytewise(usize);

impl BodyStream for Bytewise {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        self.0 = match self.0.checked_sub(1) {
            Some(rest) => rest,
            None => return Ok(None),
        };
        Ok(Some(Bytes::from_static(b"x")))
    }
}

/// The length of an object that has so many bytes and is said to have that size, or why it has none.
async fn length(bytes: usize, size: Option<u64>) -> String {
    let opened = Opened {
        handover: None,
        size,
        body: Bytewise(bytes),
    };
    match read(opened).await {
        Ok(Ok(body)) => {
            assert_eq!(
                body.capacity().max(1),
                size.map_or(DIRECT_LANE_MAX_BYTES, |_| bytes.max(1)),
                "one allocation"
            );
            body.len().to_string()
        }
        Ok(Err(problem)) => problem.code.to_owned(),
        Err(undone) => undone.to_string(),
    }
}

#[tokio::test]
async fn an_object_is_read_whole_or_not_at_all() {
    assert_eq!(length(5, Some(5)).await, "5");
    assert_eq!(length(0, Some(0)).await, "0");
    assert_eq!(length(5, None).await, "5");
    for (bytes, start) in [
        (4, "read 4 of the object's 5"),
        (9, "read 6 of the object's 5"),
    ] {
        let cut = length(bytes, Some(5)).await;
        assert!(cut.starts_with(start), "{cut}");
    }
}

/// API Gateway stores none that is larger: no one knows what this is, so it is kept unread.
#[tokio::test]
async fn what_is_larger_than_the_lane_is_not_read() {
    let most = DIRECT_LANE_MAX_BYTES;
    assert_eq!(length(most, Some(most as u64)).await, most.to_string());
    assert_eq!(length(0, Some(most as u64 + 1)).await, "body_too_large");
    assert_eq!(length(0, Some(u64::MAX)).await, "body_too_large");
    assert_eq!(length(most + 1, None).await, "body_too_large");
}
