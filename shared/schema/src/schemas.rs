use std::{fmt, sync::Arc, time::Duration};

use domain::{
    Cache, Digest, Mismatch, SchemaJudge, SchemaTexts, SchemaUnusable, StoreError, Timestamp,
};

use crate::Schema;

/// Judges payloads by schemas that are stored by their digests, each of them read and compiled
/// once: what a digest names never changes.
pub struct Schemas<T> {
    texts: T,
    compiled: Cache<Arc<Result<Schema, String>>>,
}

impl<T: SchemaTexts> Schemas<T> {
    const KEEP: Duration = Duration::from_secs(24 * 3600);
    const CAPACITY: usize = 64;

    /// Over these texts.
    pub fn new(texts: T) -> Self {
        Self {
            texts,
            compiled: Cache::new(Self::KEEP, Self::CAPACITY),
        }
    }

    async fn compiled(
        &self,
        sha256: Digest,
        now: Timestamp,
    ) -> Result<Arc<Result<Schema, String>>, SchemaUnusable> {
        let name = sha256.to_string();
        if let Some(known) = self.compiled.get(&name, now) {
            return Ok(known);
        }
        let text = self.texts.text(sha256).await?;
        // Terraform has just replaced it, and this delivery was judged by the configuration of a
        // minute ago; or the table has not made it readable everywhere. Both pass.
        let text = text.ok_or_else(|| StoreError::Transient {
            operation: "dynamodb:GetItem",
            source: format!("no schema {sha256} is stored").into(),
        })?;
        if Digest::of(&text) != sha256 {
            return Err(SchemaUnusable::Broken(
                "what is stored has another digest".to_owned(),
            ));
        }
        // One that cannot be compiled is remembered as well: to try again costs as much.
        let compiled = Arc::new(Schema::compile(&text).map_err(|problem| problem.to_string()));
        self.compiled.put(&name, Arc::clone(&compiled), now);
        Ok(compiled)
    }
}

impl<T: SchemaTexts + Sync> SchemaJudge for Schemas<T> {
    async fn judge(
        &self,
        sha256: Digest,
        payload: &[u8],
        now: Timestamp,
    ) -> Result<Result<(), Mismatch>, SchemaUnusable> {
        match &*self.compiled(sha256, now).await? {
            Ok(schema) => Ok(schema.check(payload)),
            Err(problem) => Err(SchemaUnusable::Broken(problem.clone())),
        }
    }
}

impl<T> fmt::Debug for Schemas<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").finish_non_exhaustive()
    }
}
