use domain::{Endpoint, EventIdentity, KeyRing, SchemeRef, Timestamp};
use signature::{Key, Proof, Scheme, presets};

use crate::{DeliveryTemplate, Draft, Provider, ProviderError, Sample, draft};

/// Hex, base64, and long enough for every scheme.
const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const URL: &str = "https://hooks.example.com/v1/hooks/example";

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn wanted() -> Draft<'static> {
    Draft {
        kind: Some("coatcheck.test"),
        size: None,
        nonce: 7,
        now: now(),
    }
}

/// The provider of an endpoint that has a preset's name and scheme.
fn provider(preset: &str) -> Provider {
    let config = serde_json::json!({ "name": preset, "scheme": preset, "url": URL });
    of(&endpoint(&config.to_string()))
}

/// The provider of an endpoint.
fn of(endpoint: &Endpoint) -> Provider {
    let scheme = Scheme::resolve(&endpoint.scheme).unwrap();
    let user = if scheme.proof == Proof::Basic {
        "user:"
    } else {
        ""
    };
    let key = Key::new("1", format!("{user}{SECRET}"));
    let basic = scheme.also_basic.then(|| b"user:password".to_vec());
    Provider::with_key(endpoint, URL.to_owned(), key, basic).unwrap()
}

fn endpoint(config: &str) -> Endpoint {
    Endpoint::from_json(config).unwrap()
}

fn keys(text: &str) -> KeyRing {
    KeyRing::from_versions(text, None).unwrap()
}

fn given(headers: &[(&str, &str)], body: &[u8]) -> Sample {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Sample {
        headers: headers.iter().map(owned).collect(),
        body: body.to_vec(),
        ..Sample::default()
    }
}

/// What its endpoint will make of the delivery with this nonce.
fn event(template: &DeliveryTemplate, provider: &Provider, nonce: Option<u64>) -> EventIdentity {
    let (headers, body) = template.make(nonce, now());
    let headers = provider.sign(&headers, &body, now()).unwrap();
    provider.rehearse(&headers, &body, now()).unwrap().event
}

/// The presets whose endpoints can be tested, and why the others cannot.
#[test]
fn a_test_can_be_made_for_every_preset_that_lets_one() {
    let mut refused = Vec::new();
    for preset in presets().unwrap() {
        let kind = preset.scheme.describe().unwrap();
        if kind.has_public_key || kind.is_in_body {
            continue;
        }
        let provider = provider(preset.name);
        match draft(&provider, wanted()) {
            Ok(sample) => {
                let template = DeliveryTemplate::new(sample, &provider, 7);
                let event = event(&template, &provider, None);
                assert_eq!(event.kind, "coatcheck.test", "{}", preset.name);
                if provider.locations().id.is_some() {
                    assert!(event.id.starts_with("coatcheck-"), "{}", preset.name);
                }
            }
            Err(problem) => {
                assert!(
                    matches!(problem, ProviderError::NoPlace { .. }),
                    "{}: {problem}",
                    preset.name
                );
                refused.push(preset.name);
            }
        }
    }
    // Their events have no type, or types that always begin with the provider's own words.
    assert_eq!(refused, ["airtable", "dropbox", "marqeta", "marqeta-sha1"]);
}

#[test]
fn schemes_that_no_one_else_can_sign_are_refused() {
    let ring = keys(SECRET);
    let refused = |scheme: &str| {
        let config = endpoint(&format!(r#"{{"name":"a","scheme":"{scheme}"}}"#));
        Provider::of_endpoint(&config, String::new(), &ring, None, now())
            .err()
            .unwrap()
    };
    assert!(matches!(refused("mailgun"), ProviderError::InBody));
    assert!(matches!(refused("adyen"), ProviderError::InBody));
    assert!(matches!(refused("marqeta"), ProviderError::NoBasic));
}

#[test]
fn the_newest_live_key_signs_unless_another_is_named() {
    let config = endpoint(r#"{"name":"a","scheme":"github"}"#);
    let ring = keys(
        r#"{"keys":[
            {"id":"gone","secret":"000000000000000000","not_after":"2026-11-22T12:00:00Z"},
            {"id":"login","secret":"user:password","use":"basic"},
            {"id":"new","secret":"111111111111111111"},
            {"id":"old","secret":"222222222222222222","not_after":"2026-11-23T12:00:00Z"}]}"#,
    );
    let key = |id| {
        Provider::of_endpoint(&config, String::new(), &ring, id, now())
            .map(|provider| provider.key_id().to_owned())
            .map_err(|problem| problem.to_string())
    };
    assert_eq!(key(None).as_deref(), Ok("new"));
    assert_eq!(key(Some("old")).as_deref(), Ok("old"));
    assert_eq!(
        key(Some("gone")).unwrap_err(),
        "no live key \"gone\"; the live keys are new, old"
    );
    let none = keys(r#"{"keys":[{"id":"login","secret":"user:password","use":"basic"}]}"#);
    assert!(Provider::of_endpoint(&config, String::new(), &none, None, now()).is_err());
}

#[test]
fn a_body_is_as_large_as_it_is_to_be() {
    for (preset, sizes) in [
        ("stripe", &[200, 201, 500, 100_000, 4_400_000][..]),
        // A list, and a form.
        ("hubspot-v3", &[200, 100_000]),
        ("slack-commands", &[100, 101, 100_000]),
    ] {
        let provider = provider(preset);
        for size in sizes {
            let sized = Draft {
                size: Some(*size),
                ..wanted()
            };
            let sample = draft(&provider, sized).unwrap();
            assert_eq!(sample.body.len(), *size, "{preset}");
            let is_list = sample.body.starts_with(b"[");
            assert_eq!(is_list, preset == "hubspot-v3", "{preset}");
        }
        let small = Draft {
            size: Some(10),
            ..wanted()
        };
        let problem = draft(&provider, small).err().unwrap();
        assert!(matches!(problem, ProviderError::TooSmall(_)), "{preset}");
    }
}

#[test]
fn made_up_events_are_all_different() {
    for preset in [
        "stripe",
        "github",
        "standard-webhooks",
        "zoom",
        "slack-commands",
        "linear",
    ] {
        let provider = provider(preset);
        let template = DeliveryTemplate::new(draft(&provider, wanted()).unwrap(), &provider, 7);
        let template = template.made_distinct(&provider, now()).unwrap();
        let one = event(&template, &provider, Some(1));
        let two = event(&template, &provider, Some(2));
        assert_ne!(one.key, two.key, "{preset}");
        assert_eq!(one.kind, "coatcheck.test");
    }
}

#[test]
fn a_given_body_is_another_event_each_time_and_otherwise_itself() {
    let stripe = provider("stripe");
    let body = br#"{ "id": "evt_1SVcR4Coat0000000000",  "type":"a", "data":{"id":"evt_1SVcR4Coat0000000000"} }"#;
    let template = DeliveryTemplate::new(given(&[], body), &stripe, 7);
    assert_eq!(template.make(None, now()).1, body);
    let template = template.made_distinct(&stripe, now()).unwrap();
    let (_, varied) = template.make(Some(0xabc), now());
    assert_eq!(
        str::from_utf8(&varied).unwrap(),
        r#"{ "id": "evt_1SVc0000000000000abc",  "type":"a", "data":{"id":"evt_1SVcR4Coat0000000000"} }"#
    );
    assert_eq!(
        event(&template, &stripe, Some(0xabc)).id,
        "evt_1SVc0000000000000abc"
    );
}

#[test]
fn an_id_that_is_a_number_or_short_is_exchanged_all_the_same() {
    let stripe = provider("stripe");
    for (body, id) in [
        (r#"{"id":12,"type":"a"}"#, "2748"),
        (r#"{"id":"x","type":"a"}"#, "x-0000000000000abc"),
        (r#"{"id":"\u00e9\"","type":"a"}"#, "é\"-0000000000000abc"),
    ] {
        let template = DeliveryTemplate::new(given(&[], body.as_bytes()), &stripe, 7);
        assert_eq!(event(&template, &stripe, Some(0xabc)).id, id, "{body}");
    }
}

#[test]
fn where_bytes_name_the_event_white_space_makes_another() {
    let github = provider("github");
    let sample = given(&[("x-github-event", "push")], br#"{"ref":"main"}"#);
    let template = DeliveryTemplate::new(sample, &github, 7);
    let template = template.made_distinct(&github, now()).unwrap();
    let (headers, body) = template.make(Some(1), now());
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&body).unwrap(),
        serde_json::json!({"ref": "main"})
    );
    assert!(
        headers
            .iter()
            .any(|(name, value)| name == "x-github-delivery" && value.starts_with("coatcheck-"))
    );
    assert_ne!(
        event(&template, &github, Some(1)).key,
        event(&template, &github, Some(2)).key
    );
    assert_eq!(template.make(None, now()).1, br#"{"ref":"main"}"#);
}

#[test]
fn what_can_only_be_one_event_is_refused() {
    let github = provider("github");
    // Its delivery id tells two of the same bytes apart, unless a person has said what it is.
    let mut sample = given(&[("x-github-event", "push")], b"\x00\xff");
    let template = DeliveryTemplate::new(sample.clone(), &github, 7);
    assert!(template.made_distinct(&github, now()).is_ok());
    sample.fixed = vec![("x-github-delivery".to_owned(), "1".to_owned())];
    let same = DeliveryTemplate::new(sample, &github, 7).made_distinct(&github, now());
    assert!(matches!(same.err(), Some(ProviderError::NotDistinct)));
    // A person has said what the id is.
    let standard = provider("standard-webhooks");
    let mut sample = given(&[], b"{}");
    sample.fixed = vec![("webhook-id".to_owned(), "msg_1".to_owned())];
    let template = DeliveryTemplate::new(sample, &standard, 7);
    assert_eq!(event(&template, &standard, Some(1)).id, "msg_1");
    assert!(template.made_distinct(&standard, now()).is_err());
}

#[test]
fn where_every_delivery_is_an_event_nothing_has_to_differ() {
    let woocommerce = provider("woocommerce");
    let sample = given(&[("x-wc-webhook-topic", "order.created")], b"{}");
    let template = DeliveryTemplate::new(sample, &woocommerce, 7);
    let template = template.made_distinct(&woocommerce, now()).unwrap();
    assert_eq!(template.make(Some(1), now()).1, b"{}");
    let (headers, body) = template.make(Some(1), now());
    let headers = woocommerce.sign(&headers, &body, now()).unwrap();
    let expected = woocommerce.rehearse(&headers, &body, now()).unwrap();
    assert!(expected.is_each_an_event && !expected.key_is_known);
}

#[test]
fn what_is_signed_and_not_given_is_made_up() {
    // The id is signed, and its header is not there.
    let standard = provider("standard-webhooks");
    let template = DeliveryTemplate::new(given(&[], b"{}"), &standard, 7);
    assert_eq!(
        event(&template, &standard, None).id,
        "coatcheck-0000000000000007"
    );
    // A time inside the body is now, whatever stood there.
    let linear = provider("linear");
    let body = br#"{"type":"a","webhookTimestamp":1}"#;
    let template = DeliveryTemplate::new(given(&[], body), &linear, 7);
    event(&template, &linear, None);
    // A header that is neither id nor clock.
    let config = endpoint(
        r#"{"name":"a","scheme":{"kind":"hmac","hash":"sha256",
            "signature":{"headers":["x-sig"],"grammar":"kv","sig_keys":["v1"],"encoding":"hex"},
            "content":[{"header":"x-tenant"},{"lit":"\n"},{"param":"n"},{"lit":"."},{"body":true}]}}"#,
    );
    let custom = of(&config);
    let template = DeliveryTemplate::new(given(&[], b"{}"), &custom, 7);
    event(&template, &custom, None);
}

#[test]
fn an_endpoints_own_places_and_dedupe_count() {
    let config = endpoint(
        r#"{"name":"a","scheme":"github","dedupe":"id","event":{"id":{"json":"/n"},"type":{"json":"/t"}}}"#,
    );
    let provider = of(&config);
    let template = DeliveryTemplate::new(given(&[], br#"{"n":"one","t":"x"}"#), &provider, 7);
    assert_eq!(event(&template, &provider, None).key.as_str(), "one");
    let draft = draft(&provider, wanted()).unwrap();
    let event = event(&DeliveryTemplate::new(draft, &provider, 7), &provider, None);
    assert_eq!(event.key.as_str(), "coatcheck-0000000000000007");
}

#[test]
fn a_provider_that_no_stack_knows_signs_its_own_url() {
    let square = Scheme::resolve(&SchemeRef::Preset("square".to_owned())).unwrap();
    let of = |url: &str| {
        let key = Key::new("1", SECRET);
        Provider::of_scheme(square.clone(), url.to_owned(), key, None).unwrap()
    };
    let (here, elsewhere) = (of(URL), of("https://hooks.example.com/v1/hooks/other"));
    let body = br#"{"event_id":"e","type":"t"}"#;
    let signed = here.sign::<&str, &str>(&[], body, now()).unwrap();
    assert_eq!(here.rehearse(&signed, body, now()).unwrap().event.id, "e");
    assert!(elsewhere.rehearse(&signed, body, now()).is_err());
}
