use aws::{Image, ObjectBody};
use aws_lc_rs::digest::{Context, SHA256};
use domain::{DataRef, Digest, REDACTED_PART_MAX_BYTES, RedactedView, Ref, StoreError, Withheld};

use super::{EventDetails, attribute, dataref, pointer};
use crate::{
    Problem, Result, Stack,
    problem::{WithContext as _, refuse},
    redaction::why,
};

/// The result of redeeming a claim check.
#[derive(Debug)]
pub enum Redeemed {
    /// The bytes that were received, or what people may see of them.
    Payload {
        /// The bytes.
        bytes: Vec<u8>,
        /// Whether values of them are redacted.
        redacted: bool,
    },
    /// Why people see nothing of them.
    Withheld(String),
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
        /// Whether values are redacted; `size` is then that of what is shown.
        redacted: bool,
    },
    /// Why people see nothing of it.
    Withheld(String),
    /// Why the claim check cannot be redeemed.
    Unredeemable(String),
}

/// Redeems an event's claim check, as a processor does, as far as the stack's [`Sight`](crate::Sight) goes. The whole
/// payload is in memory then: up to 10 MB.
pub async fn redeem(stack: &Stack, reference: &Ref) -> Result<Redeemed> {
    let pointer = pointer(stack, reference).await?;
    Ok(match seen(stack, reference, &pointer, usize::MAX).await? {
        Excerpt::Payload {
            first, redacted, ..
        } => Redeemed::Payload {
            bytes: first,
            redacted,
        },
        Excerpt::Withheld(why) => Redeemed::Withheld(why),
        Excerpt::Unredeemable(why) => Redeemed::Unredeemable(why),
    })
}

/// The first bytes of an event's payload. The whole is read and checked, but only these are kept.
pub async fn excerpt(stack: &Stack, details: &EventDetails, at_most: usize) -> Result<Excerpt> {
    seen(stack, &details.reference, &details.pointer, at_most).await
}

/// What people may see of a payload.
async fn seen(stack: &Stack, reference: &Ref, pointer: &Image, at_most: usize) -> Result<Excerpt> {
    let hidden = stack.hidden(&reference.endpoint).await?;
    if hidden.is_nothing() {
        read(stack, reference, pointer, at_most).await
    } else if hidden.is_unknown() {
        Ok(Excerpt::Withheld(why(Withheld::NoEndpoint, reference)))
    } else {
        redacted(stack, reference, pointer, at_most).await
    }
}

/// The first bytes of a redacted payload, part by part.
async fn redacted(
    stack: &Stack,
    reference: &Ref,
    pointer: &Image,
    at_most: usize,
) -> Result<Excerpt> {
    let mut first = Vec::new();
    let mut whole = None;
    loop {
        let wanted = (at_most - first.len()).min(REDACTED_PART_MAX_BYTES);
        let (content, size) = match stack.redacted(reference, first.len(), wanted).await? {
            RedactedView::Part { content, size, .. } => (content, size),
            RedactedView::Withheld { why: withheld, .. } => {
                let text = why(withheld, reference);
                return Ok(match withheld {
                    Withheld::Gone => Excerpt::Unredeemable(gone(stack, reference, pointer)),
                    Withheld::Altered | Withheld::NoEvent => Excerpt::Unredeemable(text),
                    _ => Excerpt::Withheld(text),
                });
            }
        };
        if whole.is_some_and(|whole| whole != size) {
            refuse!(
                "what {} redacts has just changed: try again",
                reference.endpoint
            );
        }
        whole = Some(size);
        let part = base64_simd::STANDARD.decode_to_vec(content);
        let part = part.context("the function `redact` answered no base64")?;
        let is_last = part.len() < wanted || first.len() + part.len() >= size.min(at_most);
        first.extend_from_slice(&part);
        if is_last {
            return Ok(Excerpt::Payload {
                first,
                size: u64::try_from(size).unwrap_or(u64::MAX),
                redacted: true,
            });
        }
    }
}

/// Reads a payload itself: the exact bytes.
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
            return Ok(Excerpt::Payload {
                first,
                size,
                redacted: false,
            });
        }
    };
    let redemption = aws::Redemption::new(&stack.sdk);
    let opened = redemption.open(bucket, key.as_str()).await;
    let Some(object) = opened.map_err(|error| unreadable(stack, error))? else {
        return Ok(Excerpt::Unredeemable(gone(stack, reference, pointer)));
    };
    let (first, size, digest) = digest(object, at_most).await?;
    if digest != expected {
        return Ok(Excerpt::Unredeemable(format!(
            "the object at s3://{bucket}/{key} is not the payload of {reference}: \
             its SHA-256 differs from the pointer's. Someone has written to the bucket"
        )));
    }
    Ok(Excerpt::Payload {
        first,
        size,
        redacted: false,
    })
}

/// Why an event has no payload.
pub(crate) fn gone(stack: &Stack, reference: &Ref, pointer: &Image) -> String {
    let received_at = pointer.get("received_at").and_then(|at| at.parse().ok());
    let expired = received_at.is_some_and(|at| stack.has_no_payload(&reference.endpoint, at));
    let days = stack.description.payload_days(&reference.endpoint);
    why_gone(reference, days, expired)
}

fn why_gone(reference: &Ref, days: u32, expired: bool) -> String {
    let kept = format!("payloads of {} are kept {days} days", reference.endpoint);
    if expired {
        format!("the payload of {reference} has expired: {kept}")
    } else {
        format!(
            "the payload of {reference} is gone, although {kept}: either it was stored when they were kept for a shorter time, \
             or someone has deleted it"
        )
    }
}

/// Why an object cannot be read. In a stack with endpoints that redact, `read` may be the wrong policy.
pub(crate) fn unreadable(stack: &Stack, error: StoreError) -> Problem {
    let refused = matches!(error, StoreError::Permanent { .. });
    if refused && stack.redacts() {
        return Problem::Refused(format!(
            "{}\n  To read the exact payloads of endpoints with `redact`, have the policy `reveal` of \
             `terraform output operator_policies` in place of `read`",
            domain::with_causes(&error)
        ));
    }
    error.into()
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

    #[test]
    fn an_expired_payload_is_not_said_to_be_lost() {
        let reference: Ref = "stripe/evt_1".parse().unwrap();
        assert_eq!(
            why_gone(&reference, 22, true),
            "the payload of stripe/evt_1 has expired: payloads of stripe are kept 22 days"
        );
        let lost = why_gone(&reference, 22, false);
        assert!(!lost.contains("expired") && lost.contains("someone has deleted it"));
    }

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
