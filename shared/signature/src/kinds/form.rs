use std::borrow::Cow;

use percent_encoding::percent_decode;

/// The fields of a body that is a form (`application/x-www-form-urlencoded`), names
/// and values as bytes: two bodies that differ in a byte stay different.
pub fn form_fields(body: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    body.split(|b| *b == b'&')
        .filter(|field| !field.is_empty())
        .map(|field| {
            let mut halves = field.splitn(2, |b| *b == b'=');
            let mut half = || decode(halves.next().unwrap_or_default());
            (half(), half())
        })
}

fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if text.contains(&b'+') {
        let spaced: Vec<u8> = text
            .iter()
            .map(|b| if *b == b'+' { b' ' } else { *b })
            .collect();
        Cow::Owned(percent_decode(&spaced).collect())
    } else {
        percent_decode(text).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_once_and_stay_bytes() {
        let fields: Vec<_> = form_fields(b"a=1+2%2B3&&b=%ff%zz&c&=d&e==f").collect();
        let expected: [(&[u8], &[u8]); 5] = [
            (b"a", b"1 2+3"),
            (b"b", b"\xff%zz"),
            (b"c", b""),
            (b"", b"d"),
            (b"e", b"=f"),
        ];
        let plain: Vec<(&[u8], &[u8])> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(plain, expected);
    }
}
