//! Calls to one service, with their tries and their time.

use std::{fmt, time::Duration};

use bytes::Bytes;
use domain::{Cause, StoreError, is_transient, with_causes};
use http_body_util::Full;
use hyper::{
    Method, Request, Uri,
    header::{HeaderName, HeaderValue},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    client::{Address, Answer, Broken, Client, Opened},
    environment::{Environment, ServiceName},
    sign::{Header, Signable, Signer, header},
};

/// The longest that one call may last, with all its tries. `call_budget.json` of `aws` says how
/// many of them a function makes one after the other.
const CALL: Duration = Duration::from_secs(6);

/// The longest that one of its tries may last.
const TRY: Duration = Duration::from_secs(4);

const TRIES: u32 = 3;

/// What the pause before the second try is at most; before the third it is twice as long.
const PAUSE: Duration = Duration::from_millis(50);

/// Codes of refusals that are tried again, besides the statuses 500, 502, 503 and 504: what the
/// SDK calls throttling and transient errors.
/// <https://github.com/smithy-lang/smithy-rs/blob/main/aws/rust-runtime/aws-runtime/src/retries/classifiers.rs>
const TRY_AGAIN: [&str; 16] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// The version of the client, for the access logs of AWS.
const USER_AGENT: &str = concat!("coatcheck/", env!("CARGO_PKG_VERSION"));

/// One service.
pub(crate) struct Service {
    client: Client,
    signer: Signer,
    now: fn() -> domain::Timestamp,
}

/// One call.
pub(crate) struct Call<'a> {
    /// For instance `s3:PutObject`.
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    /// Encoded, from `/` on.
    pub(crate) path: &'a str,
    pub(crate) headers: Vec<Header<'a>>,
    /// The digest of the body in hex, or `UNSIGNED-PAYLOAD`.
    pub(crate) payload: &'a str,
    pub(crate) body: Bytes,
}

/// Without the key's address, which says nothing, and the credentials.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = &self.client.address;
        f.debug_struct("Service").field("address", address).finish()
    }
}

impl Service {
    pub(crate) fn new(environment: &Environment, name: ServiceName) -> Self {
        Self::at(environment.address(name), environment, name)
    }

    pub(crate) fn at(address: Address, environment: &Environment, name: ServiceName) -> Self {
        let now = environment.now;
        Self {
            client: Client::new(address, environment.trust.clone(), now),
            signer: Signer::new(environment, name),
            now,
        }
    }

    pub(crate) async fn warm(&self, connections: usize) {
        self.client.warm(connections).await;
    }

    /// Makes a call that may arrive more than once, and is tried again where that may help. What
    /// the service refuses is an answer.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer, StoreError> {
        let attempt = || async { self.client.whole(self.attempt(call).await?).await };
        tried(call.operation, attempt, Answer::asks_for_another_try).await
    }

    /// The same for an answer that may be long: what is not refused comes back unread. The time of
    /// the call ends where the body begins.
    pub(crate) async fn open(&self, call: &Call<'_>) -> Result<Result<Opened, Answer>, StoreError> {
        let attempt = || async {
            let opened = self.attempt(call).await?;
            Ok(match opened.status {
                200 => Ok(opened),
                _ => Err(self.client.whole(opened).await?),
            })
        };
        let again = |outcome: &Result<_, Answer>| {
            let refused = outcome.as_ref().err();
            refused.is_some_and(Answer::asks_for_another_try)
        };
        tried(call.operation, attempt, again).await
    }

    /// Keeps the connection of an answer that was read to its end.
    pub(crate) async fn done(&self, opened: Opened) {
        self.client.done(opened).await;
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Opened, Broken> {
        let mut headers = call.headers.clone();
        headers.push(header("host", self.client.address.authority()));
        let signable = Signable {
            method: call.method.as_str(),
            path: call.path,
            payload: call.payload,
        };
        self.signer.sign(&signable, &mut headers, (self.now)());
        headers.push(header("user-agent", USER_AGENT));
        let request = || {
            let mut request = Request::new(Full::new(call.body.clone()));
            *request.method_mut() = call.method.clone();
            *request.uri_mut() = call.path.parse().unwrap_or_else(|_| Uri::default());
            for (name, value) in &headers {
                // A value that HTTP cannot carry is left out, and so the signature is refused.
                let name = HeaderName::from_bytes(name.as_bytes());
                if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                    request.headers_mut().append(name, value);
                }
            }
            request
        };
        self.client.begin(request).await
    }

    /// Makes a call of the JSON protocol. `Err` holds the service's refusal as it came.
    /// <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        action: &JsonAction,
        input: &impl Serialize,
    ) -> Result<Result<T, Answer>, StoreError> {
        let operation = action.operation;
        let body = serde_json::to_vec(input);
        let body = body.map_err(|error| permanent(operation, error.to_string()))?;
        let call = Call {
            operation,
            method: Method::POST,
            path: "/",
            headers: vec![
                header("content-type", action.content_type),
                header("x-amz-target", action.target),
            ],
            payload: &domain::Digest::of(&body).to_string(),
            body: body.into(),
        };
        let answer = self.call(&call).await?;
        if answer.status != 200 {
            return Ok(Err(answer));
        }
        // Its own text could show a part of a secret.
        let read = serde_json::from_slice(&answer.body);
        read.map(Ok)
            .map_err(|_| transient(operation, "the answer cannot be read".to_owned()))
    }
}

/// Tries once, and again where that may help.
async fn tried<T, F>(
    operation: &'static str,
    attempt: impl Fn() -> F,
    asks_for_another_try: impl Fn(&T) -> bool,
) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, Broken>>,
{
    let end = Instant::now() + CALL;
    let mut tries = 0;
    loop {
        tries += 1;
        let until = end.min(Instant::now() + TRY);
        let outcome = match timeout_at(until, attempt()).await {
            Ok(Ok(answer)) if !asks_for_another_try(&answer) => return Ok(answer),
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(broken)) => Err(with_causes(&broken)),
            Err(_) => Err("no answer in time".to_owned()),
        };
        let pause = PAUSE.mul_f64(fastrand::f64() * f64::from(tries));
        if tries == TRIES || Instant::now() + pause >= end {
            return outcome.map_err(|text| transient(operation, text));
        }
        sleep(pause).await;
    }
}

/// An operation of the JSON protocol.
pub(crate) struct JsonAction {
    pub(crate) operation: &'static str,
    /// `X-Amz-Target`.
    pub(crate) target: &'static str,
    pub(crate) content_type: &'static str,
}

#[derive(Default, Deserialize)]
struct JsonRefusal {
    #[serde(rename = "__type")]
    kind: Option<String>,
    code: Option<String>,
    #[serde(alias = "Message")]
    message: Option<String>,
}

impl Answer {
    fn asks_for_another_try(&self) -> bool {
        match self.status {
            500 | 502 | 503 | 504 => true,
            ..400 => false,
            _ => {
                let code = self.refusal().0;
                code.is_some_and(|code| TRY_AGAIN.contains(&code.as_str()))
            }
        }
    }

    /// The service's code and message.
    fn refusal(&self) -> (Option<String>, Option<String>) {
        let text = String::from_utf8_lossy(&self.body);
        let (code, message) = if text.trim_start().starts_with('<') {
            (element(&text, "Code"), element(&text, "Message"))
        } else {
            let json: JsonRefusal = serde_json::from_str(&text).unwrap_or_default();
            let kind = self.error_type.clone().or(json.kind).or(json.code);
            (kind, json.message)
        };
        // `com.amazonaws.dynamodb.v20120810#ValidationException:http://...`
        let code = code.map(|code| {
            let code = code.split(':').next().unwrap_or_default();
            code.rsplit('#').next().unwrap_or_default().to_owned()
        });
        // What follows the first line of a message about a signature is the request, as it was
        // signed, with the session token.
        let message = message.map(|text| text.lines().next().unwrap_or_default().to_owned());
        (code, message)
    }

    /// Whether it is this refusal.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.refusal().0.as_deref() == Some(code)
    }

    /// The refusal, sorted: transient or permanent.
    pub(crate) fn refused(&self, operation: &'static str) -> StoreError {
        let (code, message) = self.refusal();
        let text = match (&code, message) {
            (None, None) => format!("status {}", self.status),
            (code, message) => format!(
                "{}: {}",
                code.as_deref().unwrap_or("unknown"),
                message.as_deref().unwrap_or("no message")
            ),
        };
        // What is no refusal is an answer that nobody expects, as of a proxy.
        let later =
            self.status < 400 || is_transient(self.status, code.as_deref().unwrap_or_default());
        let source = Box::new(Cause::of_service(code, text));
        if later {
            StoreError::Transient { operation, source }
        } else {
            StoreError::Permanent { operation, source }
        }
    }
}

/// The text of an element of S3's errors, which have no nested ones of these names.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.to_owned())
}

/// A failure that only the configuration causes.
pub(crate) fn permanent(operation: &'static str, why: String) -> StoreError {
    let source = Box::new(Cause::of_ours(why));
    StoreError::Permanent { operation, source }
}

/// A failure for which the service gave no code, and that may pass.
pub(crate) fn transient(operation: &'static str, why: String) -> StoreError {
    let source = Box::new(Cause::of_ours(why));
    StoreError::Transient { operation, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `call_budget.json` is what Terraform's tests check the functions' timeouts against.
    #[test]
    fn a_call_lasts_no_longer_than_timeouts_are_made_for() {
        let budget = include_str!("../../aws/call_budget.json");
        let line = format!("\"call_s\": {},", CALL.as_secs());
        assert!(budget.contains(&line), "call_budget.json says otherwise");
    }
}
