use std::collections::BTreeMap;

use runtime::{Metrics, Unit};

use crate::{Failure, batch::EventReport, work::Done};

/// The most values of a metric that fit into a line.
const VALUES_MAX: usize = 100;

/// The results of an invocation's events: one line of counts, and for each type
/// the ages of those that were processed.
pub(crate) fn lines(stack: &str, processor: &str, reports: &[EventReport]) -> Vec<Metrics> {
    let mut lines = Vec::new();
    let of_processor = || Metrics::of(stack).per(&[("Processor", processor)]);
    let counted = counts(reports).into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counted.collect();
    if !counts.is_empty() {
        lines.push(
            counts
                .into_iter()
                .fold(of_processor(), |line, (name, count)| {
                    line.metric(name, Unit::Count, &[count])
                }),
        );
    }
    for (kind, ages) in ages(reports) {
        for ages in ages.chunks(VALUES_MAX) {
            lines.push(
                of_processor()
                    .per(&[("Processor", processor), ("Type", kind)])
                    .metric("EventAge", Unit::Milliseconds, ages),
            );
        }
    }
    lines
}

fn counts(reports: &[EventReport]) -> [(&'static str, u64); 4] {
    let mut counts = [
        ("EventsProcessed", 0),
        ("EventsSkipped", 0),
        ("EventsRetried", 0),
        ("EventsRejected", 0),
    ];
    let [processed, skipped, retried, rejected] = &mut counts;
    for report in reports {
        let (_, count) = match &report.outcome {
            Ok(Done::Processed { .. }) => &mut *processed,
            Ok(Done::Before(_)) => &mut *skipped,
            Err(Failure::Retry(_)) => &mut *retried,
            Err(Failure::Reject(_)) => &mut *rejected,
        };
        *count += 1;
    }
    counts
}

fn ages(reports: &[EventReport]) -> BTreeMap<&str, Vec<u64>> {
    let mut ages: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for report in reports {
        if let (Some(event), Ok(Done::Processed { age_ms, .. })) = (&report.event, &report.outcome)
        {
            ages.entry(event.kind()).or_default().push(*age_ms);
        }
    }
    ages
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Outcome,
        fakes::{Shelf, at, cloud_event, event_over},
    };

    fn report(kind: &str, outcome: Result<Done, Failure>) -> EventReport {
        let mut event = cloud_event("evt_1", b"");
        event["type"] = json!(kind);
        EventReport {
            identifier: None,
            event: Some(Arc::new(event_over(&event, Shelf::new()))),
            outcome,
            dead_letter: None,
            given_up: false,
        }
    }

    fn processed(kind: &str, age_ms: u64) -> EventReport {
        let outcome = Outcome::done("");
        report(kind, Ok(Done::Processed { outcome, age_ms }))
    }

    fn read(reports: &[EventReport]) -> Vec<Value> {
        lines("coatcheck", "invoices", reports)
            .into_iter()
            .map(|line| serde_json::from_str(&line.line(at("2026-11-21T21:00:00Z"))).unwrap())
            .collect()
    }

    #[test]
    fn an_invocation_is_counted_once_and_aged_by_type() {
        let read = read(&[
            processed("invoice.paid", 10),
            processed("invoice.paid", 30),
            processed("invoice.void", 20),
            report("invoice.paid", Ok(Done::Before(Outcome::done("")))),
            report("invoice.paid", Err(Failure::retry("busy"))),
            report("invoice.paid", Err(Failure::reject("never"))),
        ]);
        assert_eq!(read.len(), 3);
        for (name, count) in [
            ("EventsProcessed", 3),
            ("EventsSkipped", 1),
            ("EventsRetried", 1),
            ("EventsRejected", 1),
        ] {
            assert_eq!(read[0][name], count, "{name}");
        }
        assert_eq!(read[0]["Processor"], "invoices");
        assert_eq!(
            (&read[1]["Type"], &read[1]["EventAge"]),
            (&json!("invoice.paid"), &json!([10, 30]))
        );
        assert_eq!(
            (&read[2]["Type"], &read[2]["EventAge"]),
            (&json!("invoice.void"), &json!(20))
        );
        assert_eq!(
            read[1]["_aws"]["CloudWatchMetrics"][0]["Dimensions"],
            json!([
                ["Stack"],
                ["Stack", "Processor"],
                ["Stack", "Processor", "Type"]
            ])
        );
    }

    #[test]
    fn a_line_holds_no_more_values_than_cloudwatch_takes_and_nothing_is_no_line() {
        let many: Vec<_> = (0..250).map(|age| processed("a", age)).collect();
        let sizes: Vec<_> = read(&many)
            .iter()
            .skip(1)
            .map(|line| line["EventAge"].as_array().unwrap().len())
            .collect();
        assert_eq!(sizes, [100, 100, 50]);
        assert!(read(&[]).is_empty());
    }
}
