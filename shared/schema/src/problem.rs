/// A schema cannot be used. The texts show parts of it, for its author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaProblem {
    /// Longer than [`SCHEMA_BYTES`](crate::bounds::SCHEMA_BYTES).
    #[error("the schema has {0} bytes, more than the {max} that are taken", max = crate::bounds::SCHEMA_BYTES)]
    TooLong(usize),
    /// Not JSON.
    #[error("the schema is not JSON: see line {line}, column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// Larger than another bound.
    #[error("the schema has more than {most} {of}")]
    TooMuch {
        /// Of what: levels, references, patterns.
        of: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// Another draft than 2020-12 and 7, or a meta-schema of its own.
    #[error(
        "$schema is {0}; only https://json-schema.org/draft/2020-12/schema and http://json-schema.org/draft-07/schema# are taken"
    )]
    Draft(String),
    /// A reference leads out of the document: nothing is fetched.
    #[error(
        "a reference leads out of the schema: {0}. Put that document under $defs, with its $id"
    )]
    Outside(String),
    /// It breaks a rule of its draft, or a pattern cannot be compiled.
    #[error("the schema breaks a rule of its draft at {place:?}: {what}")]
    Invalid {
        /// JSON pointer into the schema.
        place: String,
        /// Which rule.
        what: String,
    },
    /// It could not be compiled.
    #[error("the schema cannot be compiled")]
    Panicked,
}
