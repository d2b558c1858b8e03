use domain::{DataRef, Digest, Ref, StoredHeaders};

use crate::{
    Problem, Result, Stack,
    events::{attribute, dataref, gone, pointer, read_headers},
    problem::{WithContext as _, refuse},
};

/// A delivery as the provider made it, as far as it is kept.
#[derive(Debug, Clone)]
pub struct Original {
    /// As received.
    pub content_type: String,
    /// Those of its headers that are kept.
    pub headers: StoredHeaders,
    /// The exact bytes of its body.
    pub body: Vec<u8>,
}

/// What is left of a delivery.
#[derive(Debug)]
pub enum Fetched {
    /// All of it.
    Original(Original),
    /// Why it can never be fetched.
    Gone(String),
}

/// Fetches an event's delivery with two requests. At most as many bytes are held as its pointer
/// says, and none is returned that its digest does not prove.
pub async fn fetch(stack: &Stack, reference: &Ref) -> Result<Fetched> {
    match original(stack, reference).await {
        Ok(original) => Ok(Fetched::Original(original)),
        // Another try may succeed, or the caller lacks a permission.
        Err(problem @ Problem::Aws(_)) => Err(problem),
        Err(problem) => Ok(Fetched::Gone(problem.with_causes())),
    }
}

async fn original(stack: &Stack, reference: &Ref) -> Result<Original> {
    if !stack.hidden(&reference.endpoint).await?.is_nothing() {
        refuse!(
            "the endpoint {} redacts parts of its payloads: with the policy `reveal`, --reveal delivers them whole",
            reference.endpoint
        );
    }
    let pointer = pointer(stack, reference).await?;
    let of = |name| attribute(&pointer, name);
    let expected = of("sha256")?.parse::<Digest>();
    let expected = expected.context("the pointer's sha256 is unreadable")?;
    let size = of("size")?.parse::<usize>();
    let size = size.context("the pointer's size is unreadable")?;
    let (headers, body) = match dataref(&pointer)? {
        DataRef::Inline(payload) => (read_headers(&pointer)?, payload),
        DataRef::Object { bucket, key } => {
            let redemption = aws::Redemption::new(&stack.sdk);
            let Some(mut object) = redemption.open(&bucket, key.as_str()).await? else {
                refuse!("{}", gone(stack, reference, &pointer));
            };
            let headers = read_headers(object.metadata())?;
            let mut body = Vec::new();
            while let Some(part) = object.next().await? {
                body.extend_from_slice(&part);
                if body.len() > size {
                    break;
                }
            }
            (headers, body)
        }
    };
    if Digest::of(&body) != expected {
        refuse!(
            "what is stored is not the payload: its SHA-256 differs from the pointer's. Someone has written to the bucket or \
             to the table"
        );
    }
    Ok(Original {
        content_type: of("content_type")?.to_owned(),
        headers,
        body,
    })
}
