use std::collections::BTreeMap;

use outbound::{FetchProblem, Fetcher};

use crate::{List, PublishedProblem, Ranges, parse};

/// The largest document. GitHub's has all its networks, 180 KB in 2026.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// What providers publish today. Lists with one source share a request.
pub struct Provider {
    fetcher: Fetcher,
    fetched: BTreeMap<String, Result<Vec<u8>, FetchProblem>>,
}

/// The list cannot be compared. It stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadProblem {
    /// No document.
    #[error("{0}")]
    Fetch(#[from] FetchProblem),
    /// A document that is no list.
    #[error("{0}")]
    Published(#[from] PublishedProblem),
}

impl Provider {
    /// Asks with this fetcher.
    #[must_use]
    pub fn new(fetcher: Fetcher) -> Self {
        Self {
            fetcher: fetcher.up_to(MAX_BYTES),
            fetched: BTreeMap::new(),
        }
    }

    /// The ranges that the list's source has today.
    ///
    /// # Errors
    /// [`ReadProblem`].
    pub async fn read(&mut self, list: &List) -> Result<Ranges, ReadProblem> {
        if !self.fetched.contains_key(&list.source) {
            let document = self.fetcher.get(&list.source).await;
            self.fetched.insert(list.source.clone(), document);
        }
        let document = self.fetched.get(&list.source);
        let document = document.ok_or(FetchProblem::Connection)?.as_ref();
        Ok(parse(&list.form, document.map_err(Clone::clone)?)?)
    }
}

#[cfg(test)]
mod tests;
