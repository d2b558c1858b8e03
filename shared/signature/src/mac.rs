//! Keyed hashes, one for each key, fed side by side.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};

use crate::{Hash, Key, KeyProblem, KeySpec, MAX_KEYS, Rejection};

/// Which MAC, and how secrets become its keys.
#[derive(Debug, Clone)]
pub(crate) struct Mac {
    algorithm: hmac::Algorithm,
    pub(crate) key: KeySpec,
}

/// The MACs of one message under every key that can be used.
pub(crate) struct Running(Vec<(String, hmac::Context)>);

impl Mac {
    pub(crate) fn new(hash: Hash, key: KeySpec) -> Self {
        let algorithm = match hash {
            Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => hmac::HMAC_SHA256,
            Hash::Sha512 => hmac::HMAC_SHA512,
        };
        Self { algorithm, key }
    }

    /// Of one MAC, in bytes.
    pub(crate) fn length(&self) -> usize {
        self.algorithm.tag_len()
    }

    /// Keys that cannot be used are left out, as long as one can: a mistake in
    /// the new secret must not undo the old one during a rotation.
    pub(crate) fn start(&self, keys: &[Key]) -> Result<Running, Rejection> {
        if keys.is_empty() {
            return Err(Rejection::KeyMissing);
        }
        let running: Vec<_> = keys
            .iter()
            .filter_map(|key| Some((key.id().to_owned(), self.context(key).ok()?)))
            .collect();
        if running.is_empty() || keys.len() > MAX_KEYS {
            Err(Rejection::KeyUnusable)
        } else {
            Ok(Running(running))
        }
    }

    pub(crate) fn sign(&self, key: &Key, pieces: &[&[u8]]) -> Result<hmac::Tag, KeyProblem> {
        let mut context = self.context(key)?;
        pieces.iter().for_each(|piece| context.update(piece));
        Ok(context.sign())
    }

    fn context(&self, key: &Key) -> Result<hmac::Context, KeyProblem> {
        Ok(hmac::Context::with_key(&hmac::Key::new(
            self.algorithm,
            &key.decode(&self.key)?,
        )))
    }
}

impl Running {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0
            .iter_mut()
            .for_each(|(_, context)| context.update(bytes));
    }

    /// The id of a key under which one of these signatures is good. Every
    /// signature is compared under every key, whatever the earlier ones gave, so
    /// that the time taken tells nothing of which was closest.
    pub(crate) fn matching(self, signatures: &[Vec<u8>]) -> Option<String> {
        let mut matched = None;
        for (id, context) in self.0 {
            let mac = context.sign();
            let good = signatures.iter().fold(false, |good, signature| {
                verify_slices_are_equal(mac.as_ref(), signature).is_ok() | good
            });
            if good && matched.is_none() {
                matched = Some(id);
            }
        }
        matched
    }
}
