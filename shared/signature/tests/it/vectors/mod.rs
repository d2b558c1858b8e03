//! Known signatures, each under every scheme that must accept it.

mod vector;

use aws_lc_rs::digest;
use coatcheck_signature::{Key, Places, presets};
use domain::Location;

use self::vector::{each, to_be_refused, vectors};
use crate::common::{compile, word};

#[test]
fn all_published_vectors_are_here_and_one_is_out_for_a_reason() {
    let vectors = vectors();
    let out: Vec<_> = vectors
        .iter()
        .filter(|vector| vector.needs.is_some())
        .map(|vector| vector.name.as_str())
        .collect();
    // A keyed hash that can be length-extended: it is never to be offered.
    assert_eq!(out, ["hubspot-v1-sdk"]);
    let published = vectors
        .iter()
        .filter(|vector| vector.provenance != "constructed")
        .count();
    assert!(published >= 60, "{published}");
    for vector in &vectors {
        assert_eq!(
            vector.schemes.is_empty(),
            vector.needs.is_some(),
            "{}",
            vector.name
        );
    }
}

#[test]
fn every_vector_passes() {
    each(|vector, verifier| {
        let name = &vector.name;
        let (headers, body, keys) = (vector.headers(), vector.body(), vector.keys());
        assert_eq!(verifier.precheck(&headers, vector.now), Ok(()), "{name}");
        assert_eq!(
            verifier
                .verify_headers(&headers, &keys, vector.now)
                .map(|key_id| key_id.is_some()),
            Ok(verifier.is_header_only()),
            "{name}"
        );
        let verified = verifier
            .verify(&headers, &body, &keys, vector.now)
            .unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
        assert_eq!(verified.body(), body);
        assert_eq!(
            verified.payload_sha256().to_string(),
            vector.body_sha256,
            "{name}"
        );
        for key in &keys {
            let problem = verifier.key_problem(key);
            assert!(
                problem.is_none_or(|problem| !problem.is_fatal()),
                "{name}: {problem:?}"
            );
        }
    });
}

/// What others publish to be refused is refused, unless it is no matter of the signature.
#[test]
fn what_is_published_to_be_refused_is_refused() {
    let refused = to_be_refused();
    assert!(refused.len() >= 32, "{}", refused.len());
    for vector in refused {
        let name = &vector.name;
        let verifier = vector.verifier(&vector.schemes[0]);
        let seen =
            word(verifier.verify(&vector.headers(), vector.body(), &vector.keys(), vector.now));
        assert_eq!(Some(seen), vector.outcome.as_deref(), "{name}");
        assert_eq!(seen == "ok", vector.beyond.is_some(), "{name}");
    }
}

#[test]
fn no_vector_passes_with_another_body() {
    each(|vector, verifier| {
        let name = &vector.name;
        let (headers, keys) = (vector.headers(), vector.keys());
        // A secret that is shown, and Mailgun's and Adyen's signatures, leave it open.
        if !verifier.signs(&Location::Json("/any".into())) && !name.contains("twilio")
            || verifier.signs(&Location::Header("any".into()))
        {
            return;
        }
        let mut longer = vector.body();
        longer.extend_from_slice(b" x");
        let refused = word(verifier.verify(&headers, &longer, &keys, vector.now));
        assert!(
            ["signature_mismatch", "digest_mismatch"].contains(&refused),
            "{name}: {refused}"
        );
    });
}

#[test]
fn no_vector_passes_under_another_key_or_none() {
    each(|vector, verifier| {
        let name = &vector.name;
        let judge = |keys: &[Key]| {
            word(verifier.verify(&vector.headers(), vector.body(), keys, vector.now))
        };
        assert_eq!(judge(&[]), "key_missing", "{name}");
        let other = Key::new("other", "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXI=");
        let hex = Key::new("hex", "00".repeat(32));
        let refused = judge(&[other, hex]);
        assert!(
            ["signature_mismatch", "key_unusable", "key_missing"].contains(&refused),
            "{name}: {refused}"
        );
    });
}

#[test]
fn every_timestamped_vector_is_stale_and_in_the_future_at_other_clocks() {
    each(|vector, verifier| {
        let at = |now| word(verifier.verify(&vector.headers(), vector.body(), &vector.keys(), now));
        let expected = if verifier.replay_protected() {
            ["timestamp_stale", "timestamp_future"]
        } else {
            ["ok", "ok"]
        };
        let seen = [at(vector.now + 1_000_000), at(vector.now - 1_000_000)];
        assert_eq!(seen, expected, "{}", vector.name);
    });
}

#[test]
fn every_vector_gives_the_facts_that_its_preset_looks_for() {
    each(|vector, verifier| {
        if vector.expect.is_empty() {
            return;
        }
        let (headers, body) = (vector.headers(), vector.body());
        let verified = verifier
            .verify(&headers, &body, &vector.keys(), vector.now)
            .unwrap();
        let places = Places::new(verifier.event().clone(), domain::Dedupe::Auto).unwrap();
        let found = places.look_up(&headers, &verified).unwrap().found;
        let found = [
            ("id", found.id.flatten()),
            ("type", found.kind.flatten()),
            ("subject", found.subject),
            ("ordering_key", found.ordering_key),
            ("occurred_at", found.occurred_at),
        ];
        for (name, found) in found {
            if let Some(expected) = vector.expect.get(name) {
                assert_eq!(found.as_ref(), Some(expected), "{name} of {}", vector.name);
            }
        }
    });
}

#[test]
fn every_preset_has_its_notes_and_a_vector_with_its_facts() {
    let vectors = vectors();
    let all = presets().unwrap();
    assert!(all.len() >= 40, "{}", all.len());
    for preset in all {
        let name = preset.name;
        assert!(preset.source.starts_with("https://"), "{name}");
        for text in [&preset.title, &preset.notes, &preset.retries, &preset.size] {
            assert!(!text.trim().is_empty(), "{name}");
        }
        let mut own = vectors
            .iter()
            .filter(|vector| vector.schemes.iter().any(|scheme| *scheme == name))
            .peekable();
        assert!(own.peek().is_some(), "{name} has no vector");
        let checked = vectors
            .iter()
            .filter(|vector| vector.schemes.iter().any(|scheme| *scheme == name))
            .any(|vector| vector.provenance != "constructed");
        assert_eq!(
            preset.checked.is_some(),
            checked,
            "{name}: what its facts were checked against is a vector of somebody else's"
        );
        let event = &preset.scheme.event;
        if let Some(key) = &event.ordering_key {
            assert!(
                compile(&preset.scheme).signs(key),
                "{name}: the ordering key is not signed"
            );
        }
        let found = own
            .flat_map(|vector| vector.expect.keys())
            .collect::<Vec<_>>();
        for (fact, location) in [("id", &event.id), ("type", &event.kind)] {
            assert!(
                location.is_none() || found.iter().any(|one| *one == fact),
                "no vector of {name} expects its {fact}"
            );
        }
    }
}

/// As the direct lane does it: the authorizer judges the headers, `admit` the body, without
/// the keys and without a secret that was shown.
#[test]
fn a_body_after_its_headers_is_judged_like_the_whole() {
    each(|vector, verifier| {
        let (name, now) = (&vector.name, vector.now);
        let (headers, body, keys) = (vector.headers(), vector.body(), vector.keys());
        let kept = verifier.evidence(&headers);
        let proven = verifier.verify_headers(&headers, &keys, now).unwrap();
        let Some(key_id) = proven else {
            let judged = verifier.verify_body(&kept, &body, "any".to_owned(), now);
            assert_eq!(word(judged), "signature_missing", "{name}");
            return;
        };
        let judged = verifier.verify_body(&kept, &body, key_id, now).unwrap();
        let whole = verifier.verify(&headers, &body, &keys, now).unwrap();
        assert_eq!(judged.key_id(), whole.key_id(), "{name}");
        assert_eq!(judged.payload_sha256(), whole.payload_sha256(), "{name}");
        assert_eq!(judged.signed_sha256(), whole.signed_sha256(), "{name}");
        // Where a secret was shown, the body is the sender's word.
        if !verifier.signs(&Location::Header("any".into())) {
            let other = verifier.verify_body(&kept, [&body[..], b" "].concat(), "any".into(), now);
            assert_eq!(word(other), "digest_mismatch", "{name}");
            let late = verifier.verify_body(&kept, &body, "any".into(), now + 1_000_000);
            assert_eq!(word(late), "timestamp_stale", "{name}");
        }
    });
}

/// What was signed can be rebuilt from what is kept beside a payload.
#[test]
fn the_evidence_is_enough_to_verify_again() {
    each(|vector, verifier| {
        let evidence = verifier.evidence(&vector.headers());
        let again = verifier.verify(&evidence, vector.body(), &vector.keys(), vector.now);
        // A secret that is shown is never kept.
        let shows = verifier.signs(&Location::Header("any".into()));
        let basic = vector.schemes.iter().any(|scheme| {
            scheme
                .as_str()
                .is_some_and(|name| name.starts_with("marqeta"))
        });
        if shows || basic {
            assert!(
                evidence.get_all("authorization").next().is_none(),
                "{}",
                vector.name
            );
        } else {
            assert_eq!(word(again), "ok", "{}", vector.name);
        }
    });
}

/// The digest of the signed bytes, by hand for two schemes.
#[test]
fn the_signed_bytes_are_what_the_provider_signed() {
    for (name, prefix) in [("peer-stripe-node", "1700000000."), ("github-docs", "")] {
        let vector = vectors()
            .into_iter()
            .find(|vector| vector.name == name)
            .unwrap();
        let verifier = vector.verifier(&vector.schemes[0]);
        let body = vector.body();
        let verified = verifier
            .verify(&vector.headers(), &body, &vector.keys(), vector.now)
            .unwrap();
        let bytes = [prefix.as_bytes(), &body].concat();
        let expected = digest::digest(&digest::SHA256, &bytes);
        assert_eq!(verified.signed_sha256().0, expected.as_ref(), "{name}");
        assert_eq!(
            verifier.signed_bytes(&vector.headers(), &body).unwrap(),
            bytes
        );
    }
}
