use std::fmt;

use costs::{DAYS_OF_A_MONTH, Group, Scenario};
use operator::metrics::{USAGE_DAYS, Usage};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::Bill;
use crate::table::{bytes, table};

/// A bill, and what it is for.
pub(super) struct Shown<'a> {
    scenario: &'a Scenario,
    bill: &'a Bill,
    /// What the stack did, if the scenario is that.
    used: Option<&'a Usage>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(scenario: &'a Scenario, bill: &'a Bill, used: Option<&'a Usage>) -> Self {
        Self {
            scenario,
            bill,
            used,
        }
    }

    /// From thirty days to a month, which is longer.
    fn remarks(&self) -> Vec<String> {
        let mut all = self.bill.assumptions.clone();
        if let Some(used) = self.used {
            all.push(format!(
                "The events are those of the last {USAGE_DAYS} days; an average month has {DAYS_OF_A_MONTH:.1}. \
                 Everything counts as the lane that --lane names."
            ));
            if used.duplicates + used.refused > 0.0 {
                all.push(format!(
                    "Not in it: {} duplicates, each about as much as an event to receive, and {} refused deliveries.",
                    used.duplicates, used.refused
                ));
            }
            if used.incomplete {
                all.push("CloudWatch left something out: the figures are too low.".to_owned());
            }
        }
        all
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scenario = self.scenario;
        writeln!(
            f,
            "{} events a month of {}, {} subscriptions that take {:.2} of each\n",
            grouped(scenario.events),
            bytes(whole(scenario.size)),
            scenario.subscriptions,
            scenario.subscribed,
        )?;
        let mut all = table([
            "part",
            "item",
            "a unit, dollars",
            "per million",
            "per month",
        ]);
        for group in Group::ALL {
            for line in self.bill.of(group) {
                let million = line.per_million.map(|dollars| format!("{dollars:.3}"));
                all.add_row([
                    group.to_string(),
                    line.item.to_owned(),
                    format!("{} of {}", small(line.unit_price), line.unit),
                    million.unwrap_or_default(),
                    format!("{:.2}", line.per_month),
                ]);
            }
        }
        writeln!(f, "{all}\n")?;
        for group in Group::ALL {
            let million = self.bill.per_million(&[group]);
            let month: f64 = self.bill.of(group).map(|line| line.per_month).sum();
            let of_million = if group == Group::Fixed {
                String::new()
            } else {
                format!("{million:.2} per million, ")
            };
            writeln!(f, "{group}: {of_million}{month:.2} per month")?;
        }
        let million = self.bill.per_million(&Group::ALL);
        writeln!(
            f,
            "together: {million:.2} per million, {:.2} per month\n",
            self.bill.per_month()
        )?;
        for remark in self.remarks() {
            writeln!(f, "- {remark}")?;
        }
        Ok(())
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("events", &self.scenario.events)?;
        map.serialize_entry("size", &self.scenario.size)?;
        map.serialize_entry("subscriptions", &self.scenario.subscriptions)?;
        map.serialize_entry("subscribed", &self.scenario.subscribed)?;
        for group in Group::ALL
            .into_iter()
            .filter(|group| *group != Group::Fixed)
        {
            let name = format!("{group}_per_million");
            map.serialize_entry(&name, &self.bill.per_million(&[group]))?;
        }
        map.serialize_entry("per_million", &self.bill.per_million(&Group::ALL))?;
        map.serialize_entry("per_month", &self.bill.per_month())?;
        map.serialize_entry("lines", &self.bill.lines)?;
        map.serialize_entry("assumptions", &self.remarks())?;
        map.end()
    }
}

/// A price of one, without zeros at its end.
fn small(dollars: f64) -> String {
    let text = format!("{dollars:.10}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A whole number with a comma for each thousand.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a size that the model has checked; the cast itself stops at the ends of the type"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use costs::Model;

    use super::*;

    #[test]
    fn the_table_the_sums_and_the_assumptions_are_there() {
        let scenario = Scenario::of(1e7, 8_000.0).unwrap().subscribed(3.0);
        let bill = Model::shipped().unwrap().bill(&scenario).unwrap();
        let shown = Shown::new(&scenario, &bill, None);
        let text = shown.to_string();
        for part in [
            "10,000,000 events a month",
            "payload: S3 PUT",
            "0.000005 of requests",
            "5.000",
            "50.00",
            "fixed: ",
            "- List prices",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let json = serde_json::to_value(&shown).unwrap();
        let sum: f64 = json["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["per_month"].as_f64().unwrap())
            .sum();
        assert!((json["per_month"].as_f64().unwrap() - sum).abs() < 1e-6);
        let put = json["lines"]
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["price"] == "s3_put");
        assert_eq!(
            put.unwrap()["resource"]["address"],
            "aws_s3_bucket.payloads"
        );
    }

    #[test]
    fn what_the_stack_did_is_said_and_what_is_left_out() {
        let scenario = Scenario::of(1e6, 800.0).unwrap();
        let bill = Model::shipped().unwrap().bill(&scenario).unwrap();
        let used = Usage {
            duplicates: 5.0,
            incomplete: true,
            ..Usage::default()
        };
        let text = Shown::new(&scenario, &bill, Some(&used)).to_string();
        assert!(
            text.contains("5 duplicates")
                && text.contains("last 30 days")
                && text.contains("too low"),
            "{text}"
        );
    }

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(grouped(1_234_567.0), "1,234,567");
        assert_eq!(grouped(123.0), "123");
        assert_eq!(small(0.000_005), "0.000005");
        assert_eq!(small(1.0), "1");
    }
}
