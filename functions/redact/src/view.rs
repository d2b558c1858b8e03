use aws::Image;
use domain::{
    DataRef, Digest, Endpoint, EndpointProblem, REDACTED, REDACTED_PART_MAX_BYTES, RedactedView,
    RedactedWish, Ref, StoreError, StoredHeaders, Withheld, is_json,
};
use scan::{JsonPointer, PointerError};
use tracing::info;

use crate::ports::Stores;

/// Nothing can be shown, and someone has to fix it or try again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unshown {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Endpoint(#[from] EndpointProblem),
    /// Terraform refuses such a place.
    #[error("a place of redact is no JSON pointer")]
    Place(#[from] PointerError),
    #[error("the pointer has no readable {0}")]
    Pointer(&'static str),
}

/// Answers what people may see of an event's delivery. Which values these are, the endpoint says as it is now.
pub(crate) async fn view(
    stores: &impl Stores,
    wish: &RedactedWish,
) -> Result<RedactedView, Unshown> {
    let Ok(reference) = wish.reference.parse::<Ref>() else {
        return Ok(withheld(Withheld::NoEvent, None));
    };
    let view = shown(stores, &reference, wish).await?;
    if let RedactedView::Withheld { why, .. } = &view {
        info!(r#ref = %reference, ?why, "nothing of the payload is shown");
    }
    Ok(view)
}

async fn shown(
    stores: &impl Stores,
    reference: &Ref,
    wish: &RedactedWish,
) -> Result<RedactedView, Unshown> {
    let Some(config) = stores.endpoint(&reference.endpoint).await? else {
        return Ok(withheld(Withheld::NoEndpoint, None));
    };
    let endpoint = Endpoint::from_json(&config)?;
    if endpoint.redact.is_empty() {
        return Ok(withheld(Withheld::NotRedacted, None));
    }
    let pointers = endpoint.redacted_pointers().map(JsonPointer::parse);
    let pointers = pointers.collect::<Result<Vec<_>, _>>()?;
    let Some(pointer) = stores.pointer(reference).await? else {
        return Ok(withheld(Withheld::NoEvent, None));
    };
    let of = |name: &'static str| pointer.get(name).ok_or(Unshown::Pointer(name));
    let digest: Digest = of("sha256")?
        .parse()
        .map_err(|_| Unshown::Pointer("sha256"))?;
    let Some((headers, body)) = delivery(stores, &pointer).await? else {
        return Ok(withheld(Withheld::Gone, None));
    };
    let headers = headers.map(|all| all.redacted(|name| endpoint.redacts_header(name), REDACTED));
    if Digest::of(&body) != digest {
        return Ok(withheld(Withheld::Altered, None));
    }
    if !is_json(of("content_type")?) {
        return Ok(withheld(Withheld::NotJson, headers));
    }
    let mark = format!("\"{REDACTED}\"");
    let Ok(whole) = scan::redacted(&body, &pointers, mark.as_bytes()) else {
        return Ok(withheld(Withheld::Unreadable, headers));
    };
    let from = wish.from.min(whole.len());
    let at_most = wish.at_most.min(REDACTED_PART_MAX_BYTES);
    let until = from.saturating_add(at_most).min(whole.len());
    let part = whole.get(from..until).unwrap_or_default();
    Ok(RedactedView::Part {
        content: base64_simd::STANDARD.encode_to_string(part),
        size: whole.len(),
        headers: headers.unwrap_or_default(),
    })
}

fn withheld(why: Withheld, headers: Option<StoredHeaders>) -> RedactedView {
    RedactedView::Withheld { why, headers }
}

/// The headers and the bytes of the delivery; no headers if they cannot be read.
async fn delivery(
    stores: &impl Stores,
    pointer: &Image,
) -> Result<Option<(Option<StoredHeaders>, Vec<u8>)>, Unshown> {
    let read =
        |metadata: &Image| StoredHeaders::read(|name| metadata.get(name).map(String::as_str)).ok();
    let dataref = DataRef::of_image(pointer).map_err(Unshown::Pointer)?;
    let key = match dataref {
        DataRef::Inline(body) => return Ok(Some((read(pointer), body))),
        DataRef::Object { bucket, key } if bucket == stores.bucket() => key,
        DataRef::Object { .. } => return Err(Unshown::Pointer("dataref")),
    };
    let size = pointer.get("size").and_then(|size| size.parse().ok());
    let size = size.ok_or(Unshown::Pointer("size"))?;
    let object = stores.object(key.as_str(), size).await?;
    Ok(object.map(|object| (read(&object.metadata), object.body)))
}
