//! How each kind of scheme judges. Each reads a claim from the headers; those whose
//! signature stands inside the body judge that too.

mod adyen;
mod contentful;
mod form;
mod mailgun;
mod message;
mod plaid;
mod signed;
mod token;
mod twilio;

use domain::Headers;

pub use self::form::form_fields;
pub(crate) use self::{contentful::Contentful, signed::Signed, token::Token};
use self::{message::Message, twilio::Twilio};
pub(crate) use self::{
    message::{digest_header, signature_headers},
    plaid::token as plaid_token,
};
use crate::{
    Key, Proof, Rejection, Scheme, SchemeError, Site,
    algorithm::Prover,
    claim::{Claim, Coverage},
    clock::{Moment, Window},
};

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Signed(Box<Signed>),
    Token(Token),
    Message(Box<Message>),
    Plaid(Prover),
    Contentful(Contentful),
    Twilio(Twilio),
    Mailgun(Prover),
    Adyen(Prover),
}

/// What a look into the body found. `signed` is what was signed.
pub(crate) struct Inside {
    pub(crate) key_id: String,
    pub(crate) signed: Vec<u8>,
    pub(crate) moment: Option<Moment>,
    pub(crate) coverage: Coverage,
}

impl Kind {
    pub(crate) fn compile(scheme: &Scheme, site: &Site<'_>) -> Result<Self, SchemeError> {
        Ok(match &scheme.proof {
            Proof::Signed(signed) => Self::Signed(Box::new(Signed::compile(signed, site)?)),
            Proof::Token(token) => Self::Token(Token::compile(token)?),
            Proof::Basic => Self::Token(Token::basic()),
            Proof::Message(message) => Self::Message(Box::new(Message::compile(message, site)?)),
            Proof::Plaid => Self::Plaid(plaid::prover()),
            Proof::Contentful => Self::Contentful(Contentful::compile(site)?),
            Proof::Twilio => Self::Twilio(Twilio::compile(site)?),
            Proof::Mailgun => Self::Mailgun(mailgun::prover()),
            Proof::Adyen => Self::Adyen(adyen::prover()),
        })
    }

    /// Reads what the headers claim.
    pub(crate) fn claim(&self, headers: &Headers) -> Result<Claim, Rejection> {
        match self {
            Self::Signed(signed) => signed.claim(headers),
            Self::Token(token) => token.claim(headers),
            Self::Message(message) => message.claim(headers),
            Self::Plaid(_) => plaid::claim(headers),
            Self::Contentful(contentful) => contentful.claim(headers),
            Self::Twilio(twilio) => twilio.claim(headers),
            Self::Mailgun(_) => Ok(mailgun::claim()),
            Self::Adyen(_) => Ok(adyen::claim()),
        }
    }

    /// Judges a body that holds its own proof, or whose form decides what is signed.
    pub(crate) fn look_inside(
        &self,
        body: &[u8],
        signatures: &[Vec<u8>],
        keys: &[Key],
    ) -> Result<Inside, Rejection> {
        match self {
            Self::Twilio(twilio) => twilio.judge(body, signatures, keys),
            Self::Mailgun(prover) => mailgun::judge(prover, body, keys),
            Self::Adyen(prover) => adyen::judge(prover, body, keys),
            // Their claims are never `Inside`.
            _ => Err(Rejection::SignatureMissing),
        }
    }

    /// What makes the signatures; none where the secret itself is shown.
    pub(crate) fn prover(&self) -> Option<&Prover> {
        match self {
            Self::Signed(signed) => Some(&signed.prover),
            Self::Message(message) => Some(&message.prover),
            Self::Contentful(contentful) => Some(&contentful.prover),
            Self::Twilio(twilio) => Some(&twilio.prover),
            Self::Plaid(prover) | Self::Mailgun(prover) | Self::Adyen(prover) => Some(prover),
            Self::Token(_) => None,
        }
    }

    /// How long a delivery is believed, where it is signed when it was sent.
    pub(crate) fn window(&self) -> Option<Window> {
        let five_minutes = Window {
            max_age_s: 300,
            max_future_s: 300,
        };
        match self {
            Self::Signed(signed) => signed.window(),
            Self::Message(message) => Some(message.window),
            Self::Plaid(_) => Some(five_minutes),
            Self::Contentful(_) => Some(contentful::WINDOW),
            Self::Mailgun(_) => Some(mailgun::WINDOW),
            Self::Token(_) | Self::Twilio(_) | Self::Adyen(_) => None,
        }
    }

    /// Whether the window is judged by a time that the signature covers.
    pub(crate) fn replay_protected(&self) -> bool {
        match self {
            Self::Signed(signed) => signed.signs_its_clock(),
            _ => self.window().is_some(),
        }
    }

    /// Whether a good signature over any text would also be one over it as a body.
    pub(crate) fn signs_only_the_body(&self) -> bool {
        matches!(self, Self::Signed(signed) if signed.template.is_bare())
    }

    /// What is signed of a body that decides it. Of the two ways Twilio has, the one
    /// that fits the body's form.
    pub(crate) fn signed_inside(&self, body: &[u8]) -> Result<Vec<u8>, Rejection> {
        match self {
            Self::Twilio(twilio) if body.starts_with(b"{") => Ok(twilio.json(body)),
            Self::Twilio(twilio) => Ok(twilio.form(body)),
            Self::Mailgun(_) => mailgun::signed(body),
            Self::Adyen(_) => adyen::signed(body),
            _ => Ok(Vec::new()),
        }
    }

    /// When a body says that it was signed.
    pub(crate) fn moment_inside(&self, body: &[u8]) -> Option<Moment> {
        match self {
            Self::Mailgun(_) => mailgun::moment(body),
            _ => None,
        }
    }

    /// Whether the headers alone prove a delivery, or bind the body by its digest.
    pub(crate) fn is_header_only(&self) -> bool {
        matches!(self, Self::Token(_) | Self::Message(_) | Self::Plaid(_))
    }

    /// What every good proof covers, at least: one entry for each family of names.
    pub(crate) fn coverage(&self) -> Vec<Coverage> {
        match self {
            Self::Signed(signed) => signed.coverage(),
            Self::Token(_) => vec![Coverage::Sender],
            Self::Message(message) => vec![message.coverage()],
            Self::Plaid(_) => vec![Coverage::Body(Vec::new())],
            Self::Contentful(_) => vec![contentful::coverage()],
            Self::Twilio(_) => vec![twilio::coverage()],
            Self::Mailgun(_) => vec![mailgun::coverage()],
            Self::Adyen(_) => vec![adyen::coverage()],
        }
    }

    /// Names of the headers that these were judged by.
    pub(crate) fn evidence(&self, headers: &Headers) -> Vec<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match self {
            Self::Signed(signed) => signed.evidence(headers),
            // The secret itself is no evidence to keep.
            Self::Token(_) | Self::Mailgun(_) | Self::Adyen(_) => Vec::new(),
            Self::Message(message) => message.evidence(headers),
            Self::Plaid(_) => owned(&[plaid::HEADER]),
            Self::Contentful(_) => contentful::evidence(headers),
            Self::Twilio(_) => owned(&[twilio::HEADER, "content-type"]),
        }
    }
}

/// The headers of Contentful that a sender writes: the list, the timestamp, the signature.
pub(crate) const CONTENTFUL_HEADERS: [&str; 3] = [
    contentful::LIST,
    contentful::TIMESTAMP,
    contentful::SIGNATURE,
];
