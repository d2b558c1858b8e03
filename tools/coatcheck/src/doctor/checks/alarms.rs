use std::collections::BTreeSet;

use aws::operator::{AlarmState, Alarms};
use domain::format_time;

use super::super::finding::Finding;
use crate::stack::Stack;

const CHECK: &str = "alarms";

/// Whether any alarm is on, and whether there are all that there should be.
pub(in super::super) async fn alarms(stack: &Stack) -> Vec<Finding> {
    let names = &stack.made_of.alarms;
    if names.is_empty() {
        return vec![Finding::warn(
            CHECK,
            stack.made_of.stack.as_str(),
            "it has no alarms: nobody hears of anything",
            "alarms_enabled = true and alarm_topic_arns in Terraform's variables",
        )];
    }
    match Alarms::new(&stack.sdk).of(names).await {
        Ok(found) => judge(names, &found),
        Err(error) => vec![Finding::unseen(CHECK, stack.made_of.stack.as_str(), &error)],
    }
}

/// Those that are well make one finding: there are many.
fn judge(names: &[String], found: &[AlarmState]) -> Vec<Finding> {
    let there: BTreeSet<&str> = found.iter().map(|alarm| alarm.name.as_str()).collect();
    let gone = names
        .iter()
        .filter(|name| !there.contains(name.as_str()))
        .map(|name| Finding::warn(CHECK, name, "there is no such alarm", "terraform apply"));
    let on = found
        .iter()
        .filter(|alarm| alarm.state == "ALARM")
        .map(|alarm| {
            let since = alarm
                .since
                .map_or_else(String::new, |at| format!(" since {}", format_time(at)));
            // Its description ends with its page in the runbook.
            Finding::bad(
                CHECK,
                &alarm.name,
                format!("is on{since}"),
                &alarm.description,
            )
        });
    let mut findings: Vec<Finding> = gone.chain(on).collect();
    let silent = found.iter().filter(|alarm| !alarm.tells).count();
    if silent > 0 {
        findings.push(Finding::warn(
            CHECK,
            format!("{silent} alarms"),
            "tell nobody when they go on",
            "name a topic in alarm_topic_arns, and switch on the actions of those where somebody switched them off",
        ));
    }
    let well = found.iter().filter(|alarm| alarm.state != "ALARM").count();
    if well > 0 {
        findings.push(Finding::ok(CHECK, format!("{well} alarms"), "are off"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

    fn alarm(name: &str, state: &str, tells: bool) -> AlarmState {
        AlarmState {
            name: name.to_owned(),
            state: state.to_owned(),
            since: None,
            description: "What it means. Runbook: docs/operations.md#x".to_owned(),
            tells,
        }
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
        assert_eq!(of("b").verdict, Verdict::Bad);
        assert!(of("b").remedy.as_ref().unwrap().contains("operations.md#x"));
        assert_eq!(of("c").finding, "there is no such alarm");
        assert_eq!(of("1 alarms").verdict, Verdict::Ok);
        assert_eq!(findings.len(), 3);
    }

    #[test]
    fn those_that_tell_nobody_are_counted() {
        let names = ["a", "b"].map(str::to_owned);
        let found = [
            alarm("a", "OK", false),
            alarm("b", "INSUFFICIENT_DATA", false),
        ];
        let findings = judge(&names, &found);
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].subject, "2 alarms");
        assert_eq!(findings[0].verdict, Verdict::Warn);
    }
}
