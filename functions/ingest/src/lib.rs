//! Verifies a delivery over its exact bytes, stores the payload, then the
//! pointer, and only then says 2xx. Two programs are made of it: `ingest`, and `ingest-schema` for
//! stacks that check payloads by JSON Schema. The model test drives [`Ingest`] over stores of its own.

mod body;
mod endpoints;
mod function;
mod gateway;
mod ingest;
mod judge;
mod refusal;
#[cfg(test)]
mod tests;

pub use function::{ProcessSettings, run};
pub use gateway::{ProxyRequest, ProxyResponse};
pub use ingest::{Days, Ingest};
