//! Random documents, whole and damaged, beside what `serde_json` makes of them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use scan::{JsonPointer, Scalar, redacted, scan};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// Few keys, so that pointers hit and keys repeat.
const KEYS: [&str; 6] = ["id", "a", "0", "", "data", "x/~y"];
const POINTERS: [&str; 12] = [
    "/id",
    "/a",
    "/0",
    "/",
    "/data/id",
    "/a/0",
    "/0/1/id",
    "/data/a/2",
    "/x~1~0y",
    "/a/a/a",
    "/1",
    "/0/0",
];

fn space() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(String::new()),
        2 => select(vec![" ", "\n", "\t", "\r\n", "\n\n", "  "]).prop_map(str::to_owned),
        1 => (0..40_usize).prop_map(|count| format!("\n{}", " ".repeat(count))),
    ]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?(0|[1-9][0-9]{0,20})",
        "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?"
    ]
}

/// The inside of a string: plain runs of all lengths between escapes, alone and close together.
fn inside() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-zA-Z0-9 ,:{}/\\[\\]]{0,20}",
        1 => "[a-z ]{50,150}",
        2 => select(vec!["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"]).prop_map(str::to_owned),
        1 => "\\\\u00[0-9a-fA-F]{2}",
        1 => select(vec!["é", "€", "😀", "\u{7f}", "\\ud83d\\uDE00", "\\uFFFF"]).prop_map(str::to_owned),
    ];
    vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(KEYS.to_vec()).prop_map(str::to_owned),
        1 => select(vec!["\\u0069d", "i\\u0064", "x\\/~y", "\\u0061", "id ", "i"]).prop_map(str::to_owned),
        2 => inside(),
    ]
}

fn document() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        number(),
        inside().prop_map(|text| format!("\"{text}\"")),
        select(vec!["true", "false", "null", "[]", "{}", "[ ]", "{\n}"]).prop_map(str::to_owned),
    ];
    let value = scalar.prop_recursive(6, 80, 8, |value| {
        let spaced = || (space(), value.clone(), space()).prop_map(|(a, value, b)| a + &value + &b);
        prop_oneof![
            vec(spaced(), 1..8).prop_map(|items| format!("[{}]", items.join(","))),
            vec((space(), key(), space(), spaced()), 1..8).prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(a, key, b, value)| format!("{a}\"{key}\"{b}:{value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    });
    (space(), value, space()).prop_map(|(a, value, b)| a + &value + &b)
}

/// A document with a few bytes removed, doubled, or replaced by ones that mean something.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let byte = select(b"{}[]:,\"\\/u0159eE+-. \n\ttfnx\x00\x1f\x7f\x80\xc3\xff".to_vec());
    let damage = vec((any::<Index>(), 0..4_u8, byte), 1..4);
    (document(), damage).prop_map(|(document, damage)| {
        let mut bytes = document.into_bytes();
        for (index, kind, byte) in damage {
            if bytes.is_empty() {
                break;
            }
            let place = index.index(bytes.len());
            match kind {
                0 => drop(bytes.remove(place)),
                1 => bytes.insert(place, byte),
                2 => bytes.truncate(place),
                _ => bytes[place] = byte,
            }
        }
        bytes
    })
}

fn soup() -> impl Strategy<Value = Vec<u8>> {
    let token = select(vec![
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\"a\"", "\"a\":", "1", "0", "-", ".", "e", "+",
        "true", "null", " ", "\n", "\\u00e9", "\"\\n\"", "[]", "{}", "12345678", "\"id\":",
    ]);
    vec(token, 0..24).prop_map(|tokens| tokens.concat().into_bytes())
}

fn pointers() -> Vec<JsonPointer> {
    POINTERS
        .iter()
        .map(|text| JsonPointer::parse(text).unwrap())
        .collect()
}

/// What `serde_json` finds at a pointer, with the text of numbers.
fn found_by_serde(document: &str, pointer: &str) -> Option<Scalar> {
    let mut value: &RawValue = serde_json::from_str(document).unwrap();
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        value = match value.get().as_bytes()[0] {
            b'{' => *serde_json::from_str::<BTreeMap<String, &RawValue>>(value.get())
                .unwrap()
                .get(&token)?,
            b'[' => {
                let index: usize = token.parse().ok()?;
                serde_json::from_str::<Vec<&RawValue>>(value.get())
                    .unwrap()
                    .get(index)?
            }
            _ => return None,
        };
    }
    let text = value.get();
    Some(match text.as_bytes()[0] {
        b'"' => Scalar::String(serde_json::from_str(text).unwrap()),
        b't' | b'f' => Scalar::Bool(text == "true"),
        b'n' => Scalar::Null,
        b'{' | b'[' => Scalar::Composite,
        _ => Scalar::Number(text.to_owned()),
    })
}

fn valid_to_serde(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn finds_what_serde_finds(document in document()) {
        match scan(document.as_bytes(), &pointers()) {
            Ok(found) => for (pointer, found) in POINTERS.iter().zip(found) {
                match found {
                    // serde_json takes the last one.
                    Some(Scalar::Unusable(error)) => {
                        prop_assert_eq!(error.code(), "json_duplicate_key");
                    }
                    found => {
                        prop_assert_eq!(found, found_by_serde(&document, pointer), "{}", pointer);
                    }
                }
            },
            Err(error) => prop_assert!(false, "{}", error),
        }
        prop_assert!(scan(document.as_bytes(), &[]).is_ok());
    }

    /// Whatever the document is, serde finds nothing else at the places that are taken out of it.
    #[test]
    fn leaves_nothing_for_serde_where_it_redacts(document in document()) {
        let shown = redacted(document.as_bytes(), &pointers(), b"\"gone\"").unwrap();
        let shown = String::from_utf8(shown).unwrap();
        prop_assert!(valid_to_serde(shown.as_bytes()));
        for pointer in POINTERS {
            match found_by_serde(&shown, pointer) {
                None => {}
                found => prop_assert_eq!(found, Some(Scalar::String("gone".to_owned())), "{}", pointer),
            }
        }
        let untouched = redacted(document.as_bytes(), &[], b"\"gone\"").unwrap();
        prop_assert_eq!(untouched, document.into_bytes());
    }

    #[test]
    fn judges_damaged_documents_as_serde_does(bytes in damaged()) {
        let result = scan(&bytes, &[]);
        prop_assert_eq!(result.is_ok(), valid_to_serde(&bytes), "{:?}", result);
        prop_assert_eq!(scan(&bytes, &pointers()).is_ok(), result.is_ok(), "{:?}", result);
        let shown = redacted(&bytes, &pointers(), b"0");
        prop_assert_eq!(shown.is_ok(), result.is_ok(), "{:?}", shown);
    }

    #[test]
    fn judges_any_tokens_as_serde_does(bytes in soup()) {
        let result = scan(&bytes, &[]);
        prop_assert_eq!(result.is_ok(), valid_to_serde(&bytes), "{:?}", result);
    }
}
