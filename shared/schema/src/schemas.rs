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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Texts, and how often each was read.
    struct Texts {
        stored: Vec<(Digest, Option<String>)>,
        reads: Mutex<usize>,
    }

    impl SchemaTexts for Texts {
        async fn text(&self, sha256: Digest) -> Result<Option<String>, StoreError> {
            *self.reads.lock().unwrap() += 1;
            let found = self.stored.iter().find(|(digest, _)| *digest == sha256);
            match found {
                Some((_, Some(text))) => Ok(Some(text.clone())),
                Some((_, None)) => Err(StoreError::Permanent {
                    operation: "dynamodb:GetItem",
                    source: "denied".into(),
                }),
                None => Ok(None),
            }
        }
    }

    const SCHEMA: &str = r#"{"type":"object"}"#;

    fn schemas(stored: &[(&str, Option<&str>)]) -> Schemas<Texts> {
        let stored = stored.iter();
        let stored = stored.map(|(name, text)| (Digest::of(name), text.map(str::to_owned)));
        Schemas::new(Texts {
            stored: stored.collect(),
            reads: Mutex::default(),
        })
    }

    fn now() -> Timestamp {
        "2026-11-21T21:00:00Z".parse().unwrap()
    }

    #[tokio::test]
    async fn a_schema_is_read_and_compiled_once() {
        let schemas = schemas(&[(SCHEMA, Some(SCHEMA))]);
        for (payload, fits) in [("{}", true), ("[]", false), ("{}", true)] {
            let judged = schemas.judge(Digest::of(SCHEMA), payload.as_bytes(), now());
            assert_eq!(judged.await.unwrap().is_ok(), fits, "{payload}");
        }
        assert_eq!(*schemas.texts.reads.lock().unwrap(), 1);
    }

    #[tokio::test]
    async fn one_that_cannot_be_compiled_is_tried_once() {
        let bad = r#"{"type":"texts"}"#;
        let schemas = schemas(&[(bad, Some(bad))]);
        for _ in 0..2 {
            let judged = schemas.judge(Digest::of(bad), b"{}", now()).await;
            let problem = judged.unwrap_err();
            assert!(matches!(problem, SchemaUnusable::Broken(_)), "{problem}");
        }
        assert_eq!(*schemas.texts.reads.lock().unwrap(), 1);
    }

    #[tokio::test]
    async fn a_text_that_is_missing_may_come_and_one_with_another_digest_is_not_used() {
        let schemas = schemas(&[(SCHEMA, Some("true")), ("denied", None)]);
        let missing = schemas.judge(Digest::of("none"), b"{}", now()).await;
        assert!(matches!(
            missing,
            Err(SchemaUnusable::Store(StoreError::Transient { .. }))
        ));
        let denied = schemas.judge(Digest::of("denied"), b"{}", now()).await;
        assert!(matches!(
            denied,
            Err(SchemaUnusable::Store(StoreError::Permanent { .. }))
        ));
        let other = schemas.judge(Digest::of(SCHEMA), b"{}", now()).await;
        assert!(matches!(other, Err(SchemaUnusable::Broken(_))));
    }
}
