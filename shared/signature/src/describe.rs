use domain::Headers;

use crate::{Read, Scheme, SchemeDescription, SchemeError, Site, kinds};

/// Stands for an endpoint's URL, which no words depend on.
const SITE: Site<'static> = Site {
    url: Some("https://example.com/"),
    method: "POST",
};

impl Scheme {
    /// What proves a delivery of this scheme, in words.
    ///
    /// # Errors
    /// [`SchemeError::Rule`] of a scheme that breaks one.
    pub fn describe(&self) -> Result<SchemeDescription, SchemeError> {
        let mut words = kinds::compile(&self.proof, &SITE)?.describe();
        if self.also_basic {
            words.proof += ", and HTTP Basic credentials";
        }
        Ok(words)
    }

    /// The headers that prove a delivery of this scheme. Where it has two families of names,
    /// and where the request itself names headers, it depends on what is there.
    ///
    /// # Errors
    /// [`SchemeError::Rule`] of a scheme that breaks one.
    pub fn reads(&self, headers: &Headers) -> Result<Vec<Read>, SchemeError> {
        let mut all = kinds::compile(&self.proof, &SITE)?.reads(headers);
        if self.also_basic {
            all.push(Read::one("authorization", true));
        }
        let mut once: Vec<Read> = Vec::new();
        for read in all {
            if !once.iter().any(|have| have.names == read.names) {
                once.push(read);
            }
        }
        Ok(once)
    }
}
