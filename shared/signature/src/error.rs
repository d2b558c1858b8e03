/// A scheme cannot be used: someone has to fix the configuration. The messages
/// are meant to be read by that person; they hold nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// There is no preset of that name.
    #[error("scheme: there is no preset {name:?}; use one of {known}, or write the scheme out")]
    UnknownPreset {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The object is not of the documented shape: a field is missing, unknown or of another type.
    #[error("{field}: {message}")]
    Shape {
        /// The field, as a path from the scheme's root, or `scheme`.
        field: String,
        /// What is wrong with it, and what it may be.
        message: String,
    },
    /// The fields are readable and do not make a safe scheme.
    #[error("{field}: {problem}; {remedy}")]
    Rule {
        /// The field, as a path from the scheme's root.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
        /// What to write instead.
        remedy: &'static str,
    },
}

impl SchemeError {
    pub(crate) fn rule(
        field: &'static str,
        problem: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self::Rule {
            field,
            problem: problem.into(),
            remedy,
        }
    }
}
