//! The kinds of schemes: a file each, behind one trait. To add one, write its file, name it here, and
//! give it a variant and a word in `scheme/mod.rs`.

mod adyen;
mod contentful;
mod form;
mod jwt;
mod kind;
mod mailgun;
mod message;
mod plaid;
mod signed;
mod token;
mod twilio;

use std::sync::Arc;

pub use self::form::form_fields;
pub(crate) use self::{kind::Kind, token::Token};
use crate::{Proof, SchemeError, Site};

/// What proves a delivery, ready for an endpoint of this site.
pub(crate) fn compile(proof: &Proof, site: &Site<'_>) -> Result<Arc<dyn Kind>, SchemeError> {
    Ok(match proof {
        Proof::Signed(scheme) => Arc::new(signed::Signed::compile(scheme, site)?),
        Proof::Token(scheme) => Arc::new(Token::compile(scheme)?),
        Proof::Basic => Arc::new(Token::basic()),
        Proof::Message(scheme) => Arc::new(message::HttpMessage::compile(scheme, site)?),
        Proof::Plaid => Arc::new(plaid::Plaid::new()),
        Proof::Contentful => Arc::new(contentful::Contentful::compile(site)?),
        Proof::Twilio => Arc::new(twilio::Twilio::compile(site)?),
        Proof::Mailgun => Arc::new(mailgun::Mailgun::new()),
        Proof::Jwt(scheme) => Arc::new(jwt::Jwt::compile(scheme)?),
        Proof::Adyen => Arc::new(adyen::Adyen::new()),
    })
}
