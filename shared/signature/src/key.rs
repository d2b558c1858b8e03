use std::fmt;

use domain::KeyUse;
use zeroize::Zeroizing;

use crate::{KeyDecode, KeySpec};

/// One shared secret. `Debug` hides it, and it is wiped when dropped.
#[derive(Clone)]
pub struct Key {
    id: String,
    secret: Zeroizing<Vec<u8>>,
    purpose: KeyUse,
}

impl Key {
    /// A secret as its provider shows it, for instance `whsec_...`; the scheme
    /// decodes it. The id names it in logs and on pointers.
    pub fn new(id: impl Into<String>, secret: impl Into<Vec<u8>>) -> Self {
        Self {
            id: id.into(),
            secret: Zeroizing::new(secret.into()),
            purpose: KeyUse::Signature,
        }
    }

    /// The same secret, accepted for this and nothing else.
    #[must_use]
    pub fn for_use(self, purpose: KeyUse) -> Self {
        Self { purpose, ..self }
    }

    pub(crate) fn is_for(&self, purpose: KeyUse) -> bool {
        self.purpose == purpose
    }

    /// The secret as it was given.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.secret
    }

    /// What names the key; not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key's bytes as the scheme wants them, never empty.
    pub(crate) fn decode(&self, spec: &KeySpec) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
        let prefix = spec.strip_prefix.as_deref().unwrap_or_default().as_bytes();
        let secret = self.secret.strip_prefix(prefix).unwrap_or(&self.secret);
        let bytes = spec.decode.decode(secret).ok_or(KeyProblem::Undecodable)?;
        if bytes.is_empty() {
            Err(KeyProblem::Empty)
        } else {
            Ok(bytes)
        }
    }

    /// What is wrong with the key under this scheme.
    pub(crate) fn problem(&self, spec: &KeySpec, keeps_prefix: bool) -> Option<KeyProblem> {
        let min_bytes = spec.min_bytes.unwrap_or(16);
        match self.decode(spec) {
            Err(problem) => Some(problem),
            Ok(bytes) if bytes.len() < min_bytes => Some(KeyProblem::Short {
                bytes: bytes.len(),
                min_bytes,
            }),
            // A secret of Standard Webhooks has its prefix stripped and is base64.
            // Stripe's has the same prefix and is taken whole.
            Ok(_)
                if spec.decode == KeyDecode::Utf8
                    && !keeps_prefix
                    && self.secret.starts_with(b"whsec_") =>
            {
                Some(KeyProblem::LooksEncoded)
            }
            Ok(_) => None,
        }
    }
}

impl From<&domain::Key> for Key {
    fn from(key: &domain::Key) -> Self {
        Self::new(key.id.clone(), key.secret.expose()).for_use(key.purpose)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("secret", &"..")
            .finish()
    }
}

/// What is wrong with a key. Says nothing of its content but its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Nothing is left to sign with: anyone could. Never used.
    #[error("the key is empty once decoded")]
    Empty,
    /// Not a public key of the scheme's algorithm. Never used.
    #[error("the key is not a public key of the scheme's algorithm")]
    NotPublicKey,
    /// Not a private key to sign with.
    #[error("signing needs the private key: an Ed25519 seed, or PKCS#8 in base64")]
    NotPrivateKey,
    /// Not of the encoding the scheme states. Never used.
    #[error("the key is not in the encoding that the scheme's key.decode states")]
    Undecodable,
    /// Short enough to worry about. Used: warn.
    #[error("the key has {bytes} bytes, fewer than the {min_bytes} it should have")]
    Short {
        /// Its decoded length.
        bytes: usize,
        /// The scheme's `key.min_bytes`.
        min_bytes: usize,
    },
    /// A secret of Standard Webhooks under a scheme that does not decode it. Used: warn.
    #[error(
        "the key begins with whsec_ and the scheme takes it as it is; key.decode is probably base64"
    )]
    LooksEncoded,
}

impl KeyProblem {
    /// Whether the key is never used; otherwise a warning is enough.
    #[must_use]
    pub const fn is_fatal(self) -> bool {
        !matches!(self, Self::Short { .. } | Self::LooksEncoded)
    }
}
