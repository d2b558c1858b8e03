//! What a form or an address says: fields, of which some may be repeated.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{header::CONTENT_TYPE, request::Parts},
};

use crate::{app::App, failure::Failure};

/// What forms are sent as, and nothing else.
const FORM: &str = "application/x-www-form-urlencoded";

/// The fields of a form that was sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

/// The fields of an address's query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked(pub(crate) Fields);

impl Fields {
    pub(crate) fn read(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The value of a field; none if it is missing or repeated.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        match self.all(name).as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The same; a failure if it is missing or repeated.
    pub(crate) fn needs(&self, name: &str) -> Result<&str, Failure> {
        let missing = || Failure::Unreadable(format!("The form needs one field {name:?}."));
        self.one(name).ok_or_else(missing)
    }

    /// All values of a field.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(found, _)| found == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request<Body>, app: &App) -> Result<Self, Failure> {
        let limits = &app.limits;
        let is_form = request
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes() == FORM.as_bytes());
        if !is_form {
            return Err(Failure::NotAForm);
        }
        let body = to_bytes(request.into_body(), limits.body_bytes);
        let body = tokio::time::timeout(limits.body, body)
            .await
            .map_err(|_| Failure::Unreadable("The form took too long.".to_owned()))?;
        Ok(Self::read(&body.map_err(|_| Failure::TooLarge)?))
    }
}

impl FromRequestParts<App> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Fields::read(query.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_may_be_repeated() {
        let fields = Fields::read(b"message=a&message=b%20c&to=invoices&empty=&%ff=%fe");
        assert_eq!(fields.all("message"), ["a", "b c"]);
        assert_eq!(fields.one("to"), Some("invoices"));
        assert_eq!(fields.one("empty"), Some(""));
        assert_eq!((fields.one("message"), fields.one("x")), (None, None));
        assert!(fields.needs("to").is_ok() && fields.needs("message").is_err());
    }
}
