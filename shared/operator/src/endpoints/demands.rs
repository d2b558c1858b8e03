use domain::{CertificateDemand, Endpoint, MediaRange};

/// What an endpoint demands of every delivery besides its signature, in words.
pub(super) fn demands(endpoint: &Endpoint) -> Vec<String> {
    let mut all = Vec::new();
    if !endpoint.content_types.is_empty() {
        let types = endpoint.content_types.iter().map(MediaRange::as_str);
        let types = types.collect::<Vec<_>>().join(" or ");
        all.push(format!("Content-Type {types}"));
    }
    let headers = endpoint.required_headers.iter();
    all.extend(headers.map(|name| format!("header {name}")));
    all.extend(
        endpoint
            .min_bytes
            .map(|least| format!("at least {least} bytes")),
    );
    let certificates = endpoint.mtls.iter().flat_map(CertificateDemand::words);
    all.extend(certificates.map(|one| format!("client certificate: {one}")));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_demand_is_named() {
        let demanded = |more: &str| {
            let config = format!(r#"{{"name":"a","scheme":"github"{more}}}"#);
            demands(&Endpoint::from_json(&config).unwrap())
        };
        assert!(demanded("").is_empty());
        assert_eq!(
            demanded(
                r#","content_types":["application/json","text/*"],"required_headers":["x-a"],"min_bytes":2,"mtls":{"san":["dns:a.example"]}"#
            ),
            [
                "Content-Type application/json or text/*",
                "header x-a",
                "at least 2 bytes",
                "client certificate: name dns:a.example"
            ]
        );
    }
}
