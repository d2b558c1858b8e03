//! A console that listens, and a client that writes its requests by hand: what a browser would
//! not send, another program may.

mod about;
mod attacks;
mod bounds;
mod changes;
mod client;
mod cloud;
mod event;
mod events;
mod hostile;
mod limits;
mod live;
mod operating;
mod overview;
mod pages;
mod redacted;
mod replay;
mod server;
mod store;

use self::server::{Server, Way};
