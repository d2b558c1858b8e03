use aws_sdk_s3::{
    Client,
    operation::list_object_versions::{ListObjectVersionsError, ListObjectVersionsOutput},
    types::{DeleteMarkerEntry, ObjectVersion},
};
use domain::{ObjectKey, StoreError};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const LIST: &str = "s3:ListObjectVersions";
const DELETE: &str = "s3:DeleteObject";

/// Objects of the payload bucket with all their versions. The stack's bucket keeps none, but someone may have turned
/// versioning on: then a deletion without the version's id only hides the object.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html>
#[derive(Debug, Clone)]
pub struct Versions {
    client: Client,
    bucket: String,
}

/// A version of an object, or the marker of its deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The object.
    pub key: String,
    /// Its id; `null` in a bucket that keeps no versions.
    pub id: String,
}

/// Some versions, in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionPage {
    /// At most 1,000.
    pub versions: Vec<Version>,
    /// Where to continue; `None`: this was all.
    pub next: Option<VersionMarker>,
}

/// The position after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionMarker {
    key: String,
    id: Option<String>,
}

impl Versions {
    /// Of this bucket.
    #[must_use]
    pub fn new(sdk: &Sdk, bucket: String) -> Self {
        Self {
            client: Client::from_conf(sdk.s3().build()),
            bucket,
        }
    }

    /// Versions of the objects whose keys begin with this, from the beginning or after an earlier page.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn page(
        &self,
        prefix: &str,
        after: Option<VersionMarker>,
    ) -> Result<VersionPage, StoreError> {
        let (key, id) = after.map_or((None, None), |marker| (Some(marker.key), marker.id));
        let answer = self
            .client
            .list_object_versions()
            .bucket(&self.bucket)
            .prefix(prefix)
            .set_key_marker(key)
            .set_version_id_marker(id)
            .send()
            .await
            .map_err(|error| classify::<ListObjectVersionsError>(LIST, &error))?;
        let next = next(&answer)?;
        let versions = answer.versions.unwrap_or_default().into_iter();
        let versions = versions.map(
            |ObjectVersion {
                 key, version_id, ..
             }| (key, version_id),
        );
        let markers = answer.delete_markers.unwrap_or_default().into_iter();
        let markers = markers.map(
            |DeleteMarkerEntry {
                 key, version_id, ..
             }| (key, version_id),
        );
        let version = |(key, id): (Option<String>, Option<String>)| {
            Ok(Version {
                key: key.ok_or_else(|| permanent(LIST, "a version without a key"))?,
                // To delete without it would hide the object, and leave it there.
                id: id.ok_or_else(|| permanent(LIST, "a version without an id"))?,
            })
        };
        Ok(VersionPage {
            versions: versions
                .chain(markers)
                .map(version)
                .collect::<Result<_, _>>()?,
            next,
        })
    }

    /// The names directly under a prefix that ends in `/`, each with its prefix: folders, if these were folders.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn folders(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        let mut after: Option<VersionMarker> = None;
        loop {
            let (key, id) = after.map_or((None, None), |marker| (Some(marker.key), marker.id));
            let answer = self
                .client
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(prefix)
                .delimiter("/")
                .set_key_marker(key)
                .set_version_id_marker(id)
                .send()
                .await
                .map_err(|error| classify::<ListObjectVersionsError>(LIST, &error))?;
            after = next(&answer)?;
            let folders = answer.common_prefixes.unwrap_or_default().into_iter();
            found.extend(folders.filter_map(|folder| folder.prefix));
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Deletes one version for good; no failure if it is gone.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn delete_version(&self, version: &Version) -> Result<(), StoreError> {
        self.client
            .delete_object()
            .bucket(&self.bucket)
            .key(&version.key)
            .version_id(&version.id)
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(DELETE, &error))
    }

    /// The versions of one object.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn of(&self, key: &ObjectKey) -> Result<Vec<Version>, StoreError> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(key.as_str(), after).await?;
            // A longer key has the same beginning.
            let own = page
                .versions
                .into_iter()
                .filter(|one| one.key == key.as_str());
            found.extend(own);
            after = page.next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Deletes an object in all its versions, and says how many there were.
    ///
    /// # Errors
    /// As [`StoreError`] says. Some versions may be deleted.
    pub async fn delete(&self, key: &ObjectKey) -> Result<usize, StoreError> {
        let versions = self.of(key).await?;
        for version in &versions {
            self.delete_version(version).await?;
        }
        Ok(versions.len())
    }
}

/// To report the end too early would leave versions behind.
fn next(answer: &ListObjectVersionsOutput) -> Result<Option<VersionMarker>, StoreError> {
    if answer.is_truncated != Some(true) {
        return Ok(None);
    }
    let key = answer.next_key_marker.clone();
    let key = key.ok_or_else(|| permanent(LIST, "a page that is not the last names no next"))?;
    let id = answer.next_version_id_marker.clone();
    Ok(Some(VersionMarker { key, id }))
}

#[cfg(test)]
mod tests;
