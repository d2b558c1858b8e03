use domain::{EventLocations, Headers, Location};
use scan::{Pointer, Scalar, ScanError};

use crate::{
    Digests, Grammar, HmacScheme, Key, KeyProblem, Rejection, Scheme, SchemeError, Session,
    TimestampFrom, TimestampSpec, Verified, clock, compile,
    content::{BodyForm, Frame, Template, is_clock, single},
    grammar::{Parsed, Syntax},
    mac::Mac,
};

/// Live keys of one endpoint, at most. With the scheme's `max_signatures` it
/// bounds the work of one delivery.
pub const MAX_KEYS: usize = 8;

/// A scheme made ready to judge deliveries. Holds no key: one per scheme is enough.
#[derive(Debug, Clone)]
pub struct Verifier {
    pub(crate) headers: Vec<String>,
    pub(crate) syntax: Syntax,
    pub(crate) template: Template,
    pub(crate) timestamp: Option<TimestampSpec>,
    pub(crate) json_clock: Option<Pointer>,
    pub(crate) mac: Mac,
    grammar: Grammar,
    replay_protected: bool,
    event: EventLocations,
}

/// What the headers of a delivery claim.
pub(crate) struct Claim {
    pub(crate) signatures: Vec<Vec<u8>>,
    pub(crate) frame: Frame,
    pub(crate) unix_s: Option<i64>,
    pub(crate) signed_headers: Vec<String>,
}

impl Verifier {
    /// Checks a scheme and makes it ready.
    ///
    /// # Errors
    /// [`SchemeError::Rule`] naming the field and the remedy. Among the rules: the
    /// body is signed; SHA-1 needs consent; grammars have what they need and no
    /// more; parts that touch keep their boundary.
    pub fn compile(scheme: &Scheme) -> Result<Self, SchemeError> {
        match scheme {
            Scheme::Hmac(scheme) => Self::hmac(scheme),
        }
    }

    fn hmac(scheme: &HmacScheme) -> Result<Self, SchemeError> {
        compile::check(scheme)?;
        let mac = Mac::new(scheme.hash, scheme.key.clone());
        let json_clock = match scheme.timestamp.as_ref().map(|spec| &spec.from) {
            Some(TimestampFrom::Json(pointer)) => Pointer::parse(pointer).ok(),
            _ => None,
        };
        let signs_clock = scheme
            .content
            .iter()
            .any(|part| is_clock(part, scheme.timestamp.as_ref()));
        Ok(Self {
            headers: scheme.signature.headers.clone(),
            syntax: Syntax::new(&scheme.signature, mac.length()),
            template: Template::new(&scheme.content, scheme.timestamp.as_ref()),
            timestamp: scheme.timestamp.clone(),
            replay_protected: signs_clock || json_clock.is_some(),
            json_clock,
            mac,
            grammar: scheme.signature.grammar,
            event: scheme.event.clone(),
        })
    }

    /// Where the facts about an event stand, as far as the scheme knows.
    #[must_use]
    pub fn event(&self) -> &EventLocations {
        &self.event
    }

    /// Whether a signed timestamp bounds how long a captured delivery can be
    /// replayed. Derived from what is signed, never declared.
    #[must_use]
    pub fn replay_protected(&self) -> bool {
        self.replay_protected
    }

    /// Whether the signed bytes are the body and nothing else; their digest is
    /// then the body's.
    #[must_use]
    pub fn signs_only_the_body(&self) -> bool {
        self.template.body == BodyForm::Raw && self.template.is_bare()
    }

    /// What is wrong with a key under this scheme; `None` if nothing.
    #[must_use]
    pub fn key_problem(&self, key: &Key) -> Option<KeyProblem> {
        key.problem(&self.mac.key, self.grammar)
    }

    /// Judges the headers alone, without key or body: everything there once, well
    /// formed and fresh. A pass proves nothing; it spares work.
    ///
    /// # Errors
    /// [`Rejection`], never of the key or of a mismatch.
    pub fn precheck(&self, headers: &Headers, now_unix_s: i64) -> Result<(), Rejection> {
        let claim = self.claim(headers)?;
        claim
            .unix_s
            .map_or(Ok(()), |unix_s| self.check_time(unix_s, now_unix_s))
    }

    /// Judges a whole delivery: the exact bytes of the body, under the live keys.
    ///
    /// The timestamp's window is judged after the MAC, so that a stale forgery is
    /// a mismatch and only the provider learns that it was late.
    ///
    /// # Errors
    /// [`Rejection`].
    pub fn verify<B: AsRef<[u8]>>(
        &self,
        headers: &Headers,
        body: B,
        keys: &[Key],
        now_unix_s: i64,
    ) -> Result<Verified<B>, Rejection> {
        let mut session = Session::start(self, headers, keys, Digests::default())?;
        session.update(body.as_ref());
        let (proof, _) = session.prove()?;
        let unix_s = match &self.json_clock {
            Some(pointer) => Some(
                self.read_json_clock(scan::scan(body.as_ref(), std::slice::from_ref(pointer)))?,
            ),
            None => proof.unix_s,
        };
        unix_s.map_or(Ok(()), |unix_s| self.check_time(unix_s, now_unix_s))?;
        Ok(Verified::new(body, proof))
    }

    /// Starts on a delivery whose body comes in pieces.
    ///
    /// # Errors
    /// [`Rejection`] of the headers and keys.
    pub fn begin(
        &self,
        headers: &Headers,
        keys: &[Key],
        digests: Digests,
    ) -> Result<Session<'_>, Rejection> {
        Ok(Session::start(self, headers, keys, digests)?.with_scanner())
    }

    /// Reads what the headers claim.
    pub(crate) fn claim(&self, headers: &Headers) -> Result<Claim, Rejection> {
        let mut present = self.headers.iter().enumerate();
        let (family, name) = present
            .find(|(_, name)| headers.get_all(name).next().is_some())
            .ok_or(Rejection::SignatureMissing)?;
        let value = single(headers, name)?.ok_or(Rejection::SignatureMissing)?;
        if !value.is_ascii() {
            return Err(Rejection::SignatureMalformed);
        }
        let parsed = self.syntax.parse(value)?;
        let unix_s = self.clock(headers, family, &parsed)?;
        let frame = self.template.frame(headers, family, &parsed)?;
        let signed_headers = self.template.headers(family).map(str::to_owned).collect();
        Ok(Claim {
            signatures: parsed.signatures,
            frame,
            unix_s,
            signed_headers,
        })
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

    /// The timestamp that a scan of the signed body found.
    pub(crate) fn read_json_clock(
        &self,
        found: Result<Vec<Option<Scalar>>, ScanError>,
    ) -> Result<i64, Rejection> {
        let Some(spec) = &self.timestamp else {
            return Err(Rejection::TimestampMissing);
        };
        let first = found
            .map_err(|_| Rejection::TimestampMalformed)?
            .into_iter()
            .next()
            .flatten();
        match first {
            Some(Scalar::String(text) | Scalar::Number(text)) => clock::parse(&text, spec.unit),
            Some(_) => Err(Rejection::TimestampMalformed),
            None => Err(Rejection::TimestampMissing),
        }
    }

    pub(crate) fn check_time(&self, unix_s: i64, now_unix_s: i64) -> Result<(), Rejection> {
        self.timestamp
            .as_ref()
            .map_or(Ok(()), |spec| clock::check(unix_s, spec, now_unix_s))
    }
}

/// Whether the signature covers a place: `signed_headers` are the headers in the
/// signed bytes, and the body is always among them.
pub(crate) fn covers(signed_headers: &[String], location: &Location) -> bool {
    match location {
        Location::Header(name) => signed_headers
            .iter()
            .any(|signed| signed.eq_ignore_ascii_case(name)),
        Location::Json(_) | Location::Literal(_) => true,
    }
}
