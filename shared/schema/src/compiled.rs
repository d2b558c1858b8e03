use std::{
    collections::BTreeSet,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use domain::Mismatch;
use jsonschema::{Draft, PatternOptions, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;

use crate::{
    SchemaProblem,
    bounds::{COST, PATTERN_BYTES, PLACE_COST, SCHEMA_BYTES},
    draft::draft,
    instance::{Instance, Meter, Metered, within},
    mismatch::broken,
    multiple_of::MultipleOf,
    payload,
    survey::Survey,
};

/// A schema, ready to check payloads.
pub struct Schema {
    validator: Validator<Metered>,
    /// Names that a place may show.
    names: BTreeSet<String>,
    /// With how many patterns it compares a name at once, at most.
    name_patterns: usize,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema").finish_non_exhaustive()
    }
}

impl Schema {
    /// Compiles a schema. Without `$schema` it is of draft 2020-12. As both drafts say, `format`,
    /// `contentEncoding` and `contentMediaType` are notes for readers and check nothing.
    ///
    /// # Errors
    /// [`SchemaProblem`].
    pub fn compile(text: &str) -> Result<Self, SchemaProblem> {
        if text.len() > SCHEMA_BYTES {
            return Err(SchemaProblem::TooLong(text.len()));
        }
        let schema: Value = serde_json::from_str(text).map_err(|error| SchemaProblem::NotJson {
            line: error.line(),
            column: error.column(),
        })?;
        let survey = Survey::of(&schema)?;
        let draft = match schema.get("$schema") {
            None => Draft::Draft202012,
            Some(name) => draft(name.as_str().unwrap_or("not a text"))?,
        };
        // The library promises no panic; one must not end a function that serves other endpoints.
        let built = catch_unwind(|| {
            jsonschema::options_for::<Metered>()
                .with_draft(draft)
                .offline()
                .should_validate_formats(false)
                .without_content_media_type_support("application/json")
                .without_content_encoding_support("base64")
                .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES))
                .with_keyword("multipleOf", |_, divisor, _| {
                    let keyword = MultipleOf::new(divisor)
                        .ok_or_else(|| ValidationError::custom("not a number above 0"))?;
                    Ok(Box::new(keyword))
                })
                .build(&schema)
        });
        let validator = built
            .map_err(|_| SchemaProblem::Panicked)?
            .map_err(|error| {
                let what = error.masked().to_string();
                match error.kind() {
                    ValidationErrorKind::Referencing(_) => SchemaProblem::Outside(what),
                    _ => SchemaProblem::Invalid {
                        place: error.instance_path().as_str().to_owned(),
                        what,
                    },
                }
            })?;
        Ok(Self {
            validator,
            names: survey.names,
            name_patterns: survey.name_patterns,
        })
    }

    /// Checks a payload.
    ///
    /// # Errors
    /// [`Mismatch`]: it breaks a rule, is not JSON, or passes one of the [`bounds`](crate::bounds).
    pub fn check(&self, payload: &[u8]) -> Result<(), Mismatch> {
        self.check_at(payload, &Meter::of(COST, self.name_patterns))
    }

    /// Checks a payload, and says how much of [`COST`] that took; finding the place of a mismatch is not in it.
    pub fn measure(&self, payload: &[u8]) -> (Result<(), Mismatch>, u64) {
        let meter = Meter::of(COST, self.name_patterns);
        let outcome = self.check_at(payload, &meter);
        (outcome, COST - meter.left())
    }

    fn check_at(&self, payload: &[u8], meter: &Meter) -> Result<(), Mismatch> {
        let value = payload::read(payload)?;
        let instance = Instance::new(&value, meter);
        let is_valid = within(AssertUnwindSafe(|| self.validator.is_valid(instance)));
        if is_valid? {
            return Ok(());
        }
        // The second pass names the place. If it costs too much, the place stays unknown.
        let meter = Meter::of(PLACE_COST, self.name_patterns);
        let instance = Instance::new(&value, &meter);
        let describe = AssertUnwindSafe(|| {
            let error = self.validator.validate(instance).err()?;
            let (at, rule) = (error.instance_path().as_str(), error.schema_path().as_str());
            Some(broken(at, rule, &value, &self.names))
        });
        let known = within(describe).ok().flatten();
        Err(known.unwrap_or_else(|| Mismatch::Rule {
            place: String::new(),
            rule: String::new(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(place: &str, rule: &str) -> Mismatch {
        Mismatch::Rule {
            place: place.to_owned(),
            rule: rule.to_owned(),
        }
    }

    #[test]
    fn a_mismatch_names_the_place_and_the_rule() {
        let schema = json!({
            "properties": {
                "data": {"$ref": "#/$defs/data"},
                "users": {"additionalProperties": {"type": "object"}},
                "a/b~c": {"items": {"enum": ["x", "y"]}},
                "price": {"multipleOf": 0.01},
            },
            "required": ["data"],
            "unevaluatedProperties": false,
            "$defs": {"data": {"properties": {"amount": {"type": "integer"}}, "anyOf": [{"required": ["amount"]}, {"required": ["total"]}]}},
        });
        let schema = Schema::compile(&schema.to_string()).unwrap();
        let check = |payload: Value| schema.check(payload.to_string().as_bytes());
        assert_eq!(check(json!({"data": {"amount": 1}})), Ok(()));
        for (payload, expected) in [
            (
                json!({"data": {"amount": "1"}}),
                rule("/data/amount", "/$defs/data/properties/amount/type"),
            ),
            (json!({"data": {}}), rule("/data", "/$defs/data/anyOf")),
            (json!({}), rule("", "/required")),
            (
                json!({"data": {"total": 1}, "a/b~c": ["x", "z"]}),
                rule("/a~1b~0c/1", "/properties/a~1b~0c/items/enum"),
            ),
            (
                json!({"data": {"total": 1}, "users": {"a@example.com": 1}}),
                rule("/users/*", "/properties/users/additionalProperties/type"),
            ),
            (
                json!({"data": {"total": 1}, "price": 0.015}),
                rule("/price", "/properties/price/multipleOf"),
            ),
            (
                json!({"data": {"total": 1}, "other": 1}),
                rule("", "/unevaluatedProperties"),
            ),
        ] {
            assert_eq!(check(payload.clone()), Err(expected), "{payload}");
        }
    }

    #[test]
    fn formats_and_contents_are_notes() {
        for draft in [
            "https://json-schema.org/draft/2020-12/schema",
            "http://json-schema.org/draft-07/schema#",
        ] {
            for note in [
                json!({"format": "email"}),
                json!({"format": "regex"}),
                json!({"contentMediaType": "application/json"}),
                json!({"contentEncoding": "base64"}),
            ] {
                let mut schema = note;
                schema["$schema"] = draft.into();
                let schema = Schema::compile(&schema.to_string()).unwrap();
                assert_eq!(schema.check(b"\"(%\""), Ok(()));
            }
        }
    }

    #[test]
    fn drafts_differ() {
        let draft7 = json!({"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "integer"}], "additionalItems": false});
        let draft7 = Schema::compile(&draft7.to_string()).unwrap();
        assert_eq!(draft7.check(b"[1]"), Ok(()));
        assert!(draft7.check(b"[1,2]").is_err());
        let newer = json!({"prefixItems": [{"type": "integer"}], "items": false});
        let newer = Schema::compile(&newer.to_string()).unwrap();
        assert!(newer.check(b"[1,2]").is_err());
    }
}
