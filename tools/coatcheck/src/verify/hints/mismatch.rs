//! A signature that does not match: which small change makes it valid.

use base64_simd::URL_SAFE_NO_PAD;
use serde_json::Value;
use signature::{Proof, Scheme, presets};

use super::{body, secret};
use crate::delivery::Delivery;

pub(super) fn hints(delivery: &Delivery) -> Vec<String> {
    let tried = [
        body::hint(delivery),
        secret::unwrapped(delivery),
        secret::decoded(delivery),
        credentials(delivery),
        url(delivery),
        plaid_key(delivery),
        other_presets(delivery),
    ];
    let mut hints: Vec<String> = tried.into_iter().flatten().collect();
    if hints.is_empty() {
        hints.extend(
            causes(&delivery.scheme.scheme)
                .iter()
                .map(|cause| (*cause).to_owned()),
        );
    }
    hints
}

/// The usual causes, if no small change helps.
fn causes(scheme: &Scheme) -> &'static [&'static str] {
    match scheme.proof {
        Proof::Jwt(_) => &[
            "Is it the issuer's key of that kid, and does its alg fit the token's? A token without a kid counts only if there is one key.",
        ],
        Proof::Token(_) | Proof::Basic => &["The header has another secret than the one you gave."],
        _ => &[
            "Is it the secret of this endpoint? Many providers have one for each URL, and another for test mode. After a rotation the old one no longer signs.",
            "Are these the bytes as they were received? A body that was parsed and written again, decompressed or decoded to text does not verify.",
            "These did not help: other line ends, JSON without white space, the secret in other encodings, the other presets.",
        ],
    }
}

/// HTTP Basic credentials that the scheme requires besides a valid signature.
fn credentials(delivery: &Delivery) -> Option<String> {
    let demanded = delivery.scheme.scheme.also_basic;
    let is_good =
        demanded && delivery.is_signed_with(|changed| changed.scheme.scheme.also_basic = false);
    is_good.then(|| {
        "The signature is valid, but the HTTP Basic credentials in authorization are not those of --basic."
            .to_owned()
    })
}

fn url(delivery: &Delivery) -> Option<String> {
    let url = delivery.url.as_deref()?;
    let (start, query) = url
        .split_once('?')
        .map_or((url, None), |(start, query)| (start, Some(query)));
    let with_query =
        |start: &str| query.map_or_else(|| start.to_owned(), |query| format!("{start}?{query}"));
    let mut variants = vec![
        start.to_owned(),
        start
            .strip_suffix('/')
            .map_or_else(|| with_query(&format!("{start}/")), with_query),
    ];
    variants.extend(
        url.strip_prefix("https://")
            .map(|rest| format!("http://{rest}")),
    );
    variants.extend(
        url.strip_prefix("http://")
            .map(|rest| format!("https://{rest}")),
    );
    let is_good =
        |variant: &String| delivery.is_signed_with(|changed| changed.url = Some(variant.clone()));
    let good = variants
        .into_iter()
        .find(|variant| variant != url && is_good(variant))?;
    Some(format!("The signature is valid with --url {good}"))
}

/// Plaid's token says which key it was signed with.
fn plaid_key(delivery: &Delivery) -> Option<String> {
    if delivery.scheme.scheme.proof != Proof::Plaid {
        return None;
    }
    let token = delivery.headers.get_all("plaid-verification").next()?;
    let header = URL_SAFE_NO_PAD
        .decode_to_vec(token.split('.').next()?)
        .ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    let kid = header.get("kid")?.as_str()?;
    let is_given = delivery.secrets.iter().any(|secret| secret.id == kid);
    (!is_given).then(|| format!("The token names the key {kid:?}, and no --secret-id is that."))
}

/// Presets under which the same delivery is valid.
pub(super) fn other_presets(delivery: &Delivery) -> Option<String> {
    const SHOWN: usize = 3;
    let good: Vec<&str> = presets()
        .ok()?
        .into_iter()
        .filter(|preset| preset.scheme.proof != delivery.scheme.scheme.proof)
        .filter(|preset| {
            delivery.is_signed_with(|changed| changed.scheme.scheme = preset.scheme.clone())
        })
        .map(|preset| preset.name)
        .collect();
    let shown = good.get(..SHOWN).unwrap_or(&good).join(", ");
    match good.len() {
        0 => None,
        1 => Some(format!("The signature is valid under the preset {shown}.")),
        2..=SHOWN => Some(format!("The signature is valid under the presets {shown}.")),
        all => Some(format!(
            "The signature is valid under {all} presets, such as {shown}."
        )),
    }
}
