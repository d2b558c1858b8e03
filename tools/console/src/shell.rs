//! Text for a terminal, to copy.

/// One word of a shell. What is pasted into a terminal must not steer it either, so a text with
/// control or direction characters, or line ends, is written with escapes.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:@/%+=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    if !text
        .chars()
        .any(|c| operator::steers(c) || c == '\n' || c == '\t')
    {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = "$'".to_owned();
    for byte in text.bytes() {
        match byte {
            b'\\' | b'\'' => word.extend(['\\', char::from(byte)]),
            0x20..=0x7e => word.push(char::from(byte)),
            // Three digits, so that a digit after it does not belong to it.
            _ => word += &format!("\\{byte:03o}"),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_word_stays_one_word_and_steers_nothing() {
        for (text, expected) in [
            ("stripe/evt_1%2F", "stripe/evt_1%2F"),
            ("", "''"),
            ("invoice.*", "'invoice.*'"),
            ("a'b $(id) `id` \"", r#"'a'\''b $(id) `id` "'"#),
            ("a\n1\u{1b}'\\", r"$'a\0121\033\'\\'"),
            ("\u{202e}x", r"$'\342\200\256x'"),
        ] {
            assert_eq!(word(text), expected);
            assert!(!word(text).chars().any(|c| operator::steers(c) || c == '\n'));
        }
    }

    /// A shell that is not ours reads it back.
    #[test]
    fn a_shell_reads_it_as_it_was() {
        for text in [
            "-n",
            "a b",
            "'",
            "\\",
            "$HOME `id` $(id) !x",
            "\u{1b}[2J\u{202e}\n\t'\\x",
            "é日本",
            "\u{7}1",
            "\r\n",
        ] {
            let script = format!("printf %s {}", word(text));
            let output = Command::new("bash").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }
    }
}
