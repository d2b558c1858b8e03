use aws::Cause;
use domain::{
    Endpoint, KeyRing, KeyStore, KeyUse, SignedDuration, StoreError, Timestamp, format_time,
};
use signature::{Key, Scheme, Verifier};

use super::{
    super::finding::{About, Finding},
    each,
};
use crate::{Stack, problem::is_denied};

/// How long before the last key expires the doctor warns.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whether every endpoint has a key that its scheme can use, today and next week.
pub(in super::super) async fn keys(stack: &Stack) -> Vec<Finding> {
    let description = &stack.description;
    let configs = match stack.directory().endpoints().await {
        Ok(configs) => configs,
        Err(error) => {
            return vec![Finding::unchecked(
                description.tables.endpoints.as_str(),
                &error,
            )];
        }
    };
    let mut findings = Vec::new();
    let mut endpoints = Vec::new();
    for config in configs {
        match Endpoint::from_json(&config) {
            Ok(endpoint) => endpoints.push(endpoint),
            Err(problem) => findings.push(Finding::bad(
                description.tables.endpoints.as_str(),
                format!("an endpoint's item is unreadable: {problem}"),
                "run terraform apply, or use the version of coatcheck that was applied",
            )),
        }
    }
    endpoints.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let secrets = &stack.secrets();
    let now = (stack.now)();
    let of_endpoints = each(endpoints, move |endpoint: Endpoint| async move {
        let findings = if !endpoint.enabled {
            let off = "is disabled in Terraform";
            vec![Finding::ok(endpoint.name.as_str(), off)]
        } else {
            match secrets.keys(&endpoint.name).await {
                Ok(ring) => judge(&endpoint, &ring, now),
                Err(error) => vec![unread(&endpoint, &error)],
            }
        };
        let about = About::Endpoint(endpoint.name.to_string());
        let findings = findings.into_iter();
        findings
            .map(|finding| finding.about(about.clone()))
            .collect()
    });
    findings.extend(of_endpoints.await);
    findings
}

/// The finding of a secret that cannot be read, whether the stack or the caller causes it.
fn unread(endpoint: &Endpoint, error: &StoreError) -> Finding {
    let why = std::error::Error::source(error);
    let cause = why.and_then(|why| why.downcast_ref::<Cause>());
    if is_denied(error) {
        return not_checked(endpoint);
    }
    let permanent = matches!(error, StoreError::Permanent { .. });
    if !is_stacks_fault(permanent, cause.map(Cause::code)) {
        return Finding::unchecked(endpoint.name.as_str(), error);
    }
    let text = why.map_or_else(String::new, ToString::to_string);
    Finding::bad(
        endpoint.name.as_str(),
        format!("has no readable key, so it accepts no delivery: {text}"),
        remedy(
            endpoint,
            "store the provider's secret: ",
            " --secret-file FILE --replace",
        ),
    )
    .with_loss()
}

/// The finding for a caller with the policy `read` alone, which does not allow reading keys.
fn not_checked(endpoint: &Endpoint) -> Finding {
    Finding::warn(
        endpoint.name.as_str(),
        "not looked at: needs the policy verify",
        "attach the policy verify of `terraform output operator_policies` besides read, or leave this to someone who has it",
    )
}

/// Whether the stack causes it: there is no value, or it is not a key.
fn is_stacks_fault(permanent: bool, code: Option<Option<&str>>) -> bool {
    permanent && matches!(code, Some(None | Some("ResourceNotFoundException")))
}

fn judge(endpoint: &Endpoint, ring: &KeyRing, now: Timestamp) -> Vec<Finding> {
    let name = endpoint.name.as_str();
    let verifier = match Verifier::of(endpoint) {
        Ok(verifier) => verifier,
        Err(problem) => {
            return vec![
                Finding::bad(
                    name,
                    format!("its scheme cannot be used: {problem}"),
                    "fix the scheme in Terraform (`coatcheck check` says what is wrong with it), then apply",
                )
                .with_loss(),
            ];
        }
    };
    let mut findings = Vec::new();
    if endpoint.handshake {
        findings.push(Finding::warn(
            name,
            "its handshake is on: it answers anyone who asks",
            "once the webhook is registered, remove handshake = true from the endpoint, and apply",
        ));
    }
    for key in ring.live(now) {
        let Some(problem) = verifier.key_problem(&Key::from(key)) else {
            continue;
        };
        // A key that a rotation is ending needs no warning: you have replaced it.
        if !problem.is_fatal() && key.not_after.is_some() {
            continue;
        }
        let subject = format!("{name}, key {}", key.id);
        findings.push(if problem.is_fatal() {
            Finding::bad(
                subject,
                format!("{problem}: the functions never use it"),
                remedy(endpoint, "", ""),
            )
        } else {
            Finding::warn(
                subject,
                problem.to_string(),
                remedy(endpoint, "compare it with the provider's secret, or ", ""),
            )
        });
    }
    let usable = |at: Timestamp| {
        let live = ring.live(at).filter(|key| key.purpose == KeyUse::Signature);
        live.filter(|key| {
            let problem = verifier.key_problem(&Key::from(*key));
            problem.is_none_or(|problem| !problem.is_fatal())
        })
        .count()
    };
    let (today, next_week) = (usable(now), usable(now.saturating_add(SOON).unwrap_or(now)));
    findings.push(match (today, next_week) {
        (0, _) => Finding::bad(
            name,
            "has no valid key: every delivery is refused",
            remedy(endpoint, "", ""),
        )
        .with_loss(),
        (_, 0) => Finding::warn(
            name,
            format!("its last key expires at {}", last_end(ring, now)),
            remedy(endpoint, "before then: ", ""),
        )
        .with_loss(),
        (1, _) => Finding::ok(name, "1 key"),
        (some, _) => Finding::ok(name, format!("{some} keys")),
    });
    if lacks_basic(endpoint, ring, now) {
        findings.push(
            Finding::bad(
                name,
                "its scheme requires HTTP Basic credentials, and no key has \"use\": \"basic\": every delivery is refused",
                "add {\"id\", \"secret\": \"user:password\", \"use\": \"basic\"} to the keys of its secret",
            )
            .with_loss(),
        );
    }
    findings
}

/// How the endpoint gets a good key: an issuer's are not put by hand.
fn remedy(endpoint: &Endpoint, before: &str, after: &str) -> String {
    let scheme = Scheme::of(endpoint);
    match scheme.as_ref().ok().and_then(Scheme::key_set_url) {
        Some(url) => format!(
            "`watch` reads its keys from {url} every five minutes: coatcheck logs watch --since 1h says what is in the way"
        ),
        None => format!(
            "{before}coatcheck endpoints rotate-key {}{after}",
            endpoint.name
        ),
    }
}

/// When the last of the live keys expires.
fn last_end(ring: &KeyRing, now: Timestamp) -> String {
    let ends = ring
        .live(now)
        .filter(|key| key.purpose == KeyUse::Signature)
        .filter_map(|key| key.not_after);
    ends.max().map(format_time).unwrap_or_default()
}

fn lacks_basic(endpoint: &Endpoint, ring: &KeyRing, now: Timestamp) -> bool {
    let scheme = Scheme::of(endpoint);
    scheme.is_ok_and(|scheme| scheme.also_basic)
        && !ring.live(now).any(|key| key.purpose == KeyUse::Basic)
}

#[cfg(test)]
mod tests;
