//! Where the signature is and how it is written.

use super::names::check_header;
use crate::{Encoding, Grammar, SchemeError, SignatureSpec};

/// Signatures in one header, at most. With [`crate::MAX_KEYS`] it bounds the work of one delivery.
const MAX_SIGNATURES: usize = 16;

pub(super) fn check(spec: &SignatureSpec) -> Result<(), SchemeError> {
    if spec.headers.is_empty() {
        return Err(SchemeError::rule(
            "signature.headers",
            "there is none",
            "name the header that holds the signature",
        ));
    }
    for name in &spec.headers {
        check_header("signature.headers", name)?;
    }
    check_more(spec)?;
    let is_kv = spec.grammar == Grammar::Kv;
    let is_versions = spec.grammar == Grammar::Versions;
    let belongs = [
        ("signature.pair_sep", spec.pair_sep.is_some(), is_kv, "kv"),
        ("signature.kv_sep", spec.kv_sep.is_some(), is_kv, "kv"),
        ("signature.sig_keys", !spec.sig_keys.is_empty(), is_kv, "kv"),
        (
            "signature.list_sep",
            spec.list_sep.is_some(),
            is_versions,
            "versions",
        ),
        (
            "signature.version_sep",
            spec.version_sep.is_some(),
            is_versions,
            "versions",
        ),
        (
            "signature.versions",
            !spec.versions.is_empty(),
            is_versions,
            "versions",
        ),
        (
            "signature.max_signatures",
            spec.max_signatures.is_some(),
            is_kv || is_versions,
            "kv or versions",
        ),
    ];
    for (field, given, fits, grammar) in belongs {
        if given && !fits {
            let problem = format!("belongs to the grammar {grammar}");
            return Err(SchemeError::rule(
                field,
                problem,
                "leave it out or change signature.grammar",
            ));
        }
    }
    if spec
        .max_signatures
        .is_some_and(|max| !(1..=MAX_SIGNATURES).contains(&max))
    {
        let problem = format!("not between 1 and {MAX_SIGNATURES}");
        return Err(SchemeError::rule(
            "signature.max_signatures",
            problem,
            "choose a number in that range",
        ));
    }
    if spec.prefix.as_deref() == Some("") {
        return Err(SchemeError::rule(
            "signature.prefix",
            "empty",
            "leave it out",
        ));
    }
    match spec.grammar {
        Grammar::Whole => Ok(()),
        Grammar::Kv => {
            let outer = (
                "signature.pair_sep",
                spec.pair_sep.as_deref().unwrap_or(","),
            );
            let inner = ("signature.kv_sep", spec.kv_sep.as_deref().unwrap_or("="));
            check_list(
                spec.encoding,
                outer,
                inner,
                ("signature.sig_keys", &spec.sig_keys),
            )
        }
        Grammar::Versions => {
            let outer = (
                "signature.list_sep",
                spec.list_sep.as_deref().unwrap_or(" "),
            );
            let inner = (
                "signature.version_sep",
                spec.version_sep.as_deref().unwrap_or(","),
            );
            check_list(
                spec.encoding,
                outer,
                inner,
                ("signature.versions", &spec.versions),
            )
        }
    }
}

/// Several headers with a signature each.
fn check_more(spec: &SignatureSpec) -> Result<(), SchemeError> {
    const FIELD: &str = "signature.more_headers";
    let more = &spec.more_headers;
    for (at, name) in more.iter().enumerate() {
        check_header(FIELD, name)?;
        if spec.headers.contains(name) || more.iter().take(at).any(|before| before == name) {
            let problem = format!("{name:?} is named twice");
            return Err(SchemeError::rule(FIELD, problem, "name each header once"));
        }
    }
    if more.len() >= MAX_SIGNATURES {
        let problem = format!("more than {}", MAX_SIGNATURES - 1);
        return Err(SchemeError::rule(FIELD, problem, "name fewer"));
    }
    if !more.is_empty() && spec.grammar != Grammar::Whole {
        return Err(SchemeError::rule(
            FIELD,
            "belongs to the grammar whole",
            "leave it out or change signature.grammar",
        ));
    }
    Ok(())
}

/// A list's separators must cut in one way only, and its labels must be named.
fn check_list(
    encoding: Encoding,
    outer: (&'static str, &str),
    inner: (&'static str, &str),
    (labels_field, labels): (&'static str, &[String]),
) -> Result<(), SchemeError> {
    for (field, separator) in [outer, inner] {
        let plain = |b: u8| b == b' ' || b.is_ascii_punctuation();
        if separator.is_empty() || !separator.bytes().all(plain) {
            return Err(SchemeError::rule(
                field,
                "not made of punctuation or spaces",
                "use for instance , ; = or a space",
            ));
        }
    }
    if outer.1.contains(inner.1) || inner.1.contains(outer.1) {
        return Err(SchemeError::rule(
            inner.0,
            format!("clashes with {}", outer.0),
            "give them different characters",
        ));
    }
    let alphabet = match encoding {
        Encoding::Hex => "",
        Encoding::Base64 => "+/=",
        Encoding::Base64Url => "-_",
    };
    if outer.1.contains(|c| alphabet.contains(c)) {
        return Err(SchemeError::rule(
            outer.0,
            "occurs inside encoded signatures",
            "use another separator",
        ));
    }
    if labels.is_empty() {
        return Err(SchemeError::rule(
            labels_field,
            "there is none",
            "name every label whose signature counts",
        ));
    }
    for label in labels {
        if label.is_empty()
            || label.trim() != label
            || label.contains(outer.1)
            || label.contains(inner.1)
        {
            let problem = format!("{label:?} is empty, padded or holds a separator");
            return Err(SchemeError::rule(
                labels_field,
                problem,
                "write the label as in the header",
            ));
        }
    }
    Ok(())
}
