use domain::Headers;
use scan::JsonPointer;

use super::kind::Kind;
use crate::{
    Algorithm, Grammar, Key, Names, Part, Read, Rejection, SchemeDescription, SchemeError,
    SignError, SignInput, SignatureSpec, SignedScheme, Site, TimestampFrom, TimestampUnit,
    algorithm::Prover,
    claim::{Coverage, Evidence, HeaderClaim},
    clock::{self, Moment, Window},
    compile,
    content::{Template, is_clock, single},
    grammar::{Parsed, Syntax},
    signing::{Pairs, make},
};

/// A signature over a template around the body.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    scheme: SignedScheme,
    syntax: Syntax,
    template: Template,
    json_clock: Option<JsonPointer>,
    signs_clock: bool,
    prover: Prover,
}

impl Signed {
    pub(super) fn compile(scheme: &SignedScheme, site: &Site<'_>) -> Result<Self, SchemeError> {
        compile::check(scheme)?;
        let timestamp = scheme.timestamp.as_ref();
        let json_clock = match timestamp.map(|spec| &spec.from) {
            Some(TimestampFrom::Json(pointer)) => JsonPointer::parse(pointer).ok(),
            _ => None,
        };
        Ok(Self {
            syntax: Syntax::new(&scheme.signature, scheme.algorithm.length()),
            template: Template::new(&scheme.content, timestamp, site)?,
            signs_clock: json_clock.is_some()
                || scheme.content.iter().any(|part| is_clock(part, timestamp)),
            json_clock,
            scheme: scheme.clone(),
            prover: Prover {
                algorithm: scheme.algorithm,
                key: scheme.key.clone(),
                keeps_prefix: scheme.signature.grammar == Grammar::Kv,
            },
        })
    }

    /// The first of the alternative headers that is there.
    fn family(&self, headers: &Headers) -> Option<(usize, &String)> {
        let mut names = self.scheme.signature.headers.iter().enumerate();
        names.find(|(_, name)| is_there(headers, name))
    }

    /// Where the timestamp is.
    fn clock_from(&self) -> Option<&TimestampFrom> {
        self.scheme.timestamp.as_ref().map(|spec| &spec.from)
    }

    /// The timestamp, if it is in the headers.
    fn clock(
        &self,
        headers: &Headers,
        family: usize,
        parsed: &Parsed<'_>,
    ) -> Result<Option<i64>, Rejection> {
        let Some(spec) = &self.scheme.timestamp else {
            return Ok(None);
        };
        let text = match &spec.from {
            TimestampFrom::Header(names) => single(headers, names.at(family))?,
            TimestampFrom::Param(name) => parsed.param(name)?,
            TimestampFrom::Json(_) => return Ok(None),
        };
        clock::parse(text.ok_or(Rejection::TimestampMissing)?, spec.unit).map(Some)
    }

    fn covers(&self, family: usize) -> Coverage {
        Coverage::Body(self.template.headers(family).map(str::to_owned).collect())
    }
}

impl Kind for Signed {
    fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        let family = self.family(headers);
        if family.is_none()
            && !self
                .scheme
                .signature
                .more_headers
                .iter()
                .any(|name| is_there(headers, name))
        {
            return Err(Rejection::SignatureMissing);
        }
        let mut parsed = match family {
            Some((_, name)) => self.syntax.parse(ascii(headers, name)?)?,
            None => Parsed::of(Vec::new()),
        };
        for name in &self.scheme.signature.more_headers {
            if is_there(headers, name) {
                let more = self.syntax.parse(ascii(headers, name)?)?;
                parsed.signatures.extend(more.signatures);
            }
        }
        let family = family.map_or(0, |(family, _)| family);
        let unix_s = self.clock(headers, family, &parsed)?;
        let frame = self.template.frame(headers, family, &parsed)?;
        Ok(HeaderClaim {
            evidence: Evidence::Around {
                signatures: parsed.signatures,
                frame,
            },
            moment: unix_s.map(Moment::at),
            coverage: self.covers(family),
        })
    }

    fn prover(&self) -> Option<&Prover> {
        Some(&self.prover)
    }

    fn window(&self) -> Option<Window> {
        self.scheme.timestamp.as_ref().map(|spec| Window {
            max_age_s: spec.max_age_s,
            max_future_s: spec.max_future_s,
        })
    }

    fn replay_protected(&self) -> bool {
        self.signs_clock
    }

    fn signs_only_the_body(&self) -> bool {
        self.template.is_bare()
    }

    fn json_clock(&self) -> Option<(&JsonPointer, TimestampUnit)> {
        self.json_clock
            .as_ref()
            .zip(self.scheme.timestamp.as_ref().map(|spec| spec.unit))
    }

    fn coverage(&self) -> Vec<Coverage> {
        (0..self.scheme.signature.headers.len())
            .map(|family| self.covers(family))
            .collect()
    }

    fn evidence(&self, headers: &Headers) -> Vec<String> {
        let (family, first) = match self.family(headers) {
            Some((family, name)) => (family, Some(name)),
            None => (0, None),
        };
        let clock = match self.clock_from() {
            Some(TimestampFrom::Header(names)) => Some(names.at(family)),
            _ => None,
        };
        self.template
            .headers(family)
            .chain(first.map(String::as_str))
            .chain(clock)
            .chain(
                self.scheme
                    .signature
                    .more_headers
                    .iter()
                    .map(String::as_str),
            )
            .map(str::to_owned)
            .collect()
    }

    fn sign(&self, key: &Key, input: &SignInput<'_>, all: &mut Pairs) -> Result<(), SignError> {
        let mut params: Vec<(&str, &str)> = input.params.to_vec();
        let stamp;
        if let Some(spec) = &self.scheme.timestamp {
            stamp = clock::format(input.now, spec.unit).ok_or(SignError::Time)?;
            match &spec.from {
                TimestampFrom::Header(names)
                    if !all.iter().any(|(have, _)| have == names.at(0)) =>
                {
                    all.push((names.at(0).to_owned(), stamp));
                }
                TimestampFrom::Param(name) if !params.iter().any(|(have, _)| have == name) => {
                    params.push((name, &stamp));
                }
                _ => {}
            }
        }
        let given = Headers::from_pairs(all.iter().cloned());
        let frame = self
            .template
            .frame(&given, 0, &Parsed::of(params.clone()))
            .map_err(SignError::Headers)?;
        let signature = make(&self.prover, key, &frame.around(input.body))?;
        let value = self.syntax.write(&params, &signature);
        all.push((
            self.scheme
                .signature
                .headers
                .first()
                .cloned()
                .unwrap_or_default(),
            value,
        ));
        Ok(())
    }

    fn describe(&self) -> SchemeDescription {
        let SignedScheme {
            algorithm,
            signature,
            content,
            timestamp,
            ..
        } = &self.scheme;
        let clock = timestamp.as_ref().map(|spec| {
            let place = match &spec.from {
                TimestampFrom::Header(names) => format!("in the header `{}`", names.at(0)),
                TimestampFrom::Param(name) => format!("at `{name}` in the signature header"),
                TimestampFrom::Json(pointer) => format!("at `{pointer}` in the body"),
            };
            format!("{place}: {}", spec.unit.describe())
        });
        SchemeDescription {
            kind: match algorithm {
                Algorithm::HmacSha1 | Algorithm::HmacSha256 | Algorithm::HmacSha512 => "hmac",
                Algorithm::Ed25519 => "ed25519",
                Algorithm::EcdsaP256 | Algorithm::EcdsaP256Fixed => "ecdsa-p256",
            },
            proof: format!("{}, {}", algorithm.describe(), signature.describe()),
            signed: format!(
                "`{}`",
                content.iter().map(Part::describe).collect::<String>()
            ),
            clock: clock.unwrap_or_else(|| "nowhere".to_owned()),
            has_public_key: algorithm.mac().is_none(),
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, headers: &Headers) -> Vec<Read> {
        let SignatureSpec {
            headers: names,
            more_headers,
            ..
        } = &self.scheme.signature;
        let family = self.family(headers).map(|(family, _)| family);
        let read = |names: &Names, is_written| Read {
            names: match (names, family) {
                (Names::Each(names), Some(at)) => names.get(at).into_iter().cloned().collect(),
                (names, _) => names.all().to_vec(),
            },
            is_written,
        };
        let mut reads = vec![Read {
            names: names.iter().chain(more_headers).cloned().collect(),
            is_written: true,
        }];
        if let Some(TimestampFrom::Header(names)) = self.clock_from() {
            reads.push(read(names, true));
        }
        for part in &self.scheme.content {
            if let Part::Header(names) = part {
                reads.push(read(names, false));
            }
        }
        reads
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
