//! Schemes as they are written, in configuration or in a preset.

mod jwt;
mod message;
mod signed;

use domain::EventLocations;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use self::signed::{HmacFields, PublicKeyFields};
pub use self::{
    jwt::{JwtAlgorithm, JwtScheme},
    message::{MessageAlgorithm, MessageScheme},
    signed::{
        Algorithm, Encoding, Grammar, KeyDecode, KeySpec, Names, Part, SignatureSpec, SignedScheme,
        TimestampFrom, TimestampSpec, TimestampUnit, True,
    },
};
use crate::{Challenge, ReplyTemplate, SchemeError};

/// How a provider signs. Being readable does not make a scheme safe: see
/// [`crate::Verifier::compile`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// What proves a delivery.
    pub proof: Proof,
    /// Whether HTTP Basic credentials are demanded besides a signature.
    pub also_basic: bool,
    /// Where the facts about an event are; an endpoint may say otherwise.
    pub event: EventLocations,
    /// Whether the provider sends the same bytes for different events, so that equal
    /// bytes do not mean a repeated delivery.
    pub repeats: bool,
    /// What the provider asks to see that an endpoint is there and ours.
    pub challenges: Vec<Challenge>,
    /// What a delivery that was taken is answered with, where the provider wants
    /// something of its own.
    pub acknowledge: Option<ReplyTemplate>,
}

/// What proves a delivery: one variant per kind of proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A signature over a template around the body.
    Signed(Box<SignedScheme>),
    /// The secret itself, in a header.
    Token(TokenScheme),
    /// HTTP Basic credentials.
    Basic,
    /// HTTP Message Signatures (RFC 9421) over headers, and the body's digest
    /// (RFC 9530) among them.
    Message(MessageScheme),
    /// A JSON Web Token (RFC 7519) of an issuer.
    Jwt(Box<JwtScheme>),
    /// Plaid: a JSON Web Token over the body's digest.
    Plaid,
    /// Contentful: a canonical request whose headers the request names.
    Contentful,
    /// Twilio: the URL, and the form's fields in order or the body's digest.
    Twilio,
    /// Mailgun: a signature inside the body, over a timestamp and a token.
    Mailgun,
    /// Adyen: a signature inside each item of the body, over some of its fields.
    Adyen,
}

/// The fields of `"kind": "token"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenScheme {
    /// Name of the header, lower case.
    pub header: String,
    /// What comes before the secret, case-sensitive, for instance `Bearer `.
    #[serde(default)]
    pub prefix: Option<String>,
}

/// A kind without fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoFields {}

/// What every kind may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    #[serde(default)]
    also_require: Option<AlsoRequire>,
    #[serde(default)]
    event: EventLocations,
    #[serde(default)]
    repeats: bool,
    #[serde(default)]
    challenges: Vec<Challenge>,
    #[serde(default)]
    acknowledge: Option<ReplyTemplate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlsoRequire {
    #[serde(rename = "basic")]
    _basic: True,
}

const COMMON: [&str; 5] = [
    "also_require",
    "event",
    "repeats",
    "challenges",
    "acknowledge",
];
const KINDS: &str = "use hmac, ed25519, ecdsa-p256, token, basic, http-message, jwt, plaid, contentful, twilio, mailgun or adyen";

impl Scheme {
    /// Where an issuer publishes the keys, if they come from one.
    #[must_use]
    pub fn key_set_url(&self) -> Option<&str> {
        match &self.proof {
            Proof::Jwt(scheme) => scheme.key_set_url(),
            _ => None,
        }
    }
}

/// By hand, because a derived reader of tagged variants loses the path to a mistake.
impl TryFrom<Value> for Scheme {
    type Error = SchemeError;

    fn try_from(object: Value) -> Result<Self, SchemeError> {
        let Value::Object(mut fields) = object else {
            return Err(shape("scheme", "must be a preset's name or an object"));
        };
        let kind = match fields.remove("kind") {
            Some(Value::String(kind)) => kind,
            Some(other) => return Err(shape("kind", format!("{other} is not a word: {KINDS}"))),
            None => return Err(shape("kind", format!("missing: {KINDS}"))),
        };
        refuse_lists("", &Value::Object(fields.clone()))?;
        let mut common = Map::new();
        for name in COMMON {
            common.extend(fields.remove_entry(name));
        }
        let proof = match kind.as_str() {
            "hmac" => Proof::Signed(Box::new(read::<HmacFields>(fields)?.scheme()?)),
            "ed25519" => public(fields, Algorithm::Ed25519)?,
            "ecdsa-p256" => public(fields, Algorithm::EcdsaP256)?,
            "token" => Proof::Token(read(fields)?),
            "http-message" => Proof::Message(read(fields)?),
            "jwt" => Proof::Jwt(Box::new(read(fields)?)),
            "basic" => bare(fields, Proof::Basic)?,
            "plaid" => bare(fields, Proof::Plaid)?,
            "contentful" => bare(fields, Proof::Contentful)?,
            "twilio" => bare(fields, Proof::Twilio)?,
            "mailgun" => bare(fields, Proof::Mailgun)?,
            "adyen" => bare(fields, Proof::Adyen)?,
            other => return Err(shape("kind", format!("{other:?} is unknown: {KINDS}"))),
        };
        let Common {
            also_require,
            event,
            repeats,
            challenges,
            acknowledge,
        } = read(common)?;
        Ok(Self {
            proof,
            also_basic: also_require.is_some(),
            event,
            repeats,
            challenges,
            acknowledge,
        })
    }
}

fn public(fields: Map<String, Value>, algorithm: Algorithm) -> Result<Proof, SchemeError> {
    let fields: PublicKeyFields = read(fields)?;
    Ok(Proof::Signed(Box::new(fields.scheme(algorithm))))
}

fn bare(fields: Map<String, Value>, proof: Proof) -> Result<Proof, SchemeError> {
    read::<NoFields>(fields).map(|NoFields {}| proof)
}

/// Refuses a list where an object is meant: a derived reader takes its entries for
/// the object's members in order.
fn refuse_lists(path: &str, value: &Value) -> Result<(), SchemeError> {
    const LISTS: [&str; 15] = [
        "headers",
        "more_headers",
        "sig_keys",
        "versions",
        "content",
        "header",
        "challenges",
        "when",
        "components",
        "join",
        "first",
        "issuer",
        "audience",
        "algorithms",
        "endpoint_claims",
    ];
    let Value::Object(members) = value else {
        return match value {
            Value::Array(_) => Err(shape(path, "a list is not allowed here")),
            _ => Ok(()),
        };
    };
    for (name, value) in members {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match value {
            // What a reply or a claim holds is the provider's business.
            _ if name == "json" || name == "claims" => {}
            Value::Array(items) if LISTS.contains(&name.as_str()) => {
                for (at, item) in items.iter().enumerate() {
                    refuse_lists(&format!("{path}[{at}]"), item)?;
                }
            }
            other => refuse_lists(&path, other)?,
        }
    }
    Ok(())
}

/// Reads fields; a mistake is named by its path from the scheme's root.
fn read<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, SchemeError> {
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|problem| {
        let message = problem.inner().to_string();
        let parent = Some(problem.path().to_string()).filter(|path| path != ".");
        // Of a missing field the reader knows only where it is missing.
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split_once('`'));
        let field = match (parent, missing) {
            (Some(parent), Some((name, _))) => format!("{parent}.{name}"),
            (Some(parent), None) => parent,
            (None, Some((name, _))) => name.to_owned(),
            (None, None) => "scheme".to_owned(),
        };
        shape(field, message)
    })
}

fn shape(field: impl Into<String>, message: impl Into<String>) -> SchemeError {
    SchemeError::Shape {
        field: field.into(),
        message: message.into(),
    }
}
