use std::{collections::BTreeSet, net::IpAddr};

use aws::operator::{CertificateState, DomainState, FrontDoorFacts};
use domain::{SignedDuration, Timestamp};

use super::super::finding::Finding;
use crate::{Stack, format::format_duration, stack::FrontDoor};

const DEFAULT: &str = "default endpoint";

/// ACM begins to renew 60 days before the end, so that a renewal that is stuck shows by then.
/// <https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html>
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How often a name is looked up: a name server does not give all addresses each time.
const LOOK_UPS: usize = 3;

/// Whether providers reach the stack by its domain name, and by nothing else if you want that. A
/// stack without a domain has no findings.
pub(in super::super) async fn front_door(stack: &Stack) -> Vec<Finding> {
    let Some(door) = &stack.description.front_door else {
        return Vec::new();
    };
    let now = (stack.now)();
    let facts = FrontDoorFacts::new(&stack.sdk, now);
    let (domain, certificate, open, found) = tokio::join!(
        facts.domain(&door.domain),
        facts.certificate(&door.certificate_arn),
        facts.default_endpoint(&stack.description.api.id),
        addresses(stack, door),
    );
    let mut findings = match domain {
        Ok(state) => judge_domain(door, state.as_ref()),
        Err(error) => vec![Finding::unchecked(&door.domain, &error)],
    };
    findings.push(match certificate {
        Ok(state) => judge_certificate(door, state.as_ref(), now),
        Err(error) => Finding::unchecked("certificate", &error),
    });
    findings.push(match found {
        Some((ours, targets)) => judge_addresses(door, &ours, &targets),
        None => Finding::ok("DNS", "not checked: a local cloud has no name server"),
    });
    findings.push(match open {
        Ok(open) => judge_default(door, open),
        Err(error) => Finding::unchecked(DEFAULT, &error),
    });
    findings
}

fn judge_domain(door: &FrontDoor, state: Option<&DomainState>) -> Vec<Finding> {
    let name = door.domain.as_str();
    let Some(state) = state else {
        let remedy = "apply the Terraform code again";
        let gone = Finding::bad(name, "API Gateway has no such domain name", remedy);
        return vec![gone.with_loss()];
    };
    let message = state.message.as_deref().map(|text| format!(" ({text})"));
    let message = message.unwrap_or_default();
    let mut findings = vec![match state.status.as_deref() {
        None | Some("AVAILABLE") if state.mtls == door.mtls => Finding::ok(name, "is available"),
        None | Some("AVAILABLE") => Finding::bad(
            name,
            if door.mtls {
                "asks for no client certificate, but Terraform set mutual TLS"
            } else {
                "asks for client certificates, but Terraform set no mutual TLS"
            },
            "someone changed it: apply the Terraform code again",
        ),
        Some(status @ ("UPDATING" | "PENDING")) => Finding::warn(
            name,
            format!("is {}{message}", status.to_lowercase()),
            "wait some minutes, then look again",
        ),
        Some(status) => Finding::bad(
            name,
            format!("is {status}{message}"),
            "follow what API Gateway says, then apply the Terraform code again",
        )
        .with_loss(),
    }];
    findings.extend(state.truststore_warnings.iter().map(|warning| {
        Finding::warn(
            "truststore",
            format!("API Gateway warns: {warning}"),
            "correct front_door.mtls.truststore, and apply: clients of that CA are refused",
        )
    }));
    findings
}

fn judge_certificate(
    door: &FrontDoor,
    state: Option<&CertificateState>,
    now: Timestamp,
) -> Finding {
    let subject = "certificate";
    let Some(state) = state else {
        let finding = format!("ACM has no certificate {}", door.certificate_arn);
        let remedy = "create or import one, set front_door.certificate_arn, and apply";
        return Finding::bad(subject, finding, remedy).with_loss();
    };
    let renew = if state.imported {
        "ACM does not renew an imported certificate: import a new one under the same ARN"
    } else {
        "put the record that ACM shows for the certificate into the domain's DNS, then wait"
    };
    match state.status.as_str() {
        "ISSUED" => {}
        "PENDING_VALIDATION" => {
            let finding = format!(
                "is not issued yet: {} is not proven",
                state.unproven.join(", ")
            );
            return Finding::bad(subject, finding, renew).with_loss();
        }
        status => {
            let why = state.failure.as_deref().map(|why| format!(" ({why})"));
            let finding = format!("is {status}{}", why.unwrap_or_default());
            let remedy = "create or import another one, set front_door.certificate_arn, and apply";
            return Finding::bad(subject, finding, remedy).with_loss();
        }
    }
    let Some(end) = state.not_after else {
        return Finding::ok(subject, "is issued; ACM says no end");
    };
    let left = now.duration_until(end);
    if left.is_negative() || left.is_zero() {
        let finding = format!("expired {} ago", format_duration(left.abs()));
        return Finding::bad(subject, finding, renew).with_loss();
    }
    let finding = format!("is good for {}", format_duration(left));
    match state.renewal.as_deref() {
        Some(renewal @ ("PENDING_VALIDATION" | "FAILED")) => {
            let finding = format!("{finding}, but its renewal is {renewal}");
            Finding::warn(subject, finding, renew).with_loss()
        }
        _ if left < SOON => Finding::warn(subject, finding, renew).with_loss(),
        _ => Finding::ok(subject, finding),
    }
}

/// What the system's resolver says of the domain and of its target. None: there is no name server.
async fn addresses(
    stack: &Stack,
    door: &FrontDoor,
) -> Option<(BTreeSet<IpAddr>, BTreeSet<IpAddr>)> {
    if stack.is_local() {
        return None;
    }
    Some(tokio::join!(resolve(&door.domain), resolve(&door.target)))
}

async fn resolve(host: &str) -> BTreeSet<IpAddr> {
    let mut all = BTreeSet::new();
    for _ in 0..LOOK_UPS {
        let found = tokio::net::lookup_host((host, 443)).await;
        all.extend(found.into_iter().flatten().map(|address| address.ip()));
    }
    all
}

fn judge_addresses(
    door: &FrontDoor,
    ours: &BTreeSet<IpAddr>,
    targets: &BTreeSet<IpAddr>,
) -> Finding {
    let (domain, target) = (&door.domain, &door.target);
    let remedy = match &door.zone_id {
        Some(zone) => format!(
            "apply the Terraform code again, and check that the registrar names the name servers of the zone {zone}"
        ),
        None => format!("create a CNAME or an alias of {domain} for {target}"),
    };
    if ours.is_empty() {
        let finding = format!("{domain} does not resolve from this machine");
        return Finding::bad("DNS", finding, remedy).with_loss();
    }
    if targets.is_empty() {
        let finding = format!("not compared: {target} does not resolve from this machine");
        return Finding::warn("DNS", finding, "look again from a machine with a resolver");
    }
    if ours.is_disjoint(targets) {
        let finding = format!("{domain} resolves to other addresses than {target}");
        let remedy = format!("if no proxy of yours is in front of it: {remedy}");
        return Finding::warn("DNS", finding, remedy);
    }
    Finding::ok("DNS", format!("{domain} resolves to API Gateway"))
}

fn judge_default(door: &FrontDoor, open: Option<bool>) -> Finding {
    match (open, door.default_endpoint) {
        (None, _) => Finding::bad(
            DEFAULT,
            "the API does not exist",
            "apply the Terraform code again",
        )
        .with_loss(),
        (Some(true), false) => Finding::bad(
            DEFAULT,
            "still answers, although Terraform turned it off",
            "someone turned it on: apply the Terraform code again",
        ),
        (Some(true), true) if door.mtls => Finding::warn(
            DEFAULT,
            "answers too, and asks for no client certificate",
            "set front_door.disable_default_endpoint once no provider uses the old URLs",
        ),
        (Some(true), true) => Finding::ok(DEFAULT, "answers too"),
        (Some(false), true) => Finding::bad(
            DEFAULT,
            "is turned off, although Terraform left it on",
            "someone turned it off: apply the Terraform code again",
        )
        .with_loss(),
        (Some(false), false) => Finding::ok(DEFAULT, "is turned off"),
    }
}

#[cfg(test)]
#[path = "front_door_tests.rs"]
mod tests;
