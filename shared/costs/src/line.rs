use std::fmt;

use serde::{Serialize, Serializer};

use crate::Price;

/// What a line is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// From the request to the answer.
    Receive,
    /// From the pointer to the topic, once for an event.
    Route,
    /// From the topic through the processors.
    Subscriptions,
    /// Storage.
    Keep,
    /// Whether or not anything arrives.
    Fixed,
}

impl Group {
    /// All, in the order of a bill.
    pub const ALL: [Self; 5] = [
        Self::Receive,
        Self::Route,
        Self::Subscriptions,
        Self::Keep,
        Self::Fixed,
    ];
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Receive => "receive",
            Self::Route => "route",
            Self::Subscriptions => "subscriptions",
            Self::Keep => "keep",
            Self::Fixed => "fixed",
        })
    }
}

/// Where the Terraform configuration makes what is metered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, from the root of the repository; empty for what Coatcheck does not make.
    pub file: &'static str,
    /// `TYPE.NAME` of a resource, or `module.NAME`, in that file.
    pub address: &'static str,
}

/// One metered thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What it is part of.
    pub group: Group,
    /// What it is, for people.
    pub item: &'static str,
    /// How many units an event takes; of a fixed line, how many a month takes.
    pub quantity: f64,
    /// What is counted.
    pub unit: String,
    /// Dollars for one unit.
    #[serde(serialize_with = "rounded")]
    pub unit_price: f64,
    /// Dollars for a million events; none for a fixed line.
    pub per_million: Option<f64>,
    /// Dollars of a month.
    pub per_month: f64,
    /// The name of the price in the price file.
    pub price: &'static str,
    /// What makes it.
    pub resource: Place,
}

/// Free of the noise of binary fractions.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn rounded<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64((value * 1e12).round() / 1e12)
}

impl Line {
    pub(crate) fn new(
        (group, item): (Group, &'static str),
        quantity: f64,
        (name, price): (&'static str, &Price),
        events: f64,
        resource: Place,
    ) -> Self {
        let dollars = quantity * price.of_one();
        let fixed = group == Group::Fixed;
        Self {
            group,
            item,
            quantity,
            unit: price.unit.clone(),
            unit_price: price.of_one(),
            per_million: (!fixed).then_some(dollars * 1e6),
            per_month: if fixed { dollars } else { dollars * events },
            price: name,
            resource,
        }
    }
}

/// What a scenario costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bill {
    /// Each metered thing.
    pub lines: Vec<Line>,
    /// What the figures rest on, one sentence each.
    pub assumptions: Vec<String>,
}

impl Bill {
    /// Dollars for a million events of these groups.
    #[must_use]
    pub fn per_million(&self, groups: &[Group]) -> f64 {
        let lines = self
            .lines
            .iter()
            .filter(|line| groups.contains(&line.group));
        // Not `sum`, which is -0 of nothing.
        lines.fold(0.0, |sum, line| sum + line.per_million.unwrap_or(0.0))
    }

    /// Dollars of a month, with what is fixed.
    #[must_use]
    pub fn per_month(&self) -> f64 {
        self.lines.iter().map(|line| line.per_month).sum()
    }

    /// The lines of a group.
    pub fn of(&self, group: Group) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.group == group)
    }
}
