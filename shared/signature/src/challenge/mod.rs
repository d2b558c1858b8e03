//! Challenges: how a provider checks that an endpoint exists and is ours.
//!
//! Most are signed like a delivery and are answered once they are verified. Some come
//! from anyone, before there is anything to verify by. What is answered then is so
//! narrow that it is useless to a stranger: the value is a plain token, and where a
//! MAC of it is asked for, no body that is such a token is ever taken as a delivery.

mod answer;
mod data;
mod token;

use self::data::{Placeholder, placeholders};
pub(crate) use self::token::is_plain;
pub use self::{
    answer::{Asked, ChallengeReply},
    data::{Ask, Challenge, Condition, Demand, Method, ReplyTemplate},
};
use crate::{
    Proof, Scheme, SchemeError,
    compile::{check_header, check_pointer},
};

const FIELD: &str = "challenges";

/// A scheme's challenges, checked.
#[derive(Debug, Clone)]
pub(crate) struct Challenges(pub(crate) Vec<Challenge>);

impl Challenges {
    pub(crate) fn compile(scheme: &Scheme) -> Result<Self, SchemeError> {
        scheme
            .challenges
            .iter()
            .try_for_each(|challenge| check(challenge, scheme))?;
        if let Some(reply) = &scheme.acknowledge {
            check_reply("acknowledge", reply)?;
            if placeholders(reply).next().is_some() {
                return Err(SchemeError::rule(
                    "acknowledge",
                    "it holds a placeholder, and there is no value to fill in",
                    "write the text to send",
                ));
            }
        }
        Ok(Self(scheme.challenges.clone()))
    }

    /// Whether anyone may have the MAC of a value of their choice.
    pub(crate) fn mac_for_strangers(&self) -> bool {
        self.0.iter().any(|challenge| {
            challenge.demand.is_open() && placeholders(&challenge.respond).any(Placeholder::is_mac)
        })
    }
}

fn check(challenge: &Challenge, scheme: &Scheme) -> Result<(), SchemeError> {
    let sources = challenge
        .when
        .iter()
        .map(|condition| &condition.at)
        .chain(&challenge.value)
        .chain(challenge.demand.token());
    for source in sources {
        let fits = match source {
            Ask::Header(name) => {
                check_header(FIELD, name)?;
                true
            }
            Ask::Json(pointer) => {
                check_pointer(FIELD, pointer)?;
                // A body is not read before it is verified.
                challenge.method == Method::Post && challenge.demand == Demand::Signature
            }
            Ask::Query(name) => !name.is_empty() && challenge.method != Method::Post,
        };
        if !fits {
            return Err(SchemeError::rule(
                FIELD,
                format!("{source} cannot be read here"),
                "use json with method POST and proof signature only, query with methods GET and HEAD only",
            ));
        }
    }
    if challenge
        .when
        .iter()
        .any(|condition| condition.is.is_some() && condition.absent.is_some())
    {
        return Err(SchemeError::rule(
            FIELD,
            "it asks for a text and for its absence",
            "keep one of is and absent",
        ));
    }
    check_reply(FIELD, &challenge.respond)?;
    let mut held = placeholders(&challenge.respond);
    if challenge.value.is_none() && held.next().is_some() {
        return Err(SchemeError::rule(
            FIELD,
            "the reply holds a placeholder, but there is no value",
            "say under value where to find the value",
        ));
    }
    let is_mac = matches!(&scheme.proof, Proof::Signed(signed) if signed.algorithm.mac().is_some());
    if placeholders(&challenge.respond).any(Placeholder::is_mac) && !is_mac {
        return Err(SchemeError::rule(
            FIELD,
            "only a scheme of kind hmac has a MAC to answer with",
            "use {value}",
        ));
    }
    let fits_all = challenge.when.is_empty() && challenge.value.is_none();
    if fits_all && challenge.method == Method::Post {
        return Err(SchemeError::rule(
            FIELD,
            "it matches every delivery, so no event would ever be stored",
            "say under when or value how it differs from a delivery",
        ));
    }
    Ok(())
}

fn check_reply(field: &'static str, reply: &ReplyTemplate) -> Result<(), SchemeError> {
    let rule = |problem: &str, remedy| Err(SchemeError::rule(field, problem, remedy));
    if !(200..300).contains(&reply.status) {
        return rule(
            "its status is not from 200 to 299",
            "leave status out for 200",
        );
    }
    if reply.text.is_some() && reply.json.is_some() {
        return rule("it has both text and json", "keep one");
    }
    for name in reply.headers.keys() {
        check_header(field, name)?;
        if [
            "content-type",
            "content-length",
            "transfer-encoding",
            "connection",
        ]
        .contains(&name.as_str())
        {
            return rule(
                "it sets a header that Coatcheck sets itself",
                "leave that header out",
            );
        }
    }
    if reply
        .headers
        .values()
        .any(|value| value.bytes().any(|b| !(0x20..0x7f).contains(&b)))
    {
        return rule(
            "a header's value is not printable ASCII",
            "use printable ASCII",
        );
    }
    Ok(())
}

impl Demand {
    /// Whether anyone may ask.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::None | Self::Operator)
    }

    pub(crate) fn token(&self) -> Option<&Ask> {
        match self {
            Self::Token(source) => Some(source),
            _ => None,
        }
    }
}
