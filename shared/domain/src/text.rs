/// Whether a `CloudEvent` can hold this text.
pub(crate) fn is_text(text: &str) -> bool {
    let mut characters = text.chars();
    !characters.any(|character| character.is_control() || is_noncharacter(character))
}

/// What no text of a `CloudEvent` may hold, besides control characters.
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system>
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}
