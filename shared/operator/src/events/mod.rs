//! Events: what came, what became of each, and their payloads.

mod payload;
mod query;
mod search;
mod story;
mod tail;
mod timeline;
mod verify;

use aws::Image;
pub use aws::{Listed, operator::Record};
use domain::Ref;

pub(crate) use self::timeline::Timeline;
pub use self::{
    payload::{Redeemed, redeem},
    query::{Query, check_kind, check_span},
    search::{Search, as_json},
    story::{Story, outcome, story},
    tail::Tail,
    verify::{Verdict, verify},
};
use crate::{Problem, Result, Stack};

/// The pointer of an event, if it has one.
pub async fn find(stack: &Stack, reference: &Ref) -> Result<Option<Image>> {
    Ok(stack.pointers().get(reference).await?)
}

/// The pointer of an event that must be there.
pub async fn pointer(stack: &Stack, reference: &Ref) -> Result<Image> {
    let found = find(stack, reference).await?;
    found.ok_or_else(|| {
        Problem::NotFound(format!(
            "there is no event {reference}: it never came, or its pointer has expired \
             ({} days). `coatcheck events ls` shows those there are",
            stack.description.days.pointers
        ))
    })
}

/// An attribute that every pointer has.
fn of<'a>(pointer: &'a Image, name: &str) -> Result<&'a str> {
    let value = pointer.get(name).map(String::as_str);
    value.ok_or_else(|| Problem::Refused(format!("the pointer has no attribute {name}")))
}
