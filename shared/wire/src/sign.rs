//! Signature Version 4, for requests without a query.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::{
    borrow::Cow,
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use domain::{Digest, Timestamp};

use crate::environment::{Credentials, Environment, ServiceName};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A header: its name in lower case, and its value.
pub(crate) type Header<'a> = (Cow<'a, str>, Cow<'a, str>);

/// A header that is nobody's own.
pub(crate) fn header<'a>(name: &'a str, value: &'a str) -> Header<'a> {
    (Cow::Borrowed(name), Cow::Borrowed(value))
}

/// Signs for one service.
pub(crate) struct Signer {
    credentials: Arc<Credentials>,
    /// `{region}/{service}/aws4_request`.
    scope: String,
    region: String,
    service: &'static str,
    /// The key of a day, which takes four HMACs to derive.
    key: Mutex<Option<(String, Key)>>,
}

/// A request, as far as it is signed.
pub(crate) struct Signable<'a> {
    pub(crate) method: &'a str,
    /// As it is sent: S3 does not encode it again, and the other services have only `/`.
    pub(crate) path: &'a str,
    /// The digest of the body in hex, or `UNSIGNED-PAYLOAD`.
    pub(crate) payload: &'a str,
}

impl Signer {
    pub(crate) fn new(environment: &Environment, service: ServiceName) -> Self {
        let (region, service) = (environment.region.clone(), service.id());
        Self {
            credentials: Arc::clone(&environment.credentials),
            scope: format!("{region}/{service}/aws4_request"),
            region,
            service,
            key: Mutex::default(),
        }
    }

    /// Adds the date, the session token and the signature of all headers.
    pub(crate) fn sign<'a>(
        &'a self,
        request: &Signable<'_>,
        headers: &mut Vec<Header<'a>>,
        now: Timestamp,
    ) {
        let at = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let date = at.get(..8).unwrap_or_default().to_owned();
        headers.push((Cow::Borrowed("x-amz-date"), Cow::Owned(at.clone())));
        if let Some(token) = &self.credentials.session_token {
            headers.push(header("x-amz-security-token", token.expose()));
        }
        headers.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let (signed, canonical) = canonical(request, headers);
        let scope = format!("{date}/{}", self.scope);
        let text = format!("{ALGORITHM}\n{at}\n{scope}\n{}", Digest::of(canonical));
        let signature = hmac::sign(&self.key(date), text.as_bytes());
        let authorization = format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={signed}, Signature={}",
            self.credentials.access_key_id,
            hex::encode(signature)
        );
        headers.push((Cow::Borrowed("authorization"), Cow::Owned(authorization)));
    }

    fn key(&self, date: String) -> Key {
        let mut kept = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((of, key)) if *of == date => key.clone(),
            _ => {
                let secret = format!("AWS4{}", self.credentials.secret_access_key.expose());
                let mut key = Key::new(HMAC_SHA256, secret.as_bytes());
                for part in [&date, self.region.as_str(), self.service, "aws4_request"] {
                    let derived = hmac::sign(&key, part.as_bytes());
                    key = Key::new(HMAC_SHA256, derived.as_ref());
                }
                *kept = Some((date, key.clone()));
                key
            }
        }
    }
}

/// The names of the headers, and the canonical request.
fn canonical(request: &Signable<'_>, headers: &[Header<'_>]) -> (String, String) {
    let Signable {
        method,
        path,
        payload,
    } = request;
    let mut text = format!("{method}\n{path}\n\n");
    let mut names = String::new();
    for (name, value) in headers {
        let _infallible = write!(text, "{name}:");
        // Runs of spaces count as one, which is how the service reads them.
        for (at, word) in value.split(' ').filter(|word| !word.is_empty()).enumerate() {
            text.push_str(if at == 0 { "" } else { " " });
            text.push_str(word);
        }
        text.push('\n');
        names.push_str(if names.is_empty() { "" } else { ";" });
        names.push_str(name);
    }
    let _infallible = write!(text, "\n{names}\n{payload}");
    (names, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example "PUT Object" of S3's documentation.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
    #[test]
    fn signs_as_the_documentation_of_s3_does() {
        let signer = Signer {
            credentials: Arc::new(Credentials {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
                secret_access_key: domain::Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                session_token: None,
            }),
            scope: "us-east-1/s3/aws4_request".to_owned(),
            region: "us-east-1".to_owned(),
            service: "s3",
            key: Mutex::default(),
        };
        let payload = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        let request = Signable {
            method: "PUT",
            path: "/test%24file.text",
            payload,
        };
        let sign = |now: &str| {
            let mut headers = vec![
                header("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                header("host", "examplebucket.s3.amazonaws.com"),
                header("date", "Fri, 24 May 2013 00:00:00 GMT"),
                header("x-amz-content-sha256", payload),
            ];
            signer.sign(&request, &mut headers, now.parse().unwrap());
            headers.pop().unwrap().1.into_owned()
        };
        let expected = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, \
             Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
        // Another day's key in between: a key is kept for its own day.
        assert_eq!(sign("2013-05-24T00:00:00Z"), expected);
        assert!(sign("2013-05-25T00:00:00Z").contains("/20130525/"));
        assert_eq!(sign("2013-05-24T00:00:00Z"), expected);
    }
}
