//! A console that listens, and a client that writes its requests by hand: what a browser would
//! not send, another program may.

mod attacks;
mod changes;
mod client;
mod cloud;
mod limits;
mod pages;
mod server;

use self::server::{Server, Way};
