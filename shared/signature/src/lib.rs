//! Webhook signature schemes as data, compiled into verifiers.
//!
//! A [`Scheme`] says declaratively how a provider signs. [`Verifier::compile`]
//! refuses a scheme that could not protect anything, and names the field and the
//! remedy. The verifier then works on the bytes as they came:
//!
//! - [`Verifier::precheck`] looks at the headers alone, for the authorizer;
//! - [`Verifier::verify`] checks a whole delivery and returns it as [`Verified`],
//!   the only way to obtain one;
//! - [`Verifier::verify_body`] does the same where the headers were judged before.
//!
//! Everything is pure: clock and keys are arguments. Nothing taken from the
//! request chooses an algorithm, and no error tells what would have been right.
//!
//! ```
//! use signature::{Key, Rejection, Scheme, SignInput, Site, Verifier, sign};
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
mod encoding;
mod error;
mod facts;
mod grammar;
mod hash;
mod jwk;
mod key;
mod key_problem;
mod kinds;
mod preset;
mod rejection;
mod scheme;
mod sign;
mod site;
mod verified;
mod verifier;

pub use challenge::{Answer, Ask, Asked, Challenge, Condition, Demand, Method, Reply};
pub use clock::Window;
pub use error::SchemeError;
pub use facts::{FactProblem, Facts, Places};
pub use key::{Key, MAX_KEYS};
pub use key_problem::{KeyProblem, Oddity};
pub use kinds::form_fields;
pub use preset::{Preset, preset_file, presets};
pub use rejection::Rejection;
pub use scheme::{
    Algorithm, Encoding, Grammar, KeyDecode, KeySpec, MessageAlgorithm, MessageScheme, Names, Part,
    Proof, Scheme, SignatureSpec, SignedScheme, TimestampFrom, TimestampSpec, TimestampUnit,
    TokenScheme, True,
};
pub use sign::{SignError, SignInput, sign};
pub use site::Site;
pub use verified::Verified;
pub use verifier::Verifier;
