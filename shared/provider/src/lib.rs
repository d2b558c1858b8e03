//! Plays a provider: makes deliveries of an endpoint's scheme, signs and posts them.
//!
//! ```text
//!  made up (draft)   or   given (Sample)
//!         └────────┬────────┘
//!          DeliveryTemplate      what may differ from delivery to delivery
//!                  | make(nonce, now)
//!            headers, body
//!                  | Provider::sign          Provider::rehearse says what event it will be
//!                  | Poster::post
//!                Reply           status, the endpoint's words, and what to do about a refusal
//! ```
//!
//! All but `http` is pure: clock, keys and nonces are arguments.

mod draft;
mod error;
mod holder;
mod http;
mod nonce;
mod placeholder;
mod provider;
mod reply;
mod sample;
mod sent;
mod span;
mod template;
#[cfg(test)]
mod tests;

pub use draft::{Draft, draft};
pub use error::ProviderError;
pub use http::{Poster, RawReply, Unanswered, exchange};
pub use nonce::Nonces;
pub use provider::{ExpectedEvent, Provider};
pub use reply::{Reply, ReplyBody};
pub use sample::{Pairs, Sample};
pub use sent::Sent;
pub use template::DeliveryTemplate;
