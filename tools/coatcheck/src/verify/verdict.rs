use std::{collections::BTreeMap, fmt};

use domain::{EventIdentity, format_time};
use serde::Serialize;
use signature::{ChallengeReply, Verifier};

use crate::{
    delivery::Delivery,
    facts::{Identified, Refusal},
    shown::{Shown, line},
    words::{self, KeyKind},
};

/// What became of a delivery.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Verdict {
    Valid(Box<Valid>),
    Challenge(Answered),
    Refused(Refused),
}

/// A delivery whose signature is good.
#[derive(Serialize)]
pub(super) struct Valid {
    outcome: &'static str,
    scheme: String,
    key: String,
    key_from: String,
    replay_protected: bool,
    #[serde(skip)]
    replay: String,
    event: Option<Facts>,
    /// The optional facts that came and cannot be used: the event is accepted without them.
    left_out: Vec<&'static str>,
    /// Why it would be answered with a 400 all the same.
    refused: Option<Refusal>,
    notes: Vec<&'static str>,
}

/// The facts of an event.
#[derive(Serialize)]
struct Facts {
    /// `None` where the provider gives none.
    id: Option<String>,
    r#type: String,
    subject: String,
    ordering_key: Option<String>,
    occurred_at: String,
    /// `None` where it is made up for each delivery.
    key: Option<String>,
    key_kind: KeyKind,
}

/// A challenge, and what it is answered with.
#[derive(Serialize)]
pub(super) struct Answered {
    outcome: &'static str,
    status: u16,
    headers: BTreeMap<String, String>,
    content_type: Option<&'static str>,
    body: String,
}

/// A delivery that is not accepted.
#[derive(Serialize)]
pub(super) struct Refused {
    pub(super) outcome: &'static str,
    pub(super) message: String,
    /// What was signed, as far as the headers tell.
    pub(super) signed: Option<Shown>,
    pub(super) hints: Vec<String>,
}

impl Valid {
    pub(super) fn new(
        delivery: &Delivery,
        verifier: &Verifier,
        key: &str,
        key_from: &str,
        identified: Identified,
    ) -> Self {
        let mut notes = Vec::new();
        if delivery.method != "POST" {
            notes.push("Coatcheck takes deliveries by POST only");
        }
        if words::signs_nothing(&delivery.scheme.scheme) {
            notes.push("nothing is signed: the sender showed the secret, and the body is as safe as its TLS connection");
        }
        let (event, refused) = match identified.event {
            Ok((event, kind)) => (Some(Facts::new(event, kind)), None),
            Err(refusal) => (None, Some(refusal)),
        };
        Self {
            outcome: "valid",
            scheme: delivery.scheme.name.clone(),
            key: key.to_owned(),
            key_from: key_from.to_owned(),
            replay_protected: verifier.replay_protected(),
            replay: words::replay(verifier),
            event,
            left_out: identified.left_out,
            refused,
            notes,
        }
    }
}

impl Facts {
    fn new(event: EventIdentity, key_kind: KeyKind) -> Self {
        let is_delivery = key_kind == KeyKind::Delivery;
        Self {
            key: (!is_delivery).then(|| event.key.as_str().to_owned()),
            id: (key_kind == KeyKind::Id || event.id != event.key.as_str()).then_some(event.id),
            r#type: event.kind,
            subject: event.subject,
            ordering_key: event.ordering_key,
            occurred_at: format_time(event.occurred_at),
            key_kind,
        }
    }
}

impl Answered {
    pub(super) fn new(answer: ChallengeReply) -> Self {
        Self {
            outcome: "challenge",
            status: answer.status,
            headers: answer.headers,
            content_type: answer.content_type,
            body: answer.body,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid(valid) => valid.fmt(f),
            Self::Challenge(answered) => answered.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
        }
    }
}

impl fmt::Display for Valid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "valid")?;
        writeln!(f, "  scheme            {}", self.scheme)?;
        writeln!(f, "  key               {} ({})", self.key, self.key_from)?;
        writeln!(f, "  replay-protected  {}", self.replay)?;
        if let Some(event) = &self.event {
            event.fmt(f)?;
        }
        if !self.left_out.is_empty() {
            let facts = self.left_out.join(", ");
            writeln!(
                f,
                "  left out          {facts}: unusable as they came, so the event is accepted without them"
            )?;
        }
        for note in &self.notes {
            writeln!(f, "  note              {note}")?;
        }
        if let Some(Refusal { code, message }) = &self.refused {
            writeln!(
                f,
                "\nThe signature is good, and Coatcheck would still answer 400 {code}: {message}"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            writeln!(f, "  event id          {}", line(id))?;
        }
        writeln!(f, "  type              {}", line(&self.r#type))?;
        if !self.subject.is_empty() {
            writeln!(f, "  subject           {}", line(&self.subject))?;
        }
        if let Some(key) = &self.ordering_key {
            writeln!(f, "  ordering key      {}", line(key))?;
        }
        writeln!(f, "  time              {}", self.occurred_at)?;
        let key = self.key.as_deref().map(line).unwrap_or_default();
        let kind = match self.key_kind {
            KeyKind::Id => "the provider's id",
            KeyKind::Digest => "SHA-256 of the signed bytes",
            KeyKind::Split => "SHA-256 of the signed bytes, then of the unsigned id and type",
            KeyKind::Delivery => "a new one for each delivery",
        };
        match self.key_kind {
            KeyKind::Delivery => writeln!(f, "  event key         {kind}"),
            _ => writeln!(f, "  event key         {key} ({kind})"),
        }
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "challenge: the provider checks the endpoint; no event is stored"
        )?;
        writeln!(f, "  status  {}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "  header  {name}: {}", line(value))?;
        }
        if let Some(content_type) = self.content_type {
            writeln!(f, "  type    {content_type}")?;
            writeln!(f, "  body    {}", line(&self.body))?;
        }
        Ok(())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.outcome, self.message)?;
        if let Some(signed) = &self.signed {
            let Shown { bytes, sha256, .. } = signed;
            writeln!(
                f,
                "\nWhat the provider has to have signed ({bytes} bytes, SHA-256 {sha256}):\n"
            )?;
            f.write_str(&signed.indented())?;
        }
        if !self.hints.is_empty() {
            writeln!(f)?;
        }
        for hint in &self.hints {
            writeln!(f, "- {hint}")?;
        }
        Ok(())
    }
}
