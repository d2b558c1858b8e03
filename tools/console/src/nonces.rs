//! Forms that count once.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use crate::session::{NoRandomness, random};

/// How many forms may be open. Beyond that the oldest no longer counts.
const OPEN: usize = 64;

/// The forms that were shown and not sent yet.
#[derive(Debug, Default)]
pub(crate) struct Nonces(Mutex<VecDeque<(String, String)>>);

impl Nonces {
    /// A value for a form that does this.
    pub(crate) fn issue(&self, what: &str) -> Result<String, NoRandomness> {
        let nonce = hex::encode(random::<16>()?);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= OPEN {
            open.pop_front();
        }
        open.push_back((nonce.clone(), what.to_owned()));
        Ok(nonce)
    }

    /// Uses a value up. `false`: it was used before, or is not of a form that does this.
    pub(crate) fn take(&self, nonce: &str, what: &str) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = open
            .iter()
            .position(|(one, does)| one == nonce && does == what);
        found.and_then(|at| open.remove(at)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_counts_once_and_for_what_it_does() {
        let nonces = Nonces::default();
        let one = nonces.issue("rotate billing").unwrap();
        assert!(!nonces.take(&one, "rotate github"));
        assert!(!nonces.take("", "rotate billing"));
        assert!(nonces.take(&one, "rotate billing"));
        assert!(!nonces.take(&one, "rotate billing"));
    }

    #[test]
    fn forms_that_nobody_sends_are_forgotten() {
        let nonces = Nonces::default();
        let first = nonces.issue("a").unwrap();
        let others: Vec<String> = (0..OPEN).map(|_| nonces.issue("a").unwrap()).collect();
        assert!(!nonces.take(&first, "a"));
        assert!(others.iter().all(|one| nonces.take(one, "a")));
    }
}
