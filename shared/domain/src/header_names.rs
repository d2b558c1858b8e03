//! Which headers may be kept of a delivery, by their names.

/// What the headers of a connection are about is over with it, and a receiver gets its own.
const OF_THE_CONNECTION: [&str; 11] = [
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Never kept, whatever an endpoint says.
const CREDENTIALS: [&str; 4] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
];

/// Words in the name of a header that may well be a secret.
const OF_SECRETS: [&str; 9] = [
    "access-key",
    "api-key",
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "password",
    "secret",
    "token",
];

/// Whether a header holds credentials by its definition.
#[must_use]
pub fn is_credential(name: &str) -> bool {
    CREDENTIALS.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// Whether a header is about a connection, and so is not passed on to another.
#[must_use]
pub fn is_of_the_connection(name: &str) -> bool {
    OF_THE_CONNECTION
        .iter()
        .any(|one| one.eq_ignore_ascii_case(name))
}

/// Whether an endpoint may name this header to be kept. Terraform refuses the others.
#[must_use]
pub fn may_be_named(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !is_of_the_connection(&name) && !OF_SECRETS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_what_is_about_a_connection_may_not_be_named() {
        for bad in [
            "Authorization",
            "proxy-authorization",
            "cookie",
            "Set-Cookie",
            "x-api-key",
            "X-Gitlab-Token",
            "x-hook-secret",
            "host",
            "Content-Length",
            "transfer-encoding",
        ] {
            assert!(!may_be_named(bad), "{bad}");
        }
        for good in ["x-github-event", "user-agent", "x-request-id", "x-author"] {
            assert!(may_be_named(good), "{good}");
        }
    }

    #[test]
    fn terraform_refuses_the_same_names() {
        let terraform = include_str!("../../../terraform/variables_endpoints.tf");
        assert!(terraform.contains(&format!("\"{}\"", OF_SECRETS.join("|"))));
        assert!(terraform.contains(&format!("[\"{}\"]", OF_THE_CONNECTION.join("\", \""))));
        assert!(terraform.contains(&format!("<= {}", crate::KEEP_HEADERS_MAX_BYTES)));
    }
}
