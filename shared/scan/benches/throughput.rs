//! Bytes per second of the scanner, beside `serde_json` reading the same document into
//! `IgnoredAny`, which validates and keeps nothing.
//!
//! Each round runs every reader once, in turn. The quickest of the rounds counts: it is the one
//! that a busy machine disturbed least.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use scan::JsonPointer;
use serde::de::IgnoredAny;

const SIZE: usize = 4_400_000;
const ROUNDS: usize = 41;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pointers = [
        JsonPointer::parse("/id")?,
        JsonPointer::parse("/data/object/id")?,
        JsonPointer::parse("/type")?,
    ];
    println!(
        "{:<18} {:>10} {:>10} {:>7}  (MB/s; best of {ROUNDS})",
        "document", "scan", "serde_json", "ratio"
    );
    for (name, body) in [
        ("nested objects", nested as fn(usize) -> String),
        ("nested, indented", indented),
        ("long strings", long_strings),
        ("escapes", escapes),
        ("json in json", json_in_json),
        ("unicode escapes", unicode),
        ("integers", integers),
        ("decimals", decimals),
    ] {
        let document = document(body);
        let times = rounds(&document, &pointers)?;
        let [scan, serde] = times.map(|time| document.len() as f64 / time.as_secs_f64() / 1e6);
        println!(
            "{name:<18} {scan:>10.0} {serde:>10.0} {:>7.2}",
            scan / serde
        );
    }
    Ok(())
}

/// The shortest times of the scanner and of `serde_json`.
fn rounds(
    document: &str,
    pointers: &[JsonPointer],
) -> Result<[Duration; 2], Box<dyn std::error::Error>> {
    let bytes = document.as_bytes();
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..ROUNDS {
        let [whole, serde] = &mut times;
        let start = Instant::now();
        black_box(scan::scan(black_box(bytes), pointers)?);
        whole.push(start.elapsed());

        let start = Instant::now();
        black_box(serde_json::from_slice::<IgnoredAny>(black_box(bytes))?);
        serde.push(start.elapsed());
    }
    Ok(times.map(|times| times.into_iter().min().unwrap_or_default()))
}

/// An event of about [`SIZE`] bytes whose bulk is an array of what `body` makes.
fn document(body: fn(usize) -> String) -> String {
    let mut text = String::from(
        r#"{"id":"evt_1","type":"invoice.paid","data":{"object":{"id":"in_1","bulk":["#,
    );
    let mut count = 0;
    while text.len() < SIZE {
        if count > 0 {
            text.push(',');
        }
        text.push_str(&body(count));
        count += 1;
    }
    text.push_str("]}}}");
    text
}

/// Numbers that look like chance and are the same every time.
fn mix(number: usize) -> usize {
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as usize
}

fn pick(texts: &[&'static str], number: usize) -> &'static str {
    texts.get(number % texts.len()).copied().unwrap_or_default()
}

/// A commit as GitHub's push events have it.
fn nested(number: usize) -> String {
    let hash = format!(
        "{:08x}{:08x}{:08x}",
        mix(number),
        mix(number + 7),
        mix(number + 9)
    );
    format!(
        r#"{{"id":"{hash}","distinct":{},"message":"Fix the {} of issue #{}","timestamp":"2026-11-{:02}T20:15:03Z","url":"https://example.org/octo/hello/commit/{hash}","author":{{"name":"Mona {}","email":"mona{number}@example.org","username":null,"id":{}}},"added":["src/{}.rs"],"removed":[],"modified":["README.md","docs/{}.md"],"stats":{{"additions":{},"deletions":{},"files":{{"changed":true}}}}}}"#,
        number.is_multiple_of(3),
        pick(&["parser", "login", "a rather long tail of things"], number),
        mix(number) % 10_000,
        number % 28 + 1,
        "x".repeat(mix(number) % 12),
        mix(number),
        mix(number) % 1000,
        mix(number + 1) % 100_000,
        mix(number + 2) % 1000,
        mix(number + 3) % 100,
    )
}

fn indented(number: usize) -> String {
    let value: serde_json::Value = serde_json::from_str(&nested(number)).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

fn long_strings(number: usize) -> String {
    format!(
        r#"{{"n":{number},"text":"{}"}}"#,
        "The quick brown fox jumps over the lazy dog, ".repeat(20 + mix(number) % 200)
    )
}

/// Text with a line end or a quotation every few words.
fn escapes(number: usize) -> String {
    let mut text = String::from("\"");
    for word in 0..200 {
        let letters = mix(number * 200 + word);
        text.push_str(
            "abcdefghijklmnop"
                .get(..letters % 15 + 1)
                .unwrap_or_default(),
        );
        text.push_str(pick(
            &["\\n", "\\\"", "\\\\", "\\t", "\\r\\n", "\\/"],
            letters >> 8,
        ));
    }
    text.push('"');
    text
}

/// A document inside a string, as queues and proxies send it.
fn json_in_json(number: usize) -> String {
    serde_json::to_string(&nested(number)).unwrap_or_default()
}

/// Cyrillic as an ASCII-only serialiser writes it.
fn unicode(number: usize) -> String {
    let mut text = String::from("\"");
    for letter in 0..300 {
        let mixed = mix(number * 300 + letter);
        if mixed.is_multiple_of(7) {
            text.push(' ');
        } else {
            let _ = write!(text, "\\u04{:02x}", 0x30 + mixed % 32);
        }
    }
    text.push('"');
    text
}

fn integers(number: usize) -> String {
    let mixed = mix(number);
    (mixed % 10_usize.pow((mixed >> 20) as u32 % 8 + 1)).to_string()
}

fn decimals(number: usize) -> String {
    let mixed = mix(number);
    format!(
        "[{:.6},{:.1},{:e}]",
        (mixed as f64 - 2e9) / 7e6,
        mixed as f64 / 1e7,
        mixed as f64 * 1e-30
    )
}
