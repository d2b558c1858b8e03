//! Adyen's standard webhooks. <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>

use domain::Headers;
use serde::Deserialize;

use super::kind::{Inside, Kind};
use crate::{
    Algorithm, Encoding, Key, KeyDecode, KeySpec, Read, Rejection, SchemeDescription, SignError,
    SignInput,
    algorithm::Prover,
    claim::{Coverage, Evidence, HeaderClaim},
    signing::Pairs,
};

/// Items in one delivery, at most. With the keys it bounds the work.
const MAX_ITEMS: usize = 16;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    #[serde(default)]
    notification_items: Vec<Wrapped>,
}

#[derive(Deserialize)]
struct Wrapped {
    #[serde(rename = "NotificationRequestItem")]
    item: Item,
}

/// What is signed of an item, and its signature.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    // Null counts as empty, as in Adyen's own libraries.
    psp_reference: Option<String>,
    original_reference: Option<String>,
    merchant_account_code: Option<String>,
    merchant_reference: Option<String>,
    amount: Option<Amount>,
    event_code: Option<String>,
    success: Option<String>,
    additional_data: Option<AdditionalData>,
}

#[derive(Deserialize)]
struct Amount {
    value: Option<serde_json::Number>,
    currency: Option<String>,
}

#[derive(Deserialize)]
struct AdditionalData {
    #[serde(rename = "hmacSignature")]
    signature: Option<String>,
}

/// A signature inside each item of the body, over some of its fields.
#[derive(Debug, Clone)]
pub(super) struct Adyen(Prover);

impl Adyen {
    pub(super) fn new() -> Self {
        Self(Prover {
            algorithm: Algorithm::HmacSha256,
            key: KeySpec {
                decode: KeyDecode::Hex,
                ..KeySpec::default()
            },
            keeps_prefix: false,
        })
    }
}

impl Kind for Adyen {
    fn claim(&self, _: &Headers) -> Result<HeaderClaim, Rejection> {
        Ok(HeaderClaim {
            evidence: Evidence::Inside {
                signatures: Vec::new(),
            },
            moment: None,
            coverage: coverage(),
        })
    }

    /// Every item must be signed. What is signed of them, a line
    /// each, names the event: Adyen sends the same fields again when it repeats itself.
    fn look_inside(&self, body: &[u8], _: &[Vec<u8>], keys: &[Key]) -> Result<Inside, Rejection> {
        let mut key_id = None;
        for Wrapped { item } in &read(body)? {
            let ready = self.0.ready(keys)?;
            let signed = item.signed()?;
            let matched = ready.matching([signed.as_bytes()], &[item.signature()?])?;
            key_id.get_or_insert(matched);
        }
        Ok(Inside {
            key_id: key_id.ok_or(Rejection::SignatureMissing)?,
            signed: self.signed_inside(body)?,
            moment: None,
            coverage: coverage(),
        })
    }

    fn signed_inside(&self, body: &[u8]) -> Result<Vec<u8>, Rejection> {
        let items = read(body)?;
        let lines: Result<Vec<_>, _> = items.iter().map(|wrapped| wrapped.item.signed()).collect();
        Ok(lines?.join("\n").into_bytes())
    }

    fn prover(&self) -> Option<&Prover> {
        Some(&self.0)
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![coverage()]
    }

    fn evidence(&self, _: &Headers) -> Vec<String> {
        Vec::new()
    }

    fn sign(&self, _: &Key, _: &SignInput<'_>, _: &mut Pairs) -> Result<(), SignError> {
        Err(SignError::InsideBody)
    }

    fn describe(&self) -> SchemeDescription {
        SchemeDescription {
            kind: "adyen",
            proof: "HMAC-SHA256, base64 in each item of the body".to_owned(),
            signed: "eight fields of each item".to_owned(),
            clock: "nowhere".to_owned(),
            is_in_body: true,
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, _: &Headers) -> Vec<Read> {
        Vec::new()
    }
}

fn read(body: &[u8]) -> Result<Vec<Wrapped>, Rejection> {
    let Notification { notification_items } =
        serde_json::from_slice(body).map_err(|_| Rejection::SignatureMalformed)?;
    match notification_items.len() {
        0 => Err(Rejection::SignatureMissing),
        1..=MAX_ITEMS => Ok(notification_items),
        _ => Err(Rejection::SignatureMalformed),
    }
}

impl Item {
    fn signature(&self) -> Result<Vec<u8>, Rejection> {
        let text = self
            .additional_data
            .as_ref()
            .and_then(|data| data.signature.as_ref());
        Encoding::Base64
            .decode(text.ok_or(Rejection::SignatureMissing)?)
            .filter(|mac| mac.len() == 32)
            .ok_or(Rejection::SignatureMalformed)
    }

    fn signed(&self) -> Result<String, Rejection> {
        let amount = self.amount.as_ref();
        let value = amount.and_then(|amount| amount.value.as_ref());
        let value = value.map_or_else(String::new, ToString::to_string);
        let currency = amount.and_then(|amount| amount.currency.as_deref());
        let text = |field: &'_ Option<String>| field.clone().unwrap_or_default();
        let fields = [
            text(&self.psp_reference),
            text(&self.original_reference),
            text(&self.merchant_account_code),
            text(&self.merchant_reference),
            value,
            currency.unwrap_or_default().to_owned(),
            text(&self.event_code),
            text(&self.success),
        ];
        // With a colon in any other field, bytes could move from one to its neighbour.
        // The merchant's own reference may hold some: what is around it is certain.
        let moves = fields
            .iter()
            .enumerate()
            .any(|(at, field)| at != 3 && field.contains(':'));
        if moves {
            return Err(Rejection::SignatureMalformed);
        }
        Ok(fields.join(":"))
    }
}

/// Of the first item: which others there are is not signed.
fn coverage() -> Coverage {
    Coverage::Places(&[
        "/notificationItems/0/NotificationRequestItem/pspReference",
        "/notificationItems/0/NotificationRequestItem/originalReference",
        "/notificationItems/0/NotificationRequestItem/merchantAccountCode",
        "/notificationItems/0/NotificationRequestItem/merchantReference",
        "/notificationItems/0/NotificationRequestItem/amount/value",
        "/notificationItems/0/NotificationRequestItem/amount/currency",
        "/notificationItems/0/NotificationRequestItem/eventCode",
        "/notificationItems/0/NotificationRequestItem/success",
    ])
}
