//! A console that listens, and a client that writes its requests by hand: what a browser would
//! not send, another program may.

mod about;
mod attacks;
mod changes;
mod client;
mod cloud;
mod limits;
mod live;
mod operating;
mod overview;
mod pages;
mod server;

use self::server::{Server, Way};
