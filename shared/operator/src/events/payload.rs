use aws::{Image, ObjectBody};
use aws_lc_rs::digest::{Context, SHA256};
use domain::{DataRef, Digest, Ref, StoreError};

use super::{EventDetails, attribute, dataref, pointer};
use crate::{Result, Stack, problem::WithContext as _};

/// The result of redeeming a claim check.
#[derive(Debug)]
pub enum Redeemed {
    /// The bytes that were received.
    Payload(Vec<u8>),
    /// Why the claim check cannot be redeemed.
    Unredeemable(String),
}

/// The beginning of a payload.
#[derive(Debug, PartialEq, Eq)]
pub enum Excerpt {
    /// The whole was read and has the pointer's digest.
    Payload {
        /// As many bytes as were asked for.
        first: Vec<u8>,
        /// How many there are.
        size: u64,
    },
    /// Why the claim check cannot be redeemed.
    Unredeemable(String),
}

/// Redeems an event's claim check, as a processor does. The whole payload is in memory then: up to
/// 10 MB.
pub async fn redeem(stack: &Stack, reference: &Ref) -> Result<Redeemed> {
    let pointer = pointer(stack, reference).await?;
    Ok(match read(stack, reference, &pointer, usize::MAX).await? {
        Excerpt::Payload { first, .. } => Redeemed::Payload(first),
        Excerpt::Unredeemable(why) => Redeemed::Unredeemable(why),
    })
}

/// The first bytes of an event's payload. The whole is read and checked, but only these are kept.
pub async fn excerpt(stack: &Stack, details: &EventDetails, at_most: usize) -> Result<Excerpt> {
    read(stack, &details.reference, &details.pointer, at_most).await
}

pub(super) async fn read(
    stack: &Stack,
    reference: &Ref,
    pointer: &Image,
    at_most: usize,
) -> Result<Excerpt> {
    let dataref = dataref(pointer)?;
    let expected = attribute(pointer, "sha256")?.parse::<Digest>();
    let expected = expected.context("the pointer's sha256 is unreadable")?;
    let (bucket, key) = match &dataref {
        DataRef::Object { bucket, key } => (bucket, key),
        DataRef::Inline(payload) => {
            if Digest::of(payload) != expected {
                return Ok(Excerpt::Unredeemable(format!(
                    "what the pointer holds is not the payload of {reference}: its SHA-256 differs from the pointer's. \
                     Someone has written to the table"
                )));
            }
            let size = payload.len() as u64;
            let first = payload.get(..at_most).unwrap_or(payload).to_vec();
            return Ok(Excerpt::Payload { first, size });
        }
    };
    let redemption = aws::Redemption::new(&stack.sdk);
    let Some(object) = redemption.open(bucket, key.as_str()).await? else {
        return Ok(Excerpt::Unredeemable(format!(
            "the payload of {reference} is gone: payloads are kept {} days",
            stack.description.days.payloads
        )));
    };
    let (first, size, digest) = digest(object, at_most).await?;
    if digest != expected {
        return Ok(Excerpt::Unredeemable(format!(
            "the object at s3://{bucket}/{key} is not the payload of {reference}: \
             its SHA-256 differs from the pointer's. Someone has written to the bucket"
        )));
    }
    Ok(Excerpt::Payload { first, size })
}

/// The parts of an object.
trait Parts {
    async fn part(&mut self) -> Result<Option<impl AsRef<[u8]>>, StoreError>;
}

impl Parts for ObjectBody {
    async fn part(&mut self) -> Result<Option<impl AsRef<[u8]>>, StoreError> {
        self.next().await
    }
}

/// The first bytes, how many there are, and the digest of all.
async fn digest(
    mut object: impl Parts,
    at_most: usize,
) -> Result<(Vec<u8>, u64, Digest), StoreError> {
    let mut hash = Context::new(&SHA256);
    let (mut first, mut size) = (Vec::new(), 0_u64);
    while let Some(part) = object.part().await? {
        let part = part.as_ref();
        hash.update(part);
        size = size.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
        let wanted = at_most.saturating_sub(first.len());
        first.extend_from_slice(part.get(..wanted).unwrap_or(part));
    }
    let mut digest = Digest([0; 32]);
    digest.0.copy_from_slice(hash.finish().as_ref());
    Ok((first, size, digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake(Vec<&'static [u8]>);

    impl Parts for Fake {
        async fn part(&mut self) -> Result<Option<impl AsRef<[u8]>>, StoreError> {
            Ok((!self.0.is_empty()).then(|| self.0.remove(0)))
        }
    }

    #[tokio::test]
    async fn keeps_the_first_bytes_and_checks_all() {
        for (at_most, first) in [(usize::MAX, "abcdef"), (6, "abcdef"), (4, "abcd"), (0, "")] {
            let parts = Fake(vec![b"ab", b"", b"cdef"]);
            let (kept, size, digest) = digest(parts, at_most).await.unwrap();
            assert_eq!((kept.as_slice(), size), (first.as_bytes(), 6));
            assert_eq!(digest, Digest::of("abcdef"), "of the whole");
        }
    }
}
