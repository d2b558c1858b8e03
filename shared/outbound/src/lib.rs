//! Requests to hosts that others name: a subscription's destination, an issuer of tokens.
//!
//! [`Reach`] judges an address, [`Url`] takes a URL apart, and [`Fetcher`] gets a small document. A
//! name is looked up once, and the connection goes to an address that was judged: nothing can
//! change in between.

mod address;
mod fetch;
mod roots;
mod url;

pub use address::Reach;
pub use fetch::{FetchProblem, Fetcher};
pub use roots::system_roots;
pub use url::{Url, UrlProblem};
