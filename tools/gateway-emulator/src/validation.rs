//! Request validators: which parameters a request must have. Pure.
//!
//! A required one must be included and not be blank
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html>).

use crate::call::Call;
use crate::definitions::Api;
use crate::mapping;
use crate::refusal::{Kind, Refusal};
use crate::rest_api::Method;

/// Checks a request by its method's validator.
///
/// # Errors
/// A required parameter is missing or blank (`BAD_REQUEST_PARAMETERS`), or the validator is not
/// supported here.
pub(crate) fn check(api: &Api, method: &Method, call: &Call) -> Result<(), Refusal> {
    let Some(id) = &method.request_validator_id else {
        return Ok(());
    };
    let validator = api
        .validators
        .get(id)
        .ok_or_else(|| Refusal::misconfigured("the API does not have the method's validator"))?;
    if validator.validate_request_body {
        return Err(Refusal::misconfigured(
            "the validation of bodies is not emulated here",
        ));
    }
    if !validator.validate_request_parameters {
        return Ok(());
    }
    let mut missing = Vec::new();
    for (parameter, required) in &method.request_parameters {
        let value = mapping::value(parameter, call)?;
        if *required && value.is_none_or(|value| value.trim().is_empty()) {
            missing.push(parameter.as_str());
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort_unstable();
    let reason = format!("missing or blank: {}", missing.join(", "));
    Err(Refusal::new(Kind::BadParameters, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest_api::RequestValidator;
    use crate::testing::{api, call};

    fn validator(parameters: bool, body: bool) -> RequestValidator {
        RequestValidator {
            id: "v".to_owned(),
            validate_request_parameters: parameters,
            validate_request_body: body,
        }
    }

    fn checked(
        validator: RequestValidator,
        required: &[&str],
        content_type: Option<&'static str>,
    ) -> Result<(), Refusal> {
        let mut api = api();
        api.validators.insert("v".to_owned(), validator);
        let required = required.iter().map(|name| ((*name).to_owned(), true));
        let optional = [("method.request.header.X-Optional".to_owned(), false)];
        let method = Method {
            request_validator_id: Some("v".to_owned()),
            request_parameters: required.chain(optional).collect(),
            ..Method::default()
        };
        let mut call = call();
        call.headers.remove("content-type");
        if let Some(value) = content_type {
            let value = hyper::header::HeaderValue::from_static(value);
            call.headers.insert("content-type", value);
        }
        check(&api, &method, &call)
    }

    const TYPE: &str = "method.request.header.Content-Type";

    #[test]
    fn what_is_required_must_be_there_and_not_be_blank() {
        let endpoint = "method.request.path.endpoint";
        for (content_type, good) in [
            (Some("text/plain"), true),
            (None, false),
            (Some(""), false),
            (Some(" "), false),
        ] {
            let result = checked(validator(true, false), &[endpoint, TYPE], content_type);
            match result {
                Ok(()) => assert!(good, "{content_type:?}"),
                Err(refusal) => {
                    assert_eq!(refusal.kind, Kind::BadParameters);
                    assert!(!good && refusal.reason.ends_with(TYPE), "{refusal}");
                }
            }
        }
    }

    #[test]
    fn without_a_validator_nothing_is_required() {
        assert_eq!(checked(validator(false, false), &[TYPE], None), Ok(()));
        let method = Method {
            request_parameters: [(TYPE.to_owned(), true)].into(),
            ..Method::default()
        };
        let mut call = call();
        call.headers.remove("content-type");
        assert_eq!(check(&api(), &method, &call), Ok(()));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let kind = |result: Result<(), Refusal>| result.unwrap_err().kind;
        let bodies = checked(validator(true, true), &[], Some("text/plain"));
        assert_eq!(kind(bodies), Kind::ApiConfiguration);
        let parameter = ["method.request.multivalueheader.x"];
        let unknown = checked(validator(true, false), &parameter, Some("text/plain"));
        assert_eq!(kind(unknown), Kind::ApiConfiguration);
        let gone = Method {
            request_validator_id: Some("w".to_owned()),
            ..Method::default()
        };
        let gone = check(&api(), &gone, &call());
        assert_eq!(kind(gone), Kind::ApiConfiguration);
    }
}
