use domain::Headers;
use scan::Pointer;

use crate::{
    Grammar, Rejection, SchemeError, SignedScheme, Site, TimestampFrom, TimestampSpec,
    TimestampUnit,
    algorithm::Prover,
    claim::{Claim, Coverage, Evidence},
    clock::{self, Moment, Window},
    compile,
    content::{Template, is_clock, single},
    grammar::{Parsed, Syntax},
};

/// A signature over a template around the body.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) headers: Vec<String>,
    more_headers: Vec<String>,
    pub(crate) syntax: Syntax,
    pub(crate) template: Template,
    pub(crate) timestamp: Option<TimestampSpec>,
    json_clock: Option<Pointer>,
    signs_clock: bool,
    pub(crate) prover: Prover,
}

impl Signed {
    pub(super) fn compile(scheme: &SignedScheme, site: &Site<'_>) -> Result<Self, SchemeError> {
        compile::check(scheme)?;
        let timestamp = scheme.timestamp.as_ref();
        let json_clock = match timestamp.map(|spec| &spec.from) {
            Some(TimestampFrom::Json(pointer)) => Pointer::parse(pointer).ok(),
            _ => None,
        };
        Ok(Self {
            headers: scheme.signature.headers.clone(),
            more_headers: scheme.signature.more_headers.clone(),
            syntax: Syntax::new(&scheme.signature, scheme.algorithm.length()),
            template: Template::new(&scheme.content, timestamp, site)?,
            signs_clock: json_clock.is_some()
                || scheme.content.iter().any(|part| is_clock(part, timestamp)),
            json_clock,
            timestamp: scheme.timestamp.clone(),
            prover: Prover {
                algorithm: scheme.algorithm,
                key: scheme.key.clone(),
                keeps_prefix: scheme.signature.grammar == Grammar::Kv,
            },
        })
    }

    pub(super) fn claim(&self, headers: &Headers) -> Result<Claim, Rejection> {
        let family = self.family(headers);
        if family.is_none() && !self.more_headers.iter().any(|name| is_there(headers, name)) {
            return Err(Rejection::SignatureMissing);
        }
        let mut parsed = match family {
            Some((_, name)) => self.syntax.parse(ascii(headers, name)?)?,
            None => Parsed::of(Vec::new()),
        };
        for name in &self.more_headers {
            if is_there(headers, name) {
                let more = self.syntax.parse(ascii(headers, name)?)?;
                parsed.signatures.extend(more.signatures);
            }
        }
        let family = family.map_or(0, |(family, _)| family);
        let unix_s = self.clock(headers, family, &parsed)?;
        let frame = self.template.frame(headers, family, &parsed)?;
        Ok(Claim {
            evidence: Evidence::Around {
                signatures: parsed.signatures,
                frame,
            },
            moment: unix_s.map(Moment::at),
            coverage: self.covers(family),
        })
    }

    /// The first of the alternative headers that is there.
    fn family(&self, headers: &Headers) -> Option<(usize, &String)> {
        let mut names = self.headers.iter().enumerate();
        names.find(|(_, name)| is_there(headers, name))
    }

    /// The timestamp, if it stands in the headers.
    fn clock(
        &self,
        headers: &Headers,
        family: usize,
        parsed: &Parsed<'_>,
    ) -> Result<Option<i64>, Rejection> {
        let Some(spec) = &self.timestamp else {
            return Ok(None);
        };
        let text = match &spec.from {
            TimestampFrom::Header(names) => single(headers, names.at(family))?,
            TimestampFrom::Param(name) => parsed.param(name)?,
            TimestampFrom::Json(_) => return Ok(None),
        };
        clock::parse(text.ok_or(Rejection::TimestampMissing)?, spec.unit).map(Some)
    }

    /// The timestamp inside the body, if it stands there.
    pub(crate) fn json_clock(&self) -> Option<(&Pointer, TimestampUnit)> {
        self.json_clock
            .as_ref()
            .zip(self.timestamp.as_ref().map(|spec| spec.unit))
    }

    pub(super) fn window(&self) -> Option<Window> {
        self.timestamp.as_ref().map(|spec| Window {
            max_age_s: spec.max_age_s,
            max_future_s: spec.max_future_s,
        })
    }

    pub(super) fn signs_its_clock(&self) -> bool {
        self.signs_clock
    }

    fn covers(&self, family: usize) -> Coverage {
        Coverage::Body(self.template.headers(family).map(str::to_owned).collect())
    }

    pub(super) fn coverage(&self) -> Vec<Coverage> {
        (0..self.headers.len())
            .map(|family| self.covers(family))
            .collect()
    }

    pub(super) fn evidence(&self, headers: &Headers) -> Vec<String> {
        let (family, first) = match self.family(headers) {
            Some((family, name)) => (family, Some(name)),
            None => (0, None),
        };
        let clock = match self.timestamp.as_ref().map(|spec| &spec.from) {
            Some(TimestampFrom::Header(names)) => Some(names.at(family)),
            _ => None,
        };
        self.template
            .headers(family)
            .chain(first.map(String::as_str))
            .chain(clock)
            .chain(self.more_headers.iter().map(String::as_str))
            .map(str::to_owned)
            .collect()
    }
}

fn is_there(headers: &Headers, name: &str) -> bool {
    headers.get_all(name).next().is_some()
}

fn ascii<'h>(headers: &'h Headers, name: &'h str) -> Result<&'h str, Rejection> {
    let value = single(headers, name)?.ok_or(Rejection::SignatureMissing)?;
    if value.is_ascii() {
        Ok(value)
    } else {
        Err(Rejection::SignatureMalformed)
    }
}
