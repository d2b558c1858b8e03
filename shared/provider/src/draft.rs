//! A delivery made up from nothing: its type, its id and its time at the places where the
//! endpoint looks for them.

use domain::{Location, Timestamp};
use serde_json::{Map, Value, json};
use signature::{Proof, TimestampFrom};

use crate::{
    Pairs, Provider, ProviderError, Sample, holder::Holder, nonce::hex, placeholder::clock,
    span::alternatives,
};

/// What a made-up delivery is to be.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Its type; none where any will do.
    pub kind: Option<&'a str>,
    /// Bytes of its body; none for as few as it takes.
    pub size: Option<usize>,
    /// Makes it a different event from all others.
    pub nonce: u64,
    /// The provider's clock.
    pub now: Timestamp,
}

/// What a body may be.
#[derive(Clone)]
enum Body {
    Json(Value),
    Form(Vec<(String, String)>),
}

#[derive(Clone)]
struct Attempt {
    headers: Pairs,
    body: Body,
}

/// Makes up a delivery that its endpoint takes for an event of this type.
///
/// # Errors
/// Why there is no such delivery.
pub fn draft(provider: &Provider, wanted: Draft<'_>) -> Result<Sample, ProviderError> {
    // A body is JSON where that will do.
    let form = Body::Form(Vec::new());
    match attempt(provider, wanted, Body::Json(Value::Null)) {
        Ok(sample) => Ok(sample),
        Err(ProviderError::NoPlace { .. }) => attempt(provider, wanted, form),
        Err(problem) => attempt(provider, wanted, form).map_err(|_| problem),
    }
}

fn attempt(provider: &Provider, wanted: Draft<'_>, body: Body) -> Result<Sample, ProviderError> {
    let content_type = match &body {
        Body::Json(_) => "application/json",
        Body::Form(_) => "application/x-www-form-urlencoded",
    };
    let mut made = Attempt {
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body,
    };
    let locations = provider.locations();
    if let Some(kind) = wanted.kind
        && !locations
            .kind
            .as_ref()
            .is_some_and(|place| made.put(place, kind))
    {
        return Err(no_place(provider, kind));
    }
    let nonce = hex(wanted.nonce, 16);
    if let Some(place) = &locations.id {
        // Of several places one that is signed decides.
        let mut places: Vec<&Location> = alternatives(place).iter().collect();
        places.sort_by_key(|place| !provider.verifier().signs(place));
        let id = format!("coatcheck-{nonce}");
        // Where it has no place and must have one, the rehearsal says so.
        let _ = places.into_iter().any(|place| made.put(place, &id));
    }
    made.write_clock(provider, wanted.now);
    made.write_nonce(&nonce);
    for name in provider.missing(&made.headers) {
        made.headers.push((name, format!("coatcheck-{nonce}")));
    }
    let sample = Sample {
        body: made.body.bytes(wanted.size)?,
        headers: made.headers,
        vary: Some(nonce),
        ..Sample::default()
    };
    if !provider.has_public_key() {
        let headers = provider.sign(&sample.headers, &sample.body, wanted.now)?;
        let expected = provider.rehearse(&headers, &sample.body, wanted.now)?;
        if let Some(kind) = wanted.kind
            && expected.event.kind != kind
        {
            return Err(no_place(provider, kind));
        }
    }
    Ok(sample)
}

fn no_place(provider: &Provider, kind: &str) -> ProviderError {
    ProviderError::NoPlace {
        kind: kind.to_owned(),
        from: provider.locations().kind.clone(),
    }
}

impl Holder for Attempt {
    fn hold(&mut self, place: &Location, value: &str) -> bool {
        let add = |pairs: &mut Pairs, name: &String| {
            let is_free = !pairs.iter().any(|(have, _)| have == name);
            if is_free {
                pairs.push((name.clone(), value.to_owned()));
            }
            is_free
        };
        match (place, &mut self.body) {
            (Location::Header(name), _) => add(&mut self.headers, name),
            (Location::Json(pointer), Body::Json(root)) => put_json(root, pointer, value.into()),
            (Location::Form(name), Body::Form(fields)) => add(fields, name),
            _ => false,
        }
    }
}

impl Attempt {
    /// `sign` leaves a time inside the body to its caller.
    fn write_clock(&mut self, provider: &Provider, now: Timestamp) {
        if let (Proof::Signed(signed), Body::Json(root)) =
            (&provider.scheme().proof, &mut self.body)
            && let Some(spec) = &signed.timestamp
            && let TimestampFrom::Json(pointer) = &spec.from
        {
            put_json(root, pointer, clock(now, spec.unit));
        }
    }

    /// Where its bytes identify an event, other bytes are a different event.
    fn write_nonce(&mut self, nonce: &str) {
        let name = "coatcheck".to_owned();
        match &mut self.body {
            Body::Json(Value::Array(items)) => items.push(json!({ name: nonce })),
            Body::Json(Value::Object(members)) => {
                members.entry(name).or_insert_with(|| nonce.into());
            }
            Body::Json(other) => *other = json!({ name: nonce }),
            Body::Form(fields) => fields.push((name, nonce.to_owned())),
        }
    }
}

/// Makes the scalar at a JSON pointer, and what leads there.
fn put_json(root: &mut Value, pointer: &str, value: Value) -> bool {
    let Some(path) = pointer.strip_prefix('/') else {
        return false;
    };
    let mut at = root;
    for token in path.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        if at.is_null() {
            *at = if token == "0" {
                Value::Array(Vec::new())
            } else {
                Value::Object(Map::new())
            };
        }
        at = match at {
            Value::Object(members) => members.entry(token).or_insert(Value::Null),
            Value::Array(items) => {
                let Ok(index) = token.parse::<usize>() else {
                    return false;
                };
                if index == items.len() {
                    items.push(Value::Null);
                }
                match items.get_mut(index) {
                    Some(item) => item,
                    None => return false,
                }
            }
            _ => return false,
        };
    }
    if at.is_null() {
        *at = value;
        return true;
    }
    *at == value
}

impl Body {
    /// The bytes, exactly as many as are wanted.
    fn bytes(&self, size: Option<usize>) -> Result<Vec<u8>, ProviderError> {
        let (mut text, last) = match self {
            Self::Json(value) => (value.to_string(), value.to_string().pop()),
            Self::Form(fields) => (form(fields), None),
        };
        let Some(size) = size else {
            return Ok(text.into_bytes());
        };
        let room = size.checked_sub(text.len());
        let room = room.ok_or(ProviderError::TooSmall(text.len()))?;
        match last {
            Some(last) => {
                text.pop();
                text += &filler(last == ']', room);
                text.push(last);
            }
            None => {
                let data = format!("&data={}", "x".repeat(room));
                text.extend(data.chars().take(room));
            }
        }
        Ok(text.into_bytes())
    }
}

/// A member or an item of so many bytes; white space where none fits.
fn filler(is_item: bool, bytes: usize) -> String {
    let (open, close) = if is_item {
        (r#",{"data":["#, "]}")
    } else {
        (r#","data":["#, "]")
    };
    let Some(mut room) = bytes.checked_sub(open.len() + close.len()) else {
        return " ".repeat(bytes);
    };
    let mut text = open.to_owned();
    for number in 0.. {
        let comma = if number == 0 { "" } else { "," };
        let record = format!(
            r#"{comma}{{"number":{number},"text":"one of the records that fill a body, with an \"escape\" and é","list":[true,null,0.5,-1e9]}}"#
        );
        match room.checked_sub(record.len()) {
            Some(rest) => room = rest,
            None => break,
        }
        text += &record;
    }
    text += &" ".repeat(room);
    text + close
}

fn form(fields: &[(String, String)]) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let fields = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    fields.collect::<Vec<_>>().join("&")
}
