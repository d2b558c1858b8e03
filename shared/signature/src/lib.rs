//! Webhook signature schemes as data, compiled into verifiers.
//!
//! ```text
//!  preset or JSON        endpoint's URL
//!        |                     |
//!      Scheme ──── compile ────┘         says how a provider signs; a scheme that could
//!        |                               protect nothing is refused, with the remedy
//!     Verifier                           holds no key
//!        |
//!        ├── precheck(headers)           well formed, fresh?      the authorizer
//!        ├── verify_headers(.., keys)    whole, where headers prove all but the body
//!        ├── verify(.., body, keys) ──┐                           ingest, admit
//!        └── verify_body(.., body) ───┤  after verify_headers     admit
//!                                     |
//!                                  Verified ──── Places ────> Facts
//!                          the only proof that a body      id, type, subject, ...
//!                          may be used                     and whether they were signed
//! ```
//!
//! Behind a verifier is one kind of proof (`kinds/`, a file each, behind one trait): it reads the
//! *claim* of the headers, knows what a good proof *covers*, writes the headers of a sender
//! ([`sign()`]), and tells a person about itself ([`Scheme::describe`]).
//!
//! Everything is pure: clock and keys are arguments. Nothing taken from the request chooses an
//! algorithm, and no error tells what would have been right.
//!
//! ```
//! use coatcheck_signature::{Key, Rejection, Scheme, SignInput, Site, Verifier, sign};
//! use domain::{Headers, SchemeRef};
//!
//! let scheme = Scheme::resolve(&SchemeRef::Preset("stripe".into()))?;
//! let key = Key::new("2026-11", "whsec_a_test_value_only");
//! let now = 1_700_000_000;
//! let headers = sign(&scheme, &key, &SignInput { body: b"{}", now, ..SignInput::default() })?;
//!
//! let verifier = Verifier::compile(&scheme, &Site::default())?;
//! let headers = Headers::from_pairs(headers);
//! let verified = verifier.verify(&headers, b"{}", &[key], now)?;
//! assert_eq!(verified.body(), b"{}");
//! assert_eq!(
//!     verifier.verify(&headers, b"{} ", &[Key::new("other", "x")], now).err(),
//!     Some(Rejection::SignatureMismatch),
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod algorithm;
mod challenge;
mod claim;
mod clock;
mod compile;
mod content;
mod describe;
mod description;
mod encoding;
mod error;
mod facts;
mod grammar;
mod hash;
mod jwk;
mod key;
mod key_problem;
mod kinds;
mod outgoing;
mod preset;
mod rejection;
mod scheme;
mod sign;
mod signing;
mod site;
mod verified;
mod verifier;

pub use challenge::{
    Ask, Asked, Challenge, ChallengeReply, Condition, Demand, Method, ReplyTemplate,
};
pub use clock::Window;
pub use description::{Read, SchemeDescription};
pub use error::SchemeError;
pub use facts::{AttributePlaces, FactProblem, Facts, Places};
pub use key::{Key, MAX_KEYS};
pub use key_problem::{JwkProblem, KeyProblem, Oddity};
pub use kinds::form_fields;
pub use outgoing::{NoSigningKey, OutgoingSignature};
pub use preset::{Preset, preset_file, presets};
pub use rejection::Rejection;
pub use scheme::{
    Algorithm, Encoding, Grammar, JwtAlgorithm, JwtScheme, KeyDecode, KeySpec, MessageAlgorithm,
    MessageScheme, Names, Part, Proof, Scheme, SignatureSpec, SignedScheme, TimestampFrom,
    TimestampSpec, TimestampUnit, TokenScheme, True,
};
pub use sign::sign;
pub use signing::{SignError, SignInput};
pub use site::Site;
pub use verified::Verified;
pub use verifier::Verifier;
