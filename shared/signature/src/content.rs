//! What is signed: a template around the body, filled in from the headers.

use std::sync::OnceLock;

use domain::Headers;

use crate::{
    Names, Part, Rejection, SchemeError, Site, TimestampFrom, TimestampSpec, TimestampUnit, clock,
    grammar::Parsed, hash::Body,
};

/// A scheme's content, split at the body.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    before: Vec<Piece>,
    pub(crate) body: BodyForm,
    after: Vec<Piece>,
    unit: Option<TimestampUnit>,
}

/// How the body enters the signed bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum BodyForm {
    #[default]
    Raw,
    Sha256Hex,
}

#[derive(Debug, Clone)]
struct Piece {
    source: Source,
    /// Whether it is the timestamp, whose own strict grammar bounds it.
    is_clock: bool,
}

#[derive(Debug, Clone)]
enum Source {
    Literal(String),
    Header(Names),
    Param(String),
}

/// The signed bytes around the body.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub(crate) before: Vec<u8>,
    pub(crate) form: BodyForm,
    pub(crate) after: Vec<u8>,
}

impl Frame {
    /// Whether the signed bytes are the body and nothing else.
    pub(crate) fn is_bare(&self) -> bool {
        self.form == BodyForm::Raw && self.before.is_empty() && self.after.is_empty()
    }

    /// All the signed bytes.
    pub(crate) fn around(&self, body: &[u8]) -> Vec<u8> {
        let sha256 = OnceLock::new();
        self.with(&Body::new(body, &sha256), |pieces| pieces.concat())
    }

    /// What is made of the signed bytes, which come in pieces so that the body is not copied.
    pub(crate) fn with<T>(&self, body: &Body<'_>, make: impl FnOnce(&[&[u8]]) -> T) -> T {
        match self.form {
            BodyForm::Raw => make(&[&self.before, body.bytes, &self.after]),
            BodyForm::Sha256Hex => {
                let hex = body.sha256().to_string();
                make(&[&self.before, hex.as_bytes(), &self.after])
            }
        }
    }
}

impl Template {
    /// Takes content whose rules have been checked. What the site says is constant.
    pub(crate) fn new(
        content: &[Part],
        timestamp: Option<&TimestampSpec>,
        site: &Site<'_>,
    ) -> Result<Self, SchemeError> {
        let mut template = Self {
            before: Vec::new(),
            body: BodyForm::Raw,
            after: Vec::new(),
            unit: timestamp.map(|spec| spec.unit),
        };
        let mut side = &mut template.before;
        for part in content {
            let source = match part {
                Part::Body(_) | Part::BodySha256Hex(_) => {
                    if matches!(part, Part::BodySha256Hex(_)) {
                        template.body = BodyForm::Sha256Hex;
                    }
                    side = &mut template.after;
                    continue;
                }
                Part::Lit(text) => Source::Literal(text.clone()),
                Part::Url(_) => Source::Literal(site.url()?.whole.to_owned()),
                Part::PathQuery(_) => Source::Literal(site.url()?.path_query.to_owned()),
                Part::Method(_) => Source::Literal(site.method.to_owned()),
                Part::Header(names) => Source::Header(names.clone()),
                Part::Param(name) => Source::Param(name.clone()),
            };
            side.push(Piece {
                source,
                is_clock: is_clock(part, timestamp),
            });
        }
        Ok(template)
    }

    /// Fills the template in; the values go in as they came.
    pub(crate) fn frame(
        &self,
        headers: &Headers,
        family: usize,
        parsed: &Parsed<'_>,
    ) -> Result<Frame, Rejection> {
        let value = |piece| value(piece, headers, family, parsed);
        let before: Vec<_> = self.before.iter().map(value).collect::<Result<_, _>>()?;
        let after: Vec<_> = self.after.iter().map(value).collect::<Result<_, _>>()?;
        // Read from the outside towards the body, each value ends where its neighbour begins.
        let ahead = self.before.iter().zip(&before);
        let behind = self.after.iter().zip(&after).rev();
        if self.blurs(ahead, false) || self.blurs(behind, true) {
            return Err(Rejection::SignatureMalformed);
        }
        Ok(Frame {
            before: before.concat().into_bytes(),
            form: self.body,
            after: after.concat().into_bytes(),
        })
    }

    /// Whether bytes of a value could as well belong to its neighbour. A signed
    /// `id.time.body` whose body holds another `.time.` would otherwise also be
    /// the signature of a longer id and a shorter body.
    fn blurs<'a>(
        &self,
        mut filled: impl Iterator<Item = (&'a Piece, &'a &'a str)>,
        backwards: bool,
    ) -> bool {
        let Some(mut last) = filled.next() else {
            return false;
        };
        for next in filled {
            let ((piece, value), (neighbour, bound)) = (last, next);
            last = next;
            if piece.is_clock || matches!(piece.source, Source::Literal(_)) {
                continue;
            }
            let blurred = match (&neighbour.source, self.unit) {
                (Source::Literal(_), _) => literal_moves(value, bound, backwards),
                (_, Some(unit)) => clock_moves(value, bound, unit, backwards),
                (_, None) => true,
            };
            if blurred {
                return true;
            }
        }
        false
    }

    /// The headers that are signed, for this family of names.
    pub(crate) fn headers(&self, family: usize) -> impl Iterator<Item = &str> {
        let pieces = self.before.iter().chain(&self.after);
        pieces.filter_map(move |piece| match &piece.source {
            Source::Header(names) => Some(names.at(family)),
            _ => None,
        })
    }

    /// Whether nothing is around the body.
    pub(crate) fn is_bare(&self) -> bool {
        self.body == BodyForm::Raw && self.before.is_empty() && self.after.is_empty()
    }
}

/// The only value of a header.
pub(crate) fn single<'h>(
    headers: &'h Headers,
    name: &'h str,
) -> Result<Option<&'h str>, Rejection> {
    headers
        .one(name)
        .map_err(|_| Rejection::SignatureDuplicated)
}

/// Whether a part is the one the timestamp is read from.
pub(crate) fn is_clock(part: &Part, timestamp: Option<&TimestampSpec>) -> bool {
    match (part, timestamp.map(|spec| &spec.from)) {
        (Part::Header(names), Some(TimestampFrom::Header(clock))) => names == clock,
        (Part::Param(name), Some(TimestampFrom::Param(clock))) => name == clock,
        _ => false,
    }
}

fn value<'h>(
    piece: &'h Piece,
    headers: &'h Headers,
    family: usize,
    parsed: &Parsed<'h>,
) -> Result<&'h str, Rejection> {
    let value = match &piece.source {
        Source::Literal(text) => return Ok(text),
        Source::Header(names) => {
            single(headers, names.at(family))?.ok_or(Rejection::SignatureMissing)?
        }
        Source::Param(name) => parsed.param(name)?.ok_or(Rejection::SignatureMalformed)?,
    };
    if value.is_empty() || !value.is_ascii() {
        return Err(Rejection::SignatureMalformed);
    }
    Ok(value)
}

/// Whether the literal beside a value also occurs earlier on the way to it.
fn literal_moves(value: &str, literal: &str, backwards: bool) -> bool {
    if backwards {
        format!("{literal}{value}").rfind(literal) != Some(0)
    } else {
        format!("{value}{literal}").find(literal) != Some(value.len())
    }
}

/// Whether a timestamp could be read earlier on the way to the one beside a value.
fn clock_moves(value: &str, clock: &str, unit: TimestampUnit, backwards: bool) -> bool {
    const LONGEST: usize = "2026-11-21T20:59:57.123456789+00:00".len();
    let all = if backwards {
        format!("{clock}{value}")
    } else {
        format!("{value}{clock}")
    };
    let reads = |from: usize, to: usize| {
        all.get(from..to)
            .is_some_and(|text| clock::has_form(text, unit))
    };
    if backwards {
        (clock.len() + 1..=all.len())
            .any(|to| (to.saturating_sub(LONGEST)..to).any(|from| reads(from, to)))
    } else {
        (0..value.len())
            .any(|from| (from..=all.len().min(from + LONGEST)).any(|to| reads(from, to)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_not_move_its_literal() {
        assert!(!literal_moves("msg_1", ".", false));
        assert!(literal_moves("msg_1.2", ".", false));
        assert!(!literal_moves("a-b", "--", false));
        assert!(literal_moves("a-", "--", false));
        assert!(literal_moves("a--b", "--", false));
        assert!(!literal_moves("a-", "--", true));
        assert!(literal_moves("-a", "--", true));
    }

    #[test]
    fn a_value_may_not_move_its_timestamp() {
        let (s, rfc) = (TimestampUnit::S, TimestampUnit::Rfc3339);
        assert!(!clock_moves("id-", "1700000000", s, false));
        assert!(clock_moves("id-1", "1700000000", s, false));
        assert!(clock_moves("id-1700000000{", "1700000001", s, false));
        assert!(!clock_moves("-id", "1700000000", s, true));
        assert!(clock_moves("1-id", "1700000000", s, true));
        assert!(clock_moves("}1700000000-id", "1700000001", s, true));
        let at = "2026-11-21T20:59:57Z";
        assert!(!clock_moves("e76c6bd4-0001", at, rfc, false));
        assert!(clock_moves(&format!("e76c{at}{{"), at, rfc, false));
    }
}
