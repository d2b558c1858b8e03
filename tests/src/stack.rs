use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;

use crate::{Outputs, Subscription};

/// An item of a table, as DynamoDB gives it.
pub type Item = HashMap<String, AttributeValue>;

/// What Terraform made, and clients to inspect it. Read from `stack.json`, which
/// `scripts/local-up` and `make e2e-aws` write from Terraform's outputs.
#[derive(Debug)]
pub struct Stack {
    /// Terraform's outputs.
    pub outputs: Outputs,
    /// The SDK's settings, for your own clients.
    pub sdk: SdkConfig,
    /// The folder of `stack.json`: on the local cloud, the folder of all its files.
    pub dir: PathBuf,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) http: reqwest::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    s3: aws_sdk_s3::Client,
}

impl Stack {
    /// Reads `stack.json` and connects with the standard credentials.
    ///
    /// # Errors
    /// If the file is missing or not what Terraform writes.
    pub async fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| {
            format!(
                "cannot read {}: is the stack up? (make run, or make e2e)",
                path.display()
            )
        })?;
        let outputs: Outputs = serde_json::from_str(&text)
            .with_context(|| format!("{} is not a stack.json", path.display()))?;
        let sdk = aws_config::defaults(BehaviorVersion::latest()).load().await;
        let s3 = aws_sdk_s3::config::Builder::from(&sdk)
            .force_path_style(outputs.local)
            .build();
        Ok(Self {
            dynamodb: aws_sdk_dynamodb::Client::new(&sdk),
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(60))
                .build()?,
            secrets: aws_sdk_secretsmanager::Client::new(&sdk),
            s3: aws_sdk_s3::Client::from_conf(s3),
            sdk,
            dir: path.parent().map(Path::to_owned).unwrap_or_default(),
            outputs,
        })
    }

    /// The name of a table: `deliveries`, `endpoints`, `events` or `processed`.
    ///
    /// # Errors
    /// If the stack has no such table.
    pub fn table(&self, what: &str) -> Result<&str> {
        self.outputs
            .tables
            .get(what)
            .and_then(Option::as_deref)
            .with_context(|| format!("the stack has no table {what}"))
    }

    /// A subscription.
    ///
    /// # Errors
    /// If the stack has none with that name.
    pub fn subscription(&self, name: &str) -> Result<&Subscription> {
        self.outputs
            .subscriptions
            .get(name)
            .with_context(|| format!("the stack has no subscription {name}"))
    }

    /// Writes an endpoint that Terraform does not know, and its key.
    ///
    /// # Errors
    /// If DynamoDB fails.
    pub async fn put_endpoint(&self, name: &str, config: &serde_json::Value) -> Result<()> {
        self.dynamodb
            .put_item()
            .table_name(self.table("endpoints")?)
            .item("name", AttributeValue::S(name.to_owned()))
            .item("config", AttributeValue::S(config.to_string()))
            .send()
            .await?;
        Ok(())
    }

    /// The configuration of an endpoint, as the authorizer hands it to `ingest`.
    ///
    /// # Errors
    /// If the stack has no such endpoint, or DynamoDB fails.
    pub async fn endpoint(&self, name: &str) -> Result<String> {
        let get = self
            .dynamodb
            .get_item()
            .table_name(self.table("endpoints")?);
        let get = get.key("name", AttributeValue::S(name.to_owned()));
        let item = get.send().await?.item.unwrap_or_default();
        let config = item.get("config").and_then(|config| config.as_s().ok());
        config
            .cloned()
            .with_context(|| format!("the stack has no endpoint {name}"))
    }

    /// Writes the secret of an endpoint.
    ///
    /// # Errors
    /// If the stack has no such endpoint, or Secrets Manager fails.
    pub async fn put_secret(&self, endpoint: &str, secret: &str) -> Result<()> {
        let put = self.secrets.put_secret_value();
        let put = put.secret_id(self.secret_of(endpoint)?);
        put.secret_string(secret).send().await?;
        Ok(())
    }

    /// The name of an endpoint's secret.
    pub(crate) fn secret_of(&self, endpoint: &str) -> Result<&str> {
        let name = self.outputs.endpoint_secrets.get(endpoint);
        name.map(String::as_str)
            .with_context(|| format!("the stack has no secret for {endpoint}"))
    }

    /// The pointers of one event: there should be exactly one.
    ///
    /// # Errors
    /// If it is not a ref, or DynamoDB fails.
    pub async fn pointers_of(&self, reference: &str) -> Result<Vec<Item>> {
        let parsed: domain::Ref = reference.parse()?;
        let mut found = self.pointers(&parsed.partition_key().to_string()).await?;
        // Events with the same bytes share a partition.
        found.retain(|item| {
            item.get("ref")
                .and_then(|text| text.as_s().ok())
                .map(String::as_str)
                == Some(reference)
        });
        Ok(found)
    }

    /// The key of the object that a pointer names.
    ///
    /// # Errors
    /// If it names none.
    pub fn object_of(pointer: &Item) -> Result<&str> {
        let of = |name: &str| pointer.get(name)?.as_s().ok().map(String::as_str);
        let object = domain::DataRef::object_of(of).ok().flatten();
        let (_, key) = object.context("the pointer names no object")?;
        Ok(key)
    }

    /// The pointers of an endpoint under a partition: `{endpoint}#{key}`.
    ///
    /// # Errors
    /// If DynamoDB fails.
    pub async fn pointers(&self, partition: &str) -> Result<Vec<Item>> {
        let answer = self
            .dynamodb
            .query()
            .table_name(self.table("events")?)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.items.unwrap_or_default())
    }

    /// The keys of all objects of an endpoint whose key contains `part`.
    ///
    /// # Errors
    /// If S3 fails.
    pub async fn objects(&self, endpoint: &str, part: &str) -> Result<Vec<String>> {
        let mut pages = self
            .s3
            .list_objects_v2()
            .bucket(&self.outputs.bucket)
            .into_paginator()
            .send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            keys.extend(
                page?
                    .contents
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|object| object.key),
            );
        }
        keys.retain(|key| key.contains(&format!("/{endpoint}/")) && key.contains(part));
        Ok(keys)
    }

    /// The texts of all objects of another bucket under a prefix.
    ///
    /// # Errors
    /// If S3 fails, or an object is no text.
    pub async fn texts(&self, bucket: &str, prefix: &str) -> Result<Vec<String>> {
        let list = self.s3.list_objects_v2().bucket(bucket).prefix(prefix);
        let mut pages = list.into_paginator().send();
        let mut texts = Vec::new();
        while let Some(page) = pages.next().await {
            for object in page?.contents() {
                let get = self.s3.get_object().bucket(bucket);
                let got = get.key(object.key().unwrap_or_default()).send().await?;
                texts.push(String::from_utf8(got.body.collect().await?.to_vec())?);
            }
        }
        Ok(texts)
    }

    /// Replaces a payload by other bytes, or deletes it.
    ///
    /// # Errors
    /// If S3 fails.
    pub async fn spoil_payload(&self, key: &str, with: Option<&[u8]>) -> Result<()> {
        let bucket = &self.outputs.bucket;
        match with {
            Some(bytes) => {
                let body = Bytes::copy_from_slice(bytes).into();
                let put = self.s3.put_object().bucket(bucket).key(key).body(body);
                put.send().await?;
            }
            None => {
                self.s3
                    .delete_object()
                    .bucket(bucket)
                    .key(key)
                    .send()
                    .await?;
            }
        }
        Ok(())
    }

    /// An object's metadata.
    ///
    /// # Errors
    /// If S3 fails.
    pub async fn metadata(&self, key: &str) -> Result<HashMap<String, String>> {
        let bucket = &self.outputs.bucket;
        let answer = self.s3.head_object().bucket(bucket).key(key).send().await?;
        Ok(answer.metadata.unwrap_or_default())
    }

    /// An object's tags.
    ///
    /// # Errors
    /// If S3 fails.
    pub async fn tags(&self, key: &str) -> Result<Vec<(String, String)>> {
        let get = self.s3.get_object_tagging();
        let answer = get.bucket(&self.outputs.bucket).key(key).send().await?;
        let tags = answer.tag_set.into_iter();
        Ok(tags.map(|tag| (tag.key, tag.value)).collect())
    }

    /// The bytes of a payload.
    ///
    /// # Errors
    /// If S3 fails.
    pub async fn payload(&self, key: &str) -> Result<Bytes> {
        let answer = self
            .s3
            .get_object()
            .bucket(&self.outputs.bucket)
            .key(key)
            .send()
            .await?;
        Ok(answer.body.collect().await?.into_bytes())
    }
}

/// SHA-256 as hex.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    domain::Digest::of(bytes).to_string()
}

/// Polls until there is an answer, or reports what was missing.
///
/// # Errors
/// If a poll fails, or the time is over.
pub async fn wait_for<T>(
    what: &str,
    at_most: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let ended = tokio::time::timeout(at_most, async {
        loop {
            if let Some(answer) = ask().await? {
                return anyhow::Ok(answer);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    ended
        .await
        .with_context(|| format!("waited {} s for {what}", at_most.as_secs()))?
}
