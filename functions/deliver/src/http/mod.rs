//! The HTTP destination: one event, one request.
//!
//! ```text
//!  event ── payload ── signature ── credentials ── request ── answer ── outcome
//!           payload.rs  access.rs    token.rs      send.rs    attempt.rs
//!                                                  client.rs: connections that are used again
//!                                                  dial.rs:   to addresses that were judged
//! ```

mod access;
mod attempt;
mod body;
mod client;
mod dial;
mod headers;
mod payload;
mod secret;
mod send;
mod settings;
#[cfg(test)]
mod tests;
mod tls;
mod token;

use aws::{Redemption, RequestSigner, Sdk, SecretText};
use domain::Timestamp;
use tokio::{sync::Mutex, time::timeout_at};

pub(crate) use self::settings::HttpProblem;
use self::{
    access::{Access, Known},
    attempt::retry_ours,
    dial::{Guard, Resolve, SystemResolver},
    payload::Payloads,
    secret::SecretSource,
    settings::{Auth, Settings},
};
use crate::{
    config::HttpConfig,
    destination::{Destination, Outcome, Outgoing},
};

/// Sends events over HTTP.
pub(crate) struct Http<P = Redemption, S = SecretText, R = SystemResolver> {
    access: Access<S, R>,
    /// As every target is told.
    subscription: String,
    payloads: P,
    signer: Option<RequestSigner>,
    now: fn() -> Timestamp,
}

impl Http {
    /// Reads no secret yet: the first event does.
    pub(crate) fn new(
        sdk: &Sdk,
        config: &HttpConfig,
        subscription: &str,
        secret_id: String,
    ) -> Result<Self, HttpProblem> {
        let secret = SecretText::new(sdk, secret_id);
        let http = Self::over(
            config,
            subscription,
            Redemption::new(sdk),
            secret,
            SystemResolver,
            runtime::now,
        )?;
        let signer = match &http.access.settings.auth {
            Auth::SigV4 { service, region } => {
                Some(RequestSigner::new(sdk, service.clone(), region.clone()))
            }
            _ => None,
        };
        Ok(Self { signer, ..http })
    }
}

impl<P: Payloads, S: SecretSource, R: Resolve> Http<P, S, R> {
    /// Over these ports.
    fn over(
        config: &HttpConfig,
        subscription: &str,
        payloads: P,
        source: S,
        resolver: R,
        now: fn() -> Timestamp,
    ) -> Result<Self, HttpProblem> {
        let settings = Settings::check(config)?;
        let guard = Guard::new(settings.allow_private);
        let access = Access {
            source,
            settings,
            guard,
            resolver,
            now,
            known: Mutex::new(Known::default()),
        };
        Ok(Self {
            access,
            subscription: subscription.to_owned(),
            payloads,
            signer: None,
            now,
        })
    }
}

impl<P: Payloads, S: SecretSource, R: Resolve> Destination for Http<P, S, R> {
    async fn deliver(&self, outgoing: Outgoing<'_>) -> Outcome {
        // Not the destination's fault: it had less than its own time.
        let out_of_time = |_| retry_ours("out_of_time");
        // Boxed: a handshake's state and a request's are large.
        timeout_at(outgoing.deadline, Box::pin(self.attempt(outgoing)))
            .await
            .unwrap_or_else(out_of_time)
    }
}
