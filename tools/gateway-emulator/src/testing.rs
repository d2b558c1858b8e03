//! What the tests of several modules start from.

use std::collections::HashMap;

use hyper::HeaderMap;
use hyper::header::HeaderValue;

use crate::call::Call;
use crate::definitions::Api;

/// A request to `POST /direct/{endpoint}` whose authorizer has answered.
pub(crate) fn call() -> Call {
    let mut headers = HeaderMap::new();
    headers.append("x-signature", HeaderValue::from_static("v0=1"));
    headers.append("x-signature", HeaderValue::from_static("v1=2"));
    headers.append("content-type", HeaderValue::from_static("text/plain"));
    Call {
        region: "us-east-1".to_owned(),
        account: "000000000000".to_owned(),
        api: "a1".to_owned(),
        stage: "v1".to_owned(),
        resource: "/direct/{endpoint}".to_owned(),
        resource_id: "r1".to_owned(),
        method: "POST".to_owned(),
        path: "/direct/shop".to_owned(),
        path_parameters: [("endpoint".to_owned(), "shop".to_owned())].into(),
        query: vec![
            ("a".to_owned(), "1".to_owned()),
            ("a".to_owned(), "2".to_owned()),
        ],
        headers,
        source_ip: "192.0.2.1".to_owned(),
        request_id: "req-1".to_owned(),
        received: "2025-11-21T20:59:57.414Z".parse().unwrap(),
        authorizer: [("name".to_owned(), "shop".to_owned())].into(),
        by_domain: None,
    }
}

/// An API without anything.
pub(crate) fn api() -> Api {
    Api {
        binary: true,
        default_endpoint: true,
        resources: Vec::new(),
        authorizers: HashMap::new(),
        validators: HashMap::new(),
        refusals: HashMap::new(),
    }
}
