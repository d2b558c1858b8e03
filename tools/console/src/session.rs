//! The one session of a console: the token in the address that the command prints becomes a
//! cookie of the browser that opens it first.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::{constant_time::verify_slices_are_equal, rand};
use axum::http::{HeaderMap, header::COOKIE};

/// The name under which the browser reaches the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// A name of its own below `.localhost`, new for each start. Cookies do not keep ports apart:
    /// under 127.0.0.1, every other server on this machine gets the cookie of this one.
    OfItsOwn,
    /// 127.0.0.1, for browsers that do not know such names.
    Loopback,
}

/// Bytes of a secret.
const SECRET: usize = 32;

/// Who may see the pages.
pub(crate) struct Session {
    /// Host and port, as the browser sends them.
    authority: String,
    cookie_name: String,
    /// Until it was used.
    token: Mutex<Option<[u8; SECRET]>>,
    cookie: [u8; SECRET],
}

/// The system has no random numbers.
#[derive(Debug)]
pub(crate) struct NoRandomness;

pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

impl Session {
    pub(crate) fn new(host: Host, port: u16) -> Result<Self, NoRandomness> {
        let name = match host {
            Host::OfItsOwn => format!("c-{}.localhost", hex::encode(random::<8>()?)),
            Host::Loopback => "127.0.0.1".to_owned(),
        };
        Ok(Self {
            authority: format!("{name}:{port}"),
            cookie_name: format!("coatcheck-{port}"),
            token: Mutex::new(Some(random()?)),
            cookie: random()?,
        })
    }

    /// Host and port of every request.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The address that opens the session, once; none if it was used.
    pub(crate) fn opening_url(&self) -> Option<String> {
        let token = *self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let token = hex::encode(token?);
        Some(format!("http://{}/?token={token}", self.authority))
    }

    /// Uses the token up, and returns the `Set-Cookie` for it; none if it is not the token, or
    /// was used before.
    pub(crate) fn open(&self, token: &str) -> Option<String> {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_equal(token, &(*kept)?) {
            return None;
        }
        *kept = None;
        // Not `Secure`: it is plain HTTP. No `Domain`, no age: it ends with the browser.
        let (name, value) = (&self.cookie_name, hex::encode(self.cookie));
        Some(format!("{name}={value}; HttpOnly; SameSite=Strict; Path=/"))
    }

    /// Whether a request comes from the browser that opened the session.
    pub(crate) fn holds(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == self.cookie_name && is_equal(value, &self.cookie))
    }
}

/// In constant time.
fn is_equal(hex: &str, secret: &[u8; SECRET]) -> bool {
    let mut bytes = [0; SECRET];
    hex::decode_to_slice(hex, &mut bytes).is_ok() && verify_slices_are_equal(&bytes, secret).is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        let values = cookies
            .iter()
            .map(|one| HeaderValue::from_str(one).unwrap());
        values.map(|value| (COOKIE, value)).collect()
    }

    #[test]
    fn a_token_opens_it_once() {
        let session = Session::new(Host::OfItsOwn, 4788).unwrap();
        let url = session.opening_url().unwrap();
        let (address, token) = url.split_once("/?token=").unwrap();
        assert!(address.starts_with("http://c-") && address.ends_with(".localhost:4788"));
        assert_eq!(token.len(), 64);
        for wrong in ["", "00", &"0".repeat(64), &token[..63]] {
            assert_eq!(session.open(wrong), None, "{wrong}");
        }
        let cookie = session.open(token).unwrap();
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"));
        assert_eq!(session.open(token), None);
        assert_eq!(session.opening_url(), None);
    }

    #[test]
    fn only_its_own_cookie_is_let_in() {
        let session = Session::new(Host::Loopback, 4788).unwrap();
        let url = session.opening_url().unwrap();
        let (_, token) = url.split_once("/?token=").unwrap();
        let cookie = session.open(token).unwrap();
        let ours = cookie.split(';').next().unwrap();
        assert!(session.holds(&headers(&[ours])));
        assert!(session.holds(&headers(&[
            "a=b",
            &format!("coatcheck-4788=x; {ours}; c=d")
        ])));
        for other in [
            "",
            "coatcheck-4788=",
            "coatcheck-4788=zz",
            &ours.replace("4788", "4789"),
            &format!("coatcheck-4788={token}"),
        ] {
            assert!(!session.holds(&headers(&[other])), "{other}");
        }
        assert!(!session.holds(&HeaderMap::new()));
    }

    #[test]
    fn no_two_are_alike() {
        let of = || Session::new(Host::OfItsOwn, 1).unwrap().opening_url();
        assert_ne!(of(), of());
    }
}
