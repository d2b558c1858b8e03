use std::fmt;

use domain::KeyUse;
use zeroize::Zeroizing;

use crate::{KeyDecode, KeyProblem, KeySpec, Oddity};

/// Live keys of one endpoint, at most. With the scheme's `max_signatures` it
/// bounds the work of one delivery.
pub const MAX_KEYS: usize = 8;

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
        let secret = self.unversioned(spec).unwrap_or(&self.secret);
        let secret = secret.strip_prefix(prefix).unwrap_or(secret);
        let bytes = spec
            .decode
            .decode(secret)
            .ok_or_else(|| KeyProblem::Undecodable {
                decode: spec.decode,
                seen: Oddity::of_encoded(&self.secret),
            })?;
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
            Ok(_) if self.unversioned(spec).is_some() => Some(KeyProblem::Versioned),
            Ok(_) if self.odd().is_some() => self.odd(),
            Ok(bytes) if bytes.len() < min_bytes => Some(KeyProblem::Short {
                bytes: bytes.len(),
                min_bytes,
            }),
            // A secret of Standard Webhooks has its prefix stripped and is base64.
            // Stripe's has the same prefix and is taken whole.
            Ok(_)
                if spec.decode == KeyDecode::Utf8
                    && !keeps_prefix
                    && [&b"whsec_"[..], b"v1,whsec_"]
                        .iter()
                        .any(|prefix| self.secret.starts_with(prefix)) =>
            {
                Some(KeyProblem::LooksEncoded)
            }
            Ok(_) => None,
        }
    }

    /// What is odd about a secret that is taken as it is.
    pub(crate) fn odd(&self) -> Option<KeyProblem> {
        Oddity::of_text(&self.secret).map(KeyProblem::Odd)
    }

    /// The secret behind the `v1,` that Supabase shows before `whsec_`. No base64 text has a
    /// comma, so this can never be a part of the key.
    fn unversioned(&self, spec: &KeySpec) -> Option<&[u8]> {
        let prefix = spec.strip_prefix.as_deref()?.as_bytes();
        let secret = self.secret.strip_prefix(b"v1,")?;
        (spec.decode == KeyDecode::Base64 && secret.starts_with(prefix)).then_some(secret)
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
