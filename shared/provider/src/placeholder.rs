//! What fills the placeholders of a template.

use domain::Timestamp;
use signature::TimestampUnit;

use crate::nonce::hex;

/// An id that is another one each time.
pub(crate) struct Id {
    /// What it was, as it is written.
    first: String,
    /// What ids begin with; none where it is a number.
    stem: Option<String>,
}

impl Id {
    pub(crate) fn of_text(text: &str) -> Self {
        Self {
            first: text.to_owned(),
            stem: Some(stem(text)),
        }
    }

    pub(crate) fn of_json(token: &str) -> Self {
        let text: Option<String> = serde_json::from_str(token).ok();
        Self {
            first: token.to_owned(),
            stem: text.as_deref().map(stem),
        }
    }

    pub(crate) fn text(&self, nonce: Option<u64>) -> String {
        match (nonce, &self.stem) {
            (None, _) => self.first.clone(),
            (Some(nonce), Some(stem)) => stem.clone() + &hex(nonce, 16),
            // As many digits as a double keeps.
            (Some(nonce), None) => (nonce % 1_000_000_000_000_000).to_string(),
        }
    }

    pub(crate) fn json(&self, nonce: Option<u64>) -> String {
        let text = self.text(nonce);
        match (nonce, &self.stem) {
            (Some(_), Some(_)) => serde_json::Value::from(text).to_string(),
            _ => text,
        }
    }
}

/// What other ids of this kind begin with: as long, where it is long enough.
fn stem(id: &str) -> String {
    let kept = id.len().checked_sub(16).filter(|kept| *kept >= 4);
    match kept.and_then(|kept| id.get(..kept)) {
        Some(kept) => kept.to_owned(),
        None => format!("{id}-"),
    }
}

/// A moment in a scheme's unit: a number, or a text.
pub(crate) fn clock(now: Timestamp, unit: TimestampUnit) -> serde_json::Value {
    match unit {
        TimestampUnit::S => now.as_second().into(),
        TimestampUnit::Ms => now.as_millisecond().into(),
        TimestampUnit::Rfc3339 => domain::format_time(now).into(),
    }
}

/// A number in white space, two bits a character.
pub(crate) fn spaces(nonce: u64) -> impl Iterator<Item = u8> {
    const DIGITS: [u8; 4] = *b" \t\n\r";
    (0..32).map(move |at| {
        let digit = (nonce >> (2 * at)) & 3;
        usize::try_from(digit)
            .ok()
            .and_then(|digit| DIGITS.get(digit).copied())
            .unwrap_or(b' ')
    })
}
