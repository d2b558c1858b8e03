use std::collections::HashMap;

use aws::Image;
use domain::{ObjectKey, StoredHeaders};

use super::attribute;
use crate::{
    Result, Stack,
    problem::{WithContext as _, refuse},
};

/// The headers that are kept of an event's first delivery.
pub async fn stored_headers(stack: &Stack, pointer: &Image) -> Result<StoredHeaders> {
    let listing = aws::Listing::new(&stack.sdk, stack.description.bucket.clone());
    let key = ObjectKey::from_stored(attribute(pointer, "key")?.to_owned());
    let Some(object) = listing.describe(&key).await? else {
        refuse!("the payload is gone");
    };
    read_headers(&object.metadata)
}

/// The same of the metadata of its object.
pub(crate) fn read_headers(metadata: &HashMap<String, String>) -> Result<StoredHeaders> {
    StoredHeaders::read(|name| metadata.get(name).map(String::as_str))
        .context("the stored headers cannot be used")
}
