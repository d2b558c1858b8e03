//! What is configured of a destination, checked.

use std::{sync::Arc, time::Duration};

use hyper::{HeaderMap, Method, header::HeaderName};
use outbound::Url;

use super::{
    attempt::Success,
    headers::{configured, is_reserved},
};
use crate::config::HttpConfig;

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// The payload's exact bytes.
    Payload,
    /// The event with its claim check.
    Event,
}

/// How the function says who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Auth {
    None,
    Header(HeaderName),
    Basic,
    OAuth2(TokenSettings),
    SigV4 {
        service: String,
        region: Option<String>,
    },
}

/// How to get a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenSettings {
    pub(super) url: Arc<Url>,
    pub(super) scope: Option<String>,
    pub(super) audience: Option<String>,
}

/// All settings of a destination.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) url: Arc<Url>,
    pub(super) method: Method,
    pub(super) auth: Auth,
    pub(super) signed: bool,
    pub(super) headers: HeaderMap,
    pub(super) content: Content,
    pub(super) success: Success,
    pub(super) timeout: Duration,
    pub(super) allow_private: bool,
    pub(super) own_ca: bool,
    pub(super) client_certificate: bool,
}

/// The destination cannot be used as it is configured; the text lists every problem. Do not start.
#[derive(Debug, thiserror::Error)]
#[error("settings: DESTINATION: {}", .0.join("; "))]
pub(crate) struct HttpProblem(Vec<String>);

/// The longest that an attempt may take.
const LONGEST_TIMEOUT_S: u64 = 60;

impl Settings {
    pub(super) fn check(config: &HttpConfig) -> Result<Self, HttpProblem> {
        let mut problems = Vec::new();
        let mut problem = |text: String| problems.push(text);
        let url = Url::parse(&config.url, config.allow_private)
            .map_err(|wrong| problem(format!("url {wrong}")));
        let auth = auth(config).map_err(&mut problem);
        let headers = configured(&config.headers)
            .map_err(|name| problem(format!("headers: {name} cannot be set")));
        let method = match config.method.as_str() {
            "POST" => Some(Method::POST),
            "PUT" => Some(Method::PUT),
            "PATCH" => Some(Method::PATCH),
            _ => None,
        };
        let content = match config.body.as_str() {
            "payload" => Some(Content::Payload),
            "event" => Some(Content::Event),
            _ => None,
        };
        let signed = match config.sign.as_str() {
            "standard-webhooks" => Some(true),
            "none" => Some(false),
            _ => None,
        };
        let success = Success::parse(&config.success);
        let timeout = Some(config.timeout_s).filter(|s| (1..=LONGEST_TIMEOUT_S).contains(s));
        for (missing, rule) in [
            (method.is_none(), "method must be POST, PUT or PATCH"),
            (content.is_none(), "body must be payload or event"),
            (signed.is_none(), "sign must be standard-webhooks or none"),
            (
                success.is_none(),
                "success must have statuses like 2xx or 202",
            ),
            (timeout.is_none(), "timeout_s must be 1 to 60"),
        ] {
            if missing {
                problem(rule.to_owned());
            }
        }
        match (
            url, auth, headers, method, content, signed, success, timeout,
        ) {
            (
                Ok(url),
                Ok(auth),
                Ok(headers),
                Some(method),
                Some(content),
                Some(signed),
                Some(success),
                Some(timeout),
            ) => Ok(Self {
                url: Arc::new(url),
                method,
                auth,
                signed,
                headers,
                content,
                success,
                timeout: Duration::from_secs(timeout),
                allow_private: config.allow_private,
                own_ca: config.own_ca,
                client_certificate: config.client_certificate,
            }),
            _ => Err(HttpProblem(problems)),
        }
    }

    /// Whether anything of the secret is needed at all.
    pub(super) fn needs_secret(&self) -> bool {
        let by_secret = !matches!(self.auth, Auth::None | Auth::SigV4 { .. });
        self.signed || self.own_ca || self.client_certificate || by_secret
    }
}

fn auth(config: &HttpConfig) -> Result<Auth, String> {
    let auth = &config.auth;
    match auth.kind.as_str() {
        "none" => Ok(Auth::None),
        "basic" => Ok(Auth::Basic),
        "header" => {
            let name = auth.header.as_deref().unwrap_or_default();
            HeaderName::from_bytes(name.as_bytes())
                .ok()
                .filter(|name| !is_reserved(name))
                .map(Auth::Header)
                .ok_or_else(|| "auth.header must name a header that is not ours".to_owned())
        }
        "oauth2_client_credentials" => {
            let url = auth.token_url.as_deref().unwrap_or_default();
            let url = Url::parse(url, config.allow_private)
                .map_err(|wrong| format!("auth.token_url {wrong}"))?;
            Ok(Auth::OAuth2(TokenSettings {
                url: Arc::new(url),
                scope: auth.scope.clone(),
                audience: auth.audience.clone(),
            }))
        }
        "sigv4" => match &auth.service {
            Some(service) if !service.is_empty() => Ok(Auth::SigV4 {
                service: service.clone(),
                region: auth.region.clone(),
            }),
            _ => Err("auth.service must name the service that is signed for".to_owned()),
        },
        _ => Err(
            "auth.type must be none, header, basic, oauth2_client_credentials or sigv4".to_owned(),
        ),
    }
}
