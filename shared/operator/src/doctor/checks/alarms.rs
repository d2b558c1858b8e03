use std::collections::BTreeSet;

use aws::operator::{AlarmState, Alarms};
use domain::{SignedDuration, Timestamp, format_time};

use super::super::finding::Finding;
use crate::{Stack, format::format_duration, plural};

/// The alarms that notice missing data, by the ends of their names, and the function that
/// sends the data. All others treat missing data as good.
const TELL_SILENCE: [(&str, &str); 2] = [("-route-lag", "watch"), ("-unswept", "sweep")];

/// How long a new stack may take until it has its first data.
const FIRST_DATA: SignedDuration = SignedDuration::from_hours(1);

/// Whether any alarm is on, and whether all of them exist.
pub(in super::super) async fn alarms(stack: &Stack) -> Vec<Finding> {
    let names = &stack.description.alarms;
    if names.is_empty() {
        return vec![Finding::warn(
            stack.description.stack.as_str(),
            "has no alarms: no one is notified of a problem",
            "set alarms_enabled = true and alarm_topic_arns in Terraform's variables",
        )];
    }
    match Alarms::new(&stack.sdk).of(names).await {
        Ok(found) => judge(names, &found, (stack.now)()),
        Err(error) => vec![Finding::unchecked(stack.description.stack.as_str(), &error)],
    }
}

/// Alarms that are off share one finding: there are many.
fn judge(names: &[String], found: &[AlarmState], now: Timestamp) -> Vec<Finding> {
    let there: BTreeSet<&str> = found.iter().map(|alarm| alarm.name.as_str()).collect();
    let gone = names
        .iter()
        .filter(|name| !there.contains(name.as_str()))
        .map(|name| Finding::warn(name, "does not exist", "terraform apply"));
    let on = found
        .iter()
        .filter(|alarm| alarm.state == "ALARM")
        .map(|alarm| {
            let since = alarm
                .since
                .map_or_else(String::new, |at| format!(" since {}", format_time(at)));
            // Its description ends with its page in the runbook.
            Finding::bad(&alarm.name, format!("is on{since}"), &alarm.description)
        });
    let without_data = found.iter().filter_map(|alarm| without_data(alarm, now));
    let mut findings: Vec<Finding> = gone.chain(on).chain(without_data).collect();
    let without_action = found.iter().filter(|alarm| !alarm.tells).count();
    if without_action > 0 {
        findings.push(Finding::warn(
            plural(without_action, "alarm"),
            "notify no one",
            "name a topic in alarm_topic_arns, and enable the actions of alarms whose actions are disabled",
        ));
    }
    let is_well = |alarm: &&AlarmState| alarm.state != "ALARM" && function(alarm).is_none();
    let well = found.iter().filter(is_well).count();
    if well > 0 {
        findings.push(Finding::ok(plural(well, "alarm"), "are off"));
    }
    findings
}

/// The finding of an alarm that notices missing data, and has none.
fn without_data(alarm: &AlarmState, now: Timestamp) -> Option<Finding> {
    let function = function(alarm)?;
    let lasts = alarm.since.map(|since| since.duration_until(now));
    if lasts.is_some_and(|lasts| lasts <= FIRST_DATA) {
        let finding = "has no data yet: after an apply that may take an hour";
        return Some(Finding::ok(&alarm.name, finding));
    }
    let since = lasts.map_or_else(String::new, |lasts| {
        format!(" for {}", format_duration(lasts))
    });
    Some(Finding::bad(
        &alarm.name,
        format!("has had no data{since}: {function} does not run, or always fails"),
        format!(
            "check the log of {function} and its rule. {}",
            alarm.description
        ),
    ))
}

/// The function whose data are missing.
fn function(alarm: &AlarmState) -> Option<&'static str> {
    let named = |(end, _): &&(&str, &str)| alarm.name.ends_with(end);
    let (_, function) = TELL_SILENCE.iter().find(named)?;
    (alarm.state == "INSUFFICIENT_DATA").then_some(function)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Severity;

    fn alarm(name: &str, state: &str, tells: bool) -> AlarmState {
        AlarmState {
            name: name.to_owned(),
            state: state.to_owned(),
            since: None,
            description: "What it means. Runbook: docs/operations.md#x".to_owned(),
            tells,
        }
    }

    const NOW: &str = "2026-11-22T05:10:00Z";

    fn judge(names: &[String], found: &[AlarmState]) -> Vec<Finding> {
        super::judge(names, found, NOW.parse().unwrap())
    }

    #[test]
    fn one_that_notices_missing_data_may_have_none_for_an_hour() {
        for (name, seconds, verdict, says) in [
            ("s-route-lag", Some(3_600), Severity::Ok, "an hour"),
            ("s-unswept", Some(3_600), Severity::Ok, "an hour"),
            ("s-route-lag", Some(3_601), Severity::Bad, "60 min: watch"),
            ("s-unswept", Some(86_400), Severity::Bad, "24 h: sweep"),
            ("s-unswept", None, Severity::Bad, "no data: sweep"),
            ("s-errors", Some(86_400), Severity::Ok, "are off"),
        ] {
            let now: Timestamp = NOW.parse().unwrap();
            let ago = |seconds| now.checked_sub(SignedDuration::from_secs(seconds));
            let alarm = AlarmState {
                since: seconds.map(|seconds| ago(seconds).unwrap()),
                ..alarm(name, "INSUFFICIENT_DATA", true)
            };
            let findings = judge(&[name.to_owned()], &[alarm]);
            let [finding] = findings.as_slice() else {
                panic!("{findings:?}");
            };
            assert_eq!(finding.verdict, verdict, "{name} {seconds:?}");
            assert!(finding.finding.contains(says), "{finding:?}");
            let leads_on = finding.remedy.as_ref().is_some_and(|to| to.contains("#x"));
            assert_eq!(leads_on, verdict == Severity::Bad, "{finding:?}");
        }
        // One that has data is like any other.
        let [finding] = judge(&["s-unswept".to_owned()], &[alarm("s-unswept", "OK", true)])
            .try_into()
            .unwrap();
        assert_eq!(finding.finding, "are off");
    }

    #[test]
    fn one_that_is_on_is_bad_and_leads_to_its_page() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let found = [alarm("a", "OK", true), alarm("b", "ALARM", true)];
        let findings = judge(&names, &found);
        let of = |subject: &str| {
            let mut some = findings.iter().filter(|one| one.subject == subject);
            some.next().unwrap()
        };
        assert_eq!(of("b").verdict, Severity::Bad);
        assert!(of("b").remedy.as_ref().unwrap().contains("operations.md#x"));
        assert_eq!(of("c").finding, "does not exist");
        assert_eq!(of("1 alarm").verdict, Severity::Ok);
        assert_eq!(findings.len(), 3);
    }

    #[test]
    fn those_that_notify_no_one_are_counted() {
        let names = ["a", "b"].map(str::to_owned);
        let found = [
            alarm("a", "OK", false),
            alarm("b", "INSUFFICIENT_DATA", false),
        ];
        let findings = judge(&names, &found);
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].subject, "2 alarms");
        assert_eq!(findings[0].verdict, Severity::Warn);
    }
}
