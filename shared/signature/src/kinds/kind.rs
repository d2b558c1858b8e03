use std::fmt::Debug;

use domain::Headers;
use scan::JsonPointer;

use crate::{
    Key, KeyProblem, Read, Rejection, SchemeDescription, SchemeError, SignError, SignInput,
    TimestampUnit,
    algorithm::Prover,
    claim::{Coverage, HeaderClaim},
    clock::{Moment, Window},
    signing::Pairs,
};

/// One way to prove a delivery: how it is judged, signed and described. What a kind
/// leaves out does not apply to it.
pub(crate) trait Kind: Debug + Send + Sync {
    /// Reads what the headers claim.
    fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection>;

    /// What is left to prove of a delivery whose headers are proven.
    fn proven_claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        self.claim(headers)
    }

    /// What makes the signatures; none where the secret itself is shown, and where a key has its own
    /// algorithm.
    fn prover(&self) -> Option<&Prover>;

    /// The id of a key under which one of these signatures of a message in the headers is good.
    fn prove(
        &self,
        message: &[u8],
        signatures: &[Vec<u8>],
        keys: &[Key],
    ) -> Result<String, Rejection> {
        let prover = self.prover().ok_or(Rejection::KeyUnusable)?;
        prover.ready(keys)?.matching([message], signatures)
    }

    /// What is wrong with a key that signs.
    fn key_problem(&self, key: &Key) -> Option<KeyProblem> {
        match self.prover() {
            Some(prover) => prover.problem(key),
            None if key.raw().is_empty() => Some(KeyProblem::Empty),
            None => key.odd(),
        }
    }

    /// What an endpoint has to say before anything is accepted.
    fn unfinished(&self) -> Option<SchemeError> {
        None
    }

    /// What every good proof covers, at least: one entry for each family of names.
    fn coverage(&self) -> Vec<Coverage>;

    /// Names of the headers that these were judged by. Never of a secret that was shown.
    fn evidence(&self, headers: &Headers) -> Vec<String>;

    /// The header that shows the secret itself, if one does.
    fn secret_header(&self) -> Option<&str> {
        None
    }

    /// Adds the headers that a provider would send with the body.
    fn sign(&self, key: &Key, input: &SignInput<'_>, headers: &mut Pairs) -> Result<(), SignError>;

    /// What a person should know of it.
    fn describe(&self) -> SchemeDescription;

    /// The headers that prove a delivery. Where there are two families of names, and where the
    /// request itself names headers, it depends on what is there.
    fn reads(&self, headers: &Headers) -> Vec<Read>;

    /// Whether the headers alone prove a delivery, or bind the body by its digest.
    fn is_header_only(&self) -> bool {
        false
    }

    /// How long a delivery is believed, where it says when it was signed.
    fn window(&self) -> Option<Window> {
        None
    }

    /// Whether the window is judged by a time that the signature covers.
    fn replay_protected(&self) -> bool {
        self.window().is_some()
    }

    /// Whether a good signature over any text would also be one over it as a body.
    fn signs_only_the_body(&self) -> bool {
        false
    }

    /// Where the timestamp is in a body that is signed, and its unit.
    fn json_clock(&self) -> Option<(&JsonPointer, TimestampUnit)> {
        None
    }

    /// Judges a body that holds its own proof, or whose form decides what is signed.
    fn look_inside(&self, _: &[u8], _: &[Vec<u8>], _: &[Key]) -> Result<Inside, Rejection> {
        Err(Rejection::SignatureMissing)
    }

    /// What is signed of such a body.
    fn signed_inside(&self, _: &[u8]) -> Result<Vec<u8>, Rejection> {
        Err(Rejection::SignatureMissing)
    }

    /// When such a body says that it was signed.
    fn moment_inside(&self, _: &[u8]) -> Option<Moment> {
        None
    }
}

/// What a look into the body found. `signed` is what was signed.
pub(crate) struct Inside {
    pub(crate) key_id: String,
    pub(crate) signed: Vec<u8>,
    pub(crate) moment: Option<Moment>,
    pub(crate) coverage: Coverage,
}
