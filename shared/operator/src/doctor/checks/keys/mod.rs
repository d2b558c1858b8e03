use aws::Cause;
use domain::{
    Endpoint, KeyRing, KeyStore, KeyUse, SignedDuration, StoreError, Timestamp, format_time,
};
use signature::{Key, Scheme, Verifier};

use super::{super::finding::Finding, each};
use crate::{Stack, problem::is_denied};

const CHECK: &str = "keys";

/// Before a key ends without another, somebody is to hear of it.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whether every endpoint has a key that its scheme can use, now and next week.
pub(in super::super) async fn keys(stack: &Stack) -> Vec<Finding> {
    let description = &stack.description;
    let configs = match stack.directory().endpoints().await {
        Ok(configs) => configs,
        Err(error) => {
            return vec![Finding::unseen(
                CHECK,
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
                CHECK,
                description.tables.endpoints.as_str(),
                format!("an endpoint's item is unreadable: {problem}"),
                "terraform apply, or use the command line of the version that was applied",
            )),
        }
    }
    endpoints.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let secrets = &stack.secrets();
    let now = (stack.now)();
    let of_endpoints = each(endpoints, move |endpoint: Endpoint| async move {
        if !endpoint.enabled {
            let off = "is off, as Terraform has it";
            return vec![Finding::ok(CHECK, endpoint.name.as_str(), off)];
        }
        match secrets.keys(&endpoint.name).await {
            Ok(ring) => judge(&endpoint, &ring, now),
            Err(error) => vec![unread(&endpoint, &error)],
        }
    });
    findings.extend(of_endpoints.await);
    findings
}

/// A secret that cannot be read, whosever fault that is.
fn unread(endpoint: &Endpoint, error: &StoreError) -> Finding {
    let why = std::error::Error::source(error);
    let cause = why.and_then(|why| why.downcast_ref::<Cause>());
    if is_denied(error) {
        return unlooked(endpoint);
    }
    let permanent = matches!(error, StoreError::Permanent { .. });
    if !is_stacks_fault(permanent, cause.map(Cause::code)) {
        return Finding::unseen(CHECK, endpoint.name.as_str(), error);
    }
    let text = why.map_or_else(String::new, ToString::to_string);
    Finding::bad(
        CHECK,
        endpoint.name.as_str(),
        format!("has no key that can be read, so it takes no delivery: {text}"),
        format!(
            "put the provider's secret there: coatcheck endpoints rotate-key {} --secret-file FILE --replace",
            endpoint.name
        ),
    )
    .with_loss()
}

/// Who holds the policy `read` alone may not see keys, and is to see none.
fn unlooked(endpoint: &Endpoint) -> Finding {
    Finding::warn(
        CHECK,
        endpoint.name.as_str(),
        "not looked at: needs the policy verify",
        "attach the policy verify of `terraform output operator_policies` beside read, or leave this to who has it",
    )
}

/// There is no value, or one that is no key; not the fault of one who may not look.
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
                    CHECK,
                    name,
                    format!("its scheme cannot be used: {problem}"),
                    "fix the scheme in Terraform (coatcheck check says what is wrong with it), and apply",
                )
                .with_loss(),
            ];
        }
    };
    let mut findings = Vec::new();
    if endpoint.handshake {
        findings.push(Finding::warn(
            CHECK,
            name,
            "its handshake is on: anyone who asks is answered",
            "once the webhook is registered, take handshake = true out of the endpoint, and apply",
        ));
    }
    for key in ring.live(now) {
        let Some(problem) = verifier.key_problem(&Key::from(key)) else {
            continue;
        };
        // A key on its way out needs no second look: nothing better can be done about it.
        if !problem.is_fatal() && key.not_after.is_some() {
            continue;
        }
        let subject = format!("{name}, key {}", key.id);
        findings.push(if problem.is_fatal() {
            Finding::bad(
                CHECK,
                subject,
                format!("{problem}: it is never used"),
                format!("coatcheck endpoints rotate-key {name}"),
            )
        } else {
            Finding::warn(
                CHECK,
                subject,
                problem.to_string(),
                format!("compare it with the provider's, or coatcheck endpoints rotate-key {name}"),
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
            CHECK,
            name,
            "has no key that is good now: every delivery is refused",
            format!("coatcheck endpoints rotate-key {name}"),
        )
        .with_loss(),
        (_, 0) => Finding::warn(
            CHECK,
            name,
            format!("its last key ends {}", last_end(ring, now)),
            format!("coatcheck endpoints rotate-key {name}, before that"),
        )
        .with_loss(),
        (1, _) => Finding::ok(CHECK, name, "1 key"),
        (some, _) => Finding::ok(CHECK, name, format!("{some} keys")),
    });
    if lacks_basic(endpoint, ring, now) {
        findings.push(
            Finding::bad(
                CHECK,
                name,
                "its scheme demands HTTP Basic credentials, and no key has \"use\": \"basic\": every delivery is refused",
                "add {\"id\", \"secret\": \"user:password\", \"use\": \"basic\"} to the keys of its secret",
            )
            .with_loss(),
        );
    }
    findings
}

/// The end that is last, of those that are to come.
fn last_end(ring: &KeyRing, now: Timestamp) -> String {
    let ends = ring
        .live(now)
        .filter(|key| key.purpose == KeyUse::Signature)
        .filter_map(|key| key.not_after);
    ends.max().map(format_time).unwrap_or_default()
}

fn lacks_basic(endpoint: &Endpoint, ring: &KeyRing, now: Timestamp) -> bool {
    let scheme = Scheme::resolve(&endpoint.scheme);
    scheme.is_ok_and(|scheme| scheme.also_basic)
        && !ring.live(now).any(|key| key.purpose == KeyUse::Basic)
}

#[cfg(test)]
mod tests;
