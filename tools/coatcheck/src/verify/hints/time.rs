//! A delivery that is too old or from the future.

use domain::Timestamp;
use signature::{Verifier, Window};

use crate::delivery::Delivery;

pub(super) fn hints(delivery: &Delivery, verifier: &Verifier) -> Option<String> {
    let Window {
        max_age_s,
        max_future_s,
    } = verifier.window()?;
    let signed_at = verifier.claimed_at(&delivery.headers, &delivery.body)?;
    let age = delivery.now.checked_sub(signed_at)?;
    let signed = Timestamp::from_second(signed_at).ok()?;
    let when = if age < 0 {
        format!(
            "Signed at {signed}, {} s ahead of the clock; the scheme allows {max_future_s} s",
            age.saturating_neg()
        )
    } else if age <= i64::from(max_age_s) {
        format!("Signed at {signed}, {age} s ago; its sender allows less")
    } else {
        format!("Signed at {signed}, {age} s ago; the scheme allows {max_age_s} s")
    };
    Some(format!(
        "{when}. To verify it as of then, use --now {signed_at}"
    ))
}
