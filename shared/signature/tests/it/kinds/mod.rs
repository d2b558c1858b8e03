//! Kinds other than a signature around the body.

mod headers;
mod inside;
mod jwt;
mod message;
mod shown;
