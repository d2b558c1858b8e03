//! Validates payloads by JSON Schema, drafts 2020-12 and 7.
//!
//! A schema comes from the operator and is trusted to be meant well. A payload is not: whoever
//! can make a provider send something chooses it. So a schema is refused if it is larger than
//! [`bounds`] say, patterns run in linear time, and each look at a payload is counted: a check
//! that would need more than its share ends, whatever the payload is. Steps that look at no
//! payload are not counted: references that double under `anyOf` cost their author.

pub mod bounds;
mod compiled;
mod draft;
mod instance;
mod mismatch;
mod multiple_of;
mod payload;
mod problem;
mod schemas;
mod survey;
mod unique;

pub use compiled::Schema;
pub use problem::SchemaProblem;
pub use schemas::Schemas;
