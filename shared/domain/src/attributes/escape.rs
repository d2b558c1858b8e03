use std::borrow::Cow;

/// What is written otherwise in a pointer's item, and so in an event. The template of a pipe puts the value between quotes
/// as it is, so that a value that is missing is empty; a quote or a backslash in it would break the event's JSON.
const ESCAPES: [(char, &str); 3] = [('%', "%25"), ('"', "%22"), ('\\', "%5C")];

/// The text of a value as it is stored, and as an event has it: `%`, `"` and `\` are `%25`, `%22` and `%5C`, and all else
/// is itself.
#[must_use]
pub fn encode_attribute(value: &str) -> Cow<'_, str> {
    let escape = |character: char| ESCAPES.iter().find(|(plain, _)| *plain == character);
    if value.chars().all(|character| escape(character).is_none()) {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len() + 16);
    for character in value.chars() {
        match escape(character) {
            Some((_, escaped)) => text.push_str(escaped),
            None => text.push(character),
        }
    }
    Cow::Owned(text)
}

/// The value that a stored text stands for. Only the three escapes mean something else.
#[must_use]
pub fn decode_attribute(stored: &str) -> Cow<'_, str> {
    if !stored.contains('%') {
        return Cow::Borrowed(stored);
    }
    let mut value = String::with_capacity(stored.len());
    let mut rest = stored;
    while let Some((before, at)) = rest.find('%').and_then(|at| rest.split_at_checked(at)) {
        value.push_str(before);
        let known = ESCAPES
            .iter()
            .find_map(|(plain, escaped)| Some((*plain, at.strip_prefix(escaped)?)));
        let (character, after) = known.unwrap_or(('%', at.get(1..).unwrap_or_default()));
        value.push(character);
        rest = after;
    }
    value.push_str(rest);
    Cow::Owned(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_characters_are_escaped_and_nothing_else() {
        for (value, stored) in [
            ("cus_1", "cus_1"),
            ("", ""),
            ("50%", "50%25"),
            ("a \"b\"", "a %22b%22"),
            ("C:\\x", "C:%5Cx"),
            ("%22", "%2522"),
            (
                "<$.a> {} \u{5ba2} \u{1f600} '&",
                "<$.a> {} \u{5ba2} \u{1f600} '&",
            ),
        ] {
            assert_eq!(encode_attribute(value), stored);
            assert_eq!(decode_attribute(stored), value);
            // Between quotes it is JSON.
            let json: String = serde_json::from_str(&format!("\"{stored}\"")).unwrap();
            assert_eq!(json, stored);
        }
    }

    #[test]
    fn what_is_no_escape_is_itself() {
        for text in ["%", "%%", "%2", "%41", "%5c", "100%!", "%\u{e9}"] {
            assert_eq!(decode_attribute(text), text);
        }
        assert_eq!(decode_attribute("%%25"), "%%");
    }
}
