use domain::{Digest, Ref};

use super::{attribute, pointer};
use crate::{Result, Stack, problem::WithContext as _};

/// The result of redeeming a claim check.
#[derive(Debug)]
pub enum Redeemed {
    /// The bytes that were received.
    Payload(Vec<u8>),
    /// Why the claim check cannot be redeemed.
    Unredeemable(String),
}

/// Redeems an event's claim check, as a processor does.
pub async fn redeem(stack: &Stack, reference: &Ref) -> Result<Redeemed> {
    let pointer = pointer(stack, reference).await?;
    let (bucket, key) = (attribute(&pointer, "bucket")?, attribute(&pointer, "key")?);
    let expected = attribute(&pointer, "sha256")?.parse::<Digest>();
    let expected = expected.context("the pointer's sha256 is unreadable")?;
    let object = aws::Redemption::new(&stack.sdk).open(bucket, key).await?;
    let Some(mut object) = object else {
        return Ok(Redeemed::Unredeemable(format!(
            "the payload of {reference} is gone: payloads are kept {} days",
            stack.description.days.payloads
        )));
    };
    let mut bytes = Vec::new();
    while let Some(part) = object.next().await? {
        bytes.extend_from_slice(&part);
    }
    if Digest::of(&bytes) != expected {
        return Ok(Redeemed::Unredeemable(format!(
            "the object at s3://{bucket}/{key} is not the payload of {reference}: \
             its SHA-256 differs from the pointer's. Someone has written to the bucket"
        )));
    }
    Ok(Redeemed::Payload(bytes))
}
