use std::{collections::BTreeMap, fmt};

use domain::{EventIdentity, format_time};
use operator::describe::{self, KeyKind};
use serde::Serialize;
use signature::{ChallengeReply, Rejection, Verifier};

use crate::{
    delivery::Delivery,
    facts::{EventRefusal, Identified},
    shown::{Excerpt, fact, line},
};

/// The judgement of a delivery.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Judgement {
    Valid(Box<ValidDelivery>),
    Challenge(AnsweredChallenge),
    Rejected(RejectedDelivery),
}

/// A delivery with a valid signature.
#[derive(Serialize)]
pub(super) struct ValidDelivery {
    outcome: &'static str,
    scheme: String,
    key: String,
    key_from: String,
    replay_protected: bool,
    #[serde(skip)]
    replay: String,
    event: Option<NamedEvent>,
    /// Optional facts that cannot be used: the event is accepted without them.
    left_out: Vec<&'static str>,
    /// Why Coatcheck would still respond with 400.
    refused: Option<EventRefusal>,
    notes: Vec<&'static str>,
}

/// The event that the delivery is.
#[derive(Serialize)]
struct NamedEvent {
    /// `None` if the provider sends none.
    id: Option<String>,
    r#type: String,
    subject: String,
    ordering_key: Option<String>,
    occurred_at: String,
    /// `None` if each delivery gets a new one.
    key: Option<String>,
    key_kind: KeyKind,
}

/// A challenge, and the response to it.
#[derive(Serialize)]
pub(super) struct AnsweredChallenge {
    outcome: &'static str,
    status: u16,
    headers: BTreeMap<String, String>,
    content_type: Option<&'static str>,
    body: String,
}

/// A delivery that is rejected.
#[derive(Serialize)]
pub(super) struct RejectedDelivery {
    pub(super) outcome: &'static str,
    pub(super) message: String,
    /// The bytes that must have been signed, by the headers.
    pub(super) signed: Option<Excerpt>,
    pub(super) hints: Vec<String>,
}

impl RejectedDelivery {
    pub(super) fn new(rejection: Rejection, signed: Option<Excerpt>, hints: Vec<String>) -> Self {
        Self {
            outcome: rejection.code(),
            message: rejection.to_string(),
            signed,
            hints,
        }
    }
}

impl ValidDelivery {
    pub(super) fn new(
        delivery: &Delivery,
        verifier: &Verifier,
        key: &str,
        key_from: &str,
        identified: Identified,
    ) -> Self {
        let mut notes = Vec::new();
        if delivery.method != "POST" {
            notes.push("Coatcheck accepts deliveries by POST only");
        }
        if describe::signs_nothing(&delivery.scheme.scheme) {
            notes.push("nothing is signed: the sender sent the secret itself, and only TLS protects the body");
        }
        let (event, refused) = match identified.event {
            Ok((event, kind)) => (Some(NamedEvent::new(event, kind)), None),
            Err(refusal) => (None, Some(refusal)),
        };
        Self {
            outcome: "valid",
            scheme: delivery.scheme.name.clone(),
            key: key.to_owned(),
            key_from: key_from.to_owned(),
            replay_protected: verifier.replay_protected(),
            replay: describe::replay(verifier),
            event,
            left_out: identified.left_out,
            refused,
            notes,
        }
    }
}

impl NamedEvent {
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

impl AnsweredChallenge {
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

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid(valid) => valid.fmt(f),
            Self::Challenge(answered) => answered.fmt(f),
            Self::Rejected(refused) => refused.fmt(f),
        }
    }
}

impl fmt::Display for ValidDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "valid")?;
        fact(f, "scheme", &self.scheme)?;
        fact(f, "key", format_args!("{} ({})", self.key, self.key_from))?;
        fact(f, "replay-protected", &self.replay)?;
        if let Some(event) = &self.event {
            event.fmt(f)?;
        }
        if !self.left_out.is_empty() {
            let facts = self.left_out.join(", ");
            let why = "not usable, so the event is accepted without them";
            fact(f, "left out", format_args!("{facts}: {why}"))?;
        }
        for note in &self.notes {
            fact(f, "note", note)?;
        }
        if let Some(EventRefusal { code, message }) = &self.refused {
            writeln!(
                f,
                "\nThe signature is valid, but Coatcheck would respond with 400 {code}: {message}"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for NamedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            fact(f, "event id", line(id))?;
        }
        fact(f, "type", line(&self.r#type))?;
        if !self.subject.is_empty() {
            fact(f, "subject", line(&self.subject))?;
        }
        if let Some(key) = &self.ordering_key {
            fact(f, "ordering key", line(key))?;
        }
        fact(f, "time", &self.occurred_at)?;
        let kind = match self.key_kind {
            KeyKind::Id => "the provider's id",
            KeyKind::Digest => "SHA-256 of the signed bytes",
            KeyKind::Split => "SHA-256 of the signed bytes, then of the unsigned id and type",
            KeyKind::Delivery => "a new one for each delivery",
        };
        match &self.key {
            Some(key) => fact(f, "event key", format_args!("{} ({kind})", line(key))),
            None => fact(f, "event key", kind),
        }
    }
}

impl fmt::Display for AnsweredChallenge {
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
            fact(f, "body", line(&self.body))?;
        }
        Ok(())
    }
}

impl fmt::Display for RejectedDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.outcome, self.message)?;
        if let Some(signed) = &self.signed {
            let Excerpt { bytes, sha256, .. } = signed;
            writeln!(
                f,
                "\nThe provider must have signed this ({bytes} bytes, SHA-256 {sha256}):\n"
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
