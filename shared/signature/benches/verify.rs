//! What verifying costs beside one bare HMAC of the same bytes by the same library.
//!
//! `cargo bench -p coatcheck-signature`. Each figure is the median of interleaved rounds, in
//! microseconds, and its ratio to the bare HMAC of the same round.

use std::{hint::black_box, time::Instant};

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use coatcheck_signature::{Key, Scheme, SignInput, Site, Verifier, sign};
use domain::{Headers, SchemeRef};
use serde_json::{Value, json};

const NOW: i64 = 1_700_000_000;
const SECRET: &str = "dGhpcyBpcyBub3QgYSByZWFsIHNlY3JldCwgb25seSBhIHRlc3Q=";

/// What is measured, and as what.
struct Case {
    name: &'static str,
    scheme: Value,
    signs: Key,
    verifies: Key,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = || Key::new("bench", SECRET);
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32])?;
    let seed = Key::new("bench", hex::encode([7; 32]));
    let public = Key::new("bench", hex::encode(pair.public_key()));
    let message = json!({
        "kind": "http-message", "algorithm": "hmac-sha256", "components": ["content-digest"],
    });
    let preset = |name: &'static str| (name, json!(name), secret(), secret());
    let cases = [
        preset("github"),
        preset("stripe"),
        preset("standard-webhooks"),
        ("http-message", message, secret(), secret()),
        ("discord (ed25519)", json!("discord"), seed, public),
    ];
    println!("scheme              bytes      HMAC   verify  ratio  and both digests  ratio");
    for (name, scheme, signs, verifies) in cases {
        let case = Case {
            name,
            scheme,
            signs,
            verifies,
        };
        for size in [1_000, 100_000, 1_000_000, 4_400_000] {
            measure(&case, size)?;
        }
    }
    Ok(())
}

fn measure(case: &Case, size: usize) -> Result<(), Box<dyn std::error::Error>> {
    let scheme = Scheme::resolve(&serde_json::from_value::<SchemeRef>(case.scheme.clone())?)?;
    let verifier = Verifier::compile(&scheme, &Site::default())?;
    let body: Vec<u8> = (0..size).map(|at| (at * 31 % 251) as u8).collect();
    let keys = [case.verifies.clone()];
    let ids: &[(&str, &str)] = if case.name == "standard-webhooks" {
        &[("webhook-id", "msg_1")]
    } else {
        &[]
    };
    let input = SignInput {
        body: &body,
        now: NOW,
        headers: ids,
        ..SignInput::default()
    };
    let headers = Headers::from_pairs(sign(&scheme, &case.signs, &input)?);
    verifier.verify(&headers, &body, &keys, NOW)?;
    let bare = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let rounds = (200_000_000 / size).clamp(40, 2_000);
    let (mut macs, mut wholes, mut admits) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        macs.push(micros(|| {
            black_box(hmac::sign(&bare, black_box(&body)));
        }));
        wholes.push(micros(|| {
            drop(black_box(verifier.verify(&headers, &body, &keys, NOW)));
        }));
        admits.push(micros(|| {
            let verified = verifier.verify(&headers, &body, &keys, NOW);
            let digests = verified.map(|good| (good.payload_sha256(), good.signed_sha256()));
            let _ = black_box(digests);
        }));
    }
    let (mac, whole, admit) = (median(macs), median(wholes), median(admits));
    println!(
        "{:<18} {size:>7} {mac:>9.1} {whole:>8.1} {:>6.2} {admit:>18.1} {:>6.2}",
        case.name,
        whole / mac,
        admit / mac
    );
    Ok(())
}

fn micros(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e6
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
