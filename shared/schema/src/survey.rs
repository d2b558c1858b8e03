use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    SchemaProblem,
    bounds::{PATTERN_LENGTH, SCHEMA_DEPTH, SCHEMA_PATTERNS, SCHEMA_REFERENCES},
};

/// What a look at a whole schema finds.
#[derive(Default)]
pub(crate) struct Survey {
    /// Every name of a member in it.
    pub(crate) names: BTreeSet<String>,
    /// The most patterns of one `patternProperties`.
    pub(crate) name_patterns: usize,
    references: usize,
    patterns: usize,
    /// The length of the longest.
    pattern_length: usize,
}

impl Survey {
    /// Looks at every value, also where no rule can be: what is counted twice is counted on the
    /// safe side.
    ///
    /// # Errors
    /// [`SchemaProblem::TooMuch`], [`SchemaProblem::Draft`].
    pub(crate) fn of(schema: &Value) -> Result<Self, SchemaProblem> {
        let mut survey = Self::default();
        survey.visit(schema, 0)?;
        for (count, of, most) in [
            (survey.references, "references", SCHEMA_REFERENCES),
            (survey.patterns, "patterns", SCHEMA_PATTERNS),
            (survey.pattern_length, "bytes in a pattern", PATTERN_LENGTH),
        ] {
            if count > most {
                return Err(SchemaProblem::TooMuch { of, most });
            }
        }
        Ok(survey)
    }

    fn visit(&mut self, value: &Value, depth: usize) -> Result<(), SchemaProblem> {
        if depth > SCHEMA_DEPTH {
            let most = SCHEMA_DEPTH;
            return Err(SchemaProblem::TooMuch { of: "levels", most });
        }
        match value {
            Value::Array(items) => {
                for item in items {
                    self.visit(item, depth + 1)?;
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    self.count(name, value)?;
                    self.names.insert(name.clone());
                    self.visit(value, depth + 1)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, name: &str, value: &Value) -> Result<(), SchemaProblem> {
        match (name, value) {
            ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(_)) => self.references += 1,
            ("pattern", Value::String(pattern)) => self.found(pattern),
            ("patternProperties", Value::Object(patterns)) => {
                patterns.keys().for_each(|pattern| self.found(pattern));
                self.name_patterns = self.name_patterns.max(patterns.len());
            }
            ("$schema", Value::String(draft)) => {
                crate::draft::draft(draft)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn found(&mut self, pattern: &str) {
        self.patterns += 1;
        self.pattern_length = self.pattern_length.max(pattern.len());
    }
}
