use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use aws_smithy_runtime_api::client::identity::Identity;
use domain::{Digest, StoreError, Timestamp};

use crate::{
    Sdk,
    failure::{permanent, transient},
};

const SIGN: &str = "sigv4:sign";

/// Signs HTTP requests with the function's own credentials, as AWS services and APIs with IAM
/// authorization expect: Signature Version 4.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
#[derive(Debug, Clone)]
pub struct RequestSigner {
    config: SdkConfig,
    service: String,
    region: Option<String>,
}

/// A request, as far as it is signed.
#[derive(Debug, Clone, Copy)]
pub struct Unsigned<'a> {
    /// The method.
    pub method: &'a str,
    /// The whole URL. Its authority is signed as the header `host`.
    pub url: &'a str,
    /// The content type of the body.
    pub content_type: &'a str,
    /// The digest of the body's exact bytes.
    pub sha256: Digest,
}

impl RequestSigner {
    /// Signs for this service, in this region or in that of the stack.
    #[must_use]
    pub fn new(sdk: &Sdk, service: String, region: Option<String>) -> Self {
        Self {
            config: sdk.config.clone(),
            service,
            region,
        }
    }

    /// The headers that the request needs besides: date, digest, session token, authorization.
    ///
    /// # Errors
    /// [`StoreError`]: there are no credentials now, or the request cannot be signed at all.
    pub async fn sign(
        &self,
        request: Unsigned<'_>,
        now: Timestamp,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let provider = self
            .config
            .credentials_provider()
            .ok_or_else(|| permanent(SIGN, "the function has no credentials"))?;
        let credentials: Identity = provider
            .provide_credentials()
            .await
            .map_err(|error| transient(SIGN, error.to_string()))?
            .into();
        let stack = self.config.region().map(AsRef::as_ref);
        let region = self.region.as_deref().or(stack).unwrap_or_default();
        let params = v4::SigningParams::builder()
            .identity(&credentials)
            .region(region)
            .name(&self.service)
            .time(now.into())
            .settings(self.settings())
            .build()
            .map_err(|error| permanent(SIGN, error.to_string()))?
            .into();
        let digest = request.sha256.to_string();
        let signable = SignableRequest::new(
            request.method,
            request.url,
            [("content-type", request.content_type)].into_iter(),
            SignableBody::Precomputed(digest),
        )
        .map_err(|error| permanent(SIGN, error.to_string()))?;
        let signed = sign(signable, &params).map_err(|error| permanent(SIGN, error.to_string()))?;
        let (instructions, _) = signed.into_parts();
        Ok(instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect())
    }

    /// S3 takes a path as it stands; every other service encodes it twice.
    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        if self.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};

    use super::*;

    fn signer(service: &str) -> RequestSigner {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".into()), None, "");
        let config = SdkConfig::builder()
            .region(aws_config::Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let path_style = false;
        RequestSigner::new(&Sdk { config, path_style }, service.into(), None)
    }

    async fn signed(service: &str, url: &str) -> Vec<(String, String)> {
        let request = Unsigned {
            method: "POST",
            url,
            content_type: "application/json",
            sha256: Digest::of(b"{}"),
        };
        let now = "2026-11-21T21:00:00Z".parse().unwrap();
        signer(service).sign(request, now).await.unwrap()
    }

    fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
        let found = headers.iter().find(|(header, _)| header == name);
        &found.unwrap().1
    }

    /// What botocore's `SigV4Auth` and `S3SigV4Auth` sign for the same requests.
    #[tokio::test]
    async fn signs_as_botocore_does() {
        for (service, url, signature) in [
            (
                "execute-api",
                "https://api.example.com/v1/a%20b?x=1",
                "75310e8184e73eebda4de165b51c2c6eb35a8ebd0b5f583d691a8cf350e2873c",
            ),
            (
                "s3",
                "https://bucket.example.com/v1/a%20b",
                "f9823412798a98a49aa8c43c5bb65bd268fc3c00bbcf41dfd0c64f2eea1ccc3c",
            ),
        ] {
            let headers = signed(service, url).await;
            assert_eq!(
                header(&headers, "authorization"),
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/{service}/aws4_request, \
                     SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, \
                     Signature={signature}"
                ),
                "{service}"
            );
            assert_eq!(header(&headers, "x-amz-security-token"), "token");
            let digest = Digest::of(b"{}").to_string();
            assert_eq!(header(&headers, "x-amz-content-sha256"), digest);
        }
    }
}
