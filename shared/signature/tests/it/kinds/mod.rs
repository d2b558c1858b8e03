//! Kinds other than a signature around the body.

mod headers;
mod inside;
mod message;
mod shown;
