//! Another body for which the signature is valid.

use crate::delivery::Delivery;

/// Changes that capturing often makes to a body.
pub(super) fn hint(delivery: &Delivery) -> Option<String> {
    let body: &[u8] = &delivery.body;
    let without_end = body
        .strip_suffix(b"\r\n")
        .or_else(|| body.strip_suffix(b"\n"));
    let variants = [
        (
            "without its final line end; something added one",
            without_end.map(<[u8]>::to_vec),
        ),
        (
            "with a line end after it; something dropped one",
            Some([body, b"\n"].concat()),
        ),
        ("with LF for CRLF line ends", Some(line_ends(body, b"\n"))),
        ("with CRLF for LF line ends", Some(line_ends(body, b"\r\n"))),
        (
            "without its byte order mark",
            body.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec),
        ),
        (
            "without the white space between its JSON tokens; something formatted it",
            compact(body),
        ),
    ];
    let is_good = |variant: &Vec<u8>| {
        variant != body
            && delivery.is_signed_with(|changed| changed.body = variant.as_slice().into())
    };
    let mut variants = variants.into_iter();
    let (how, _) = variants.find(|(_, variant)| variant.as_ref().is_some_and(is_good))?;
    Some(format!("The signature is valid for the body {how}."))
}

fn line_ends(body: &[u8], end: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = body
        .split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .collect();
    lines.join(end)
}

/// A JSON document without white space outside its strings.
fn compact(body: &[u8]) -> Option<Vec<u8>> {
    if !body.trim_ascii_start().starts_with(b"{") && !body.trim_ascii_start().starts_with(b"[") {
        return None;
    }
    let (mut in_string, mut escaped) = (false, false);
    let is_kept = |b: &u8| {
        let kept = in_string || !b.is_ascii_whitespace();
        if in_string && !escaped && *b == b'\\' {
            escaped = true;
        } else {
            in_string ^= *b == b'"' && !escaped;
            escaped = false;
        }
        kept
    };
    Some(body.iter().copied().filter(is_kept).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_in_strings_stays() {
        let compacted = compact(b"{\n  \"a b\": [1, \"c \\\" d\\\\\", 2]\n}\n").unwrap();
        assert_eq!(compacted, br#"{"a b":[1,"c \" d\\",2]}"#);
        assert_eq!(compact(b"a=1 &b=2"), None);
    }

    #[test]
    fn line_ends_are_made_alike() {
        assert_eq!(line_ends(b"a\r\nb\n", b"\n"), b"a\nb\n");
        assert_eq!(line_ends(b"a\r\nb\n", b"\r\n"), b"a\r\nb\r\n");
    }
}
