//! The console: pages about one stack, for a browser on the operator's own machine.
//!
//! [`open`] listens on loopback and makes a session for one browser, and
//! [`Opened::serve`] answers until its [`Stop`](operator::Stop) is requested. The pages show
//! what `operator` returns, and change nothing unless [`Settings::operate`] is set.
//!
//! | module | what it does |
//! |---|---|
//! | `guard` | refuses requests that do not come from the console's own pages in the right browser |
//! | `pages` | a folder for each page, and the table of routes |
//! | `frame` | what every page has: head, bar, footer, the list of keys |
//! | `markup` | the pieces that pages consist of; `shown` for foreign text |
//! | `failure` | an error as a page, with its status |
//! | `change` | what logs each change |
//! | `jobs` | changes that go on after their form was answered |
//! | `snapshot` | what the console knows about the stack, shared by all tabs |
//! | `live` | the stream that says which parts are to be fetched again |

#![expect(
    clippy::needless_pass_by_value,
    reason = "markup is made for one place, and moves there"
)]

mod address;
mod app;
mod assets;
mod background;
mod change;
mod failure;
mod fields;
mod frame;
#[cfg(fuzzing)]
pub mod fuzzing;
mod guard;
mod headers;
mod jobs;
mod limits;
mod live;
mod markup;
mod nonces;
mod pages;
mod patient;
mod running;
mod server;
mod session;
mod shell;
mod snapshot;
#[cfg(test)]
mod tests;

pub use self::{
    app::{Say, Settings},
    server::{Opened, open},
    session::Host,
};
