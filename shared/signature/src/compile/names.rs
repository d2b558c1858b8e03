//! Names of headers and parameters, and JSON pointers.

use scan::JsonPointer;

use crate::{Grammar, Names, SchemeError, SignatureSpec};

pub(super) fn check_names(
    field: &'static str,
    names: &Names,
    signature: &SignatureSpec,
) -> Result<(), SchemeError> {
    for name in names.all() {
        check_header(field, name)?;
        if signature.headers.contains(name) || signature.more_headers.contains(name) {
            let problem = format!("{name:?} holds the signature, which cannot sign itself");
            return Err(SchemeError::rule(
                field,
                problem,
                "name a parameter of it, or another header",
            ));
        }
    }
    if matches!(names, Names::Each(list) if list.len() != signature.headers.len()) {
        return Err(SchemeError::rule(
            field,
            "a list of header names must be as long as signature.headers",
            "give one name for each signature header, or a single name as a string",
        ));
    }
    Ok(())
}

pub(super) fn check_param(
    field: &'static str,
    name: &str,
    signature: &SignatureSpec,
) -> Result<(), SchemeError> {
    if signature.grammar != Grammar::Kv {
        return Err(SchemeError::rule(
            field,
            "only the grammar kv has parameters",
            "set signature.grammar to kv",
        ));
    }
    if name.is_empty() || name.trim() != name {
        let problem = format!("the parameter {name:?} is empty or padded");
        return Err(SchemeError::rule(
            field,
            problem,
            "write it as in the header",
        ));
    }
    if signature.sig_keys.iter().any(|key| key == name) {
        let problem = format!("the parameter {name:?} is a signature");
        return Err(SchemeError::rule(
            field,
            problem,
            "remove it from signature.sig_keys or name another",
        ));
    }
    Ok(())
}

pub(crate) fn check_header(field: &'static str, name: &str) -> Result<(), SchemeError> {
    let good =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || !name.bytes().all(good) {
        let problem = format!("{name:?} is not a lower-case header name");
        return Err(SchemeError::rule(field, problem, "use a-z, 0-9, - _ and ."));
    }
    Ok(())
}

pub(crate) fn check_pointer(field: &'static str, pointer: &str) -> Result<(), SchemeError> {
    JsonPointer::parse(pointer).map(drop).map_err(|problem| {
        SchemeError::rule(
            field,
            format!("{pointer:?}: {problem}"),
            "write a JSON pointer, for instance /data/id",
        )
    })
}
