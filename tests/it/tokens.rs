//! Tokens of an issuer, through the whole stack.

use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use domain::SignedDuration;
use e2e::{Sender, Stack, now};
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::support::{JSON, acceptance, fresh, refusal, shared, stored};

/// As in e2e.tfvars. No other test uses this endpoint.
fn config(audience: &str) -> Value {
    json!({
        "name": "tokens",
        "scheme": {
            "kind": "jwt", "algorithms": ["ES256"], "issuer": "https://issuer.example",
            "audience": audience, "jwks_url": "none",
        },
    })
}

/// A new key of the issuer on P-256: PKCS#8 in base64, and as it is published.
fn key() -> (String, String) {
    let pair = KeyPair::generate().unwrap();
    let point = pair.public_key_raw();
    let half = |bytes: &[u8]| URL_SAFE_NO_PAD.encode_to_string(bytes);
    let (x, y) = (half(&point[1..33]), half(&point[33..]));
    let public = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "x": x, "y": y});
    (
        STANDARD.encode_to_string(pair.serialize_der()),
        public.to_string(),
    )
}

/// The id of the key by which a sender of the suite signs.
const KID: &str = "driver";

async fn put_key(stack: &Stack, public: &str) {
    let keys = json!({"keys": [{"id": KID, "secret": public}]});
    stack.put_secret("tokens", &keys.to_string()).await.unwrap();
}

#[tokio::test]
async fn a_token_is_judged_whole_and_comes_with_many_events() {
    let stack = shared().await;
    let (private, public) = key();
    put_key(&stack, &public).await;
    let sender = Sender::configured(&config("hooks"), &private).unwrap();

    let body = |id: &str| json!({"id": id, "type": "order.paid"}).to_string();
    let id = fresh("order");
    let delivery = sender.sign(&[JSON], body(&id)).unwrap();
    let answer = delivery.send(&stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
    assert_eq!(answer.body.reference, format!("tokens/{id}"));
    let pointers = stack.pointers_of(&format!("tokens/{id}")).await.unwrap();
    assert_eq!(pointers[0]["key_id"].as_s().unwrap(), KID);

    // The same token with another event; and the same event once more.
    let next = fresh("order");
    let mut second = delivery.clone();
    second.body = body(&next).into();
    let answer = second.send(&stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
    let answer = second.send(&stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "duplicate"), "{answer:?}");
    assert_eq!(stored(&stack, "tokens", body(&next).as_bytes()).await, 1);

    // For another service, of another issuer's key, and over: the authorizer refuses all three.
    let elsewhere = Sender::configured(&config("another"), &private).unwrap();
    let stranger = sender.clone().with_secret(&key().0);
    let hour_ago = now() - SignedDuration::from_hours(1);
    for refused in [
        elsewhere.sign(&[JSON], body(&id)).unwrap(),
        stranger.sign(&[JSON], body(&id)).unwrap(),
        sender.sign_at(hour_ago, &[JSON], body(&id)).unwrap(),
        delivery.without("authorization"),
    ] {
        let answer = refused.send(&stack).await.unwrap();
        assert_eq!(refusal(&answer), (401, "unauthorized"), "{answer:?}");
    }
}
