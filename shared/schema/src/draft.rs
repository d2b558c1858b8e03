use jsonschema::Draft;

use crate::SchemaProblem;

/// The draft of `$schema`.
pub(crate) fn draft(name: &str) -> Result<Draft, SchemaProblem> {
    match name.strip_suffix('#').unwrap_or(name) {
        "https://json-schema.org/draft/2020-12/schema" => Ok(Draft::Draft202012),
        "http://json-schema.org/draft-07/schema" | "https://json-schema.org/draft-07/schema" => {
            Ok(Draft::Draft7)
        }
        _ => Err(SchemaProblem::Draft(name.to_owned())),
    }
}
