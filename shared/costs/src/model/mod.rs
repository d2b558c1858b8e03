//! What an event and a month take of each metered thing.

mod fixed;
mod keep;
mod receive;
mod refused;
mod route;
mod subscriptions;
#[cfg(test)]
mod tests;
mod work;

use self::work::{Work, gb_s};
use crate::{Bill, Measured, Prices, Problem, Refused, Scenario};

/// Prices and measurements, by which scenarios are billed.
#[derive(Debug, Clone)]
pub struct Model {
    prices: Prices,
    measured: Measured,
}

impl Model {
    /// With the prices and measurements that come with Coatcheck.
    ///
    /// # Errors
    /// If one of the files cannot be read, which a test excludes.
    pub fn shipped() -> Result<Self, Problem> {
        Ok(Self::new(Prices::published()?, Measured::shipped()?))
    }

    /// With these.
    #[must_use]
    pub fn new(prices: Prices, measured: Measured) -> Self {
        Self { prices, measured }
    }

    /// The prices.
    #[must_use]
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// The measurements.
    #[must_use]
    pub fn measured(&self) -> &Measured {
        &self.measured
    }

    /// What the scenario costs.
    ///
    /// # Errors
    /// If the scenario cannot be, or the price file lacks a price.
    pub fn bill(&self, scenario: &Scenario) -> Result<Bill, Problem> {
        let mut work = self.work(scenario)?;
        receive::add(&mut work)?;
        if scenario.subscribed > 0.0 {
            route::add(&mut work)?;
            subscriptions::add(&mut work)?;
        }
        keep::add(&mut work)?;
        fixed::add(&mut work)?;
        let lines = work.lines;
        Ok(Bill {
            assumptions: self.assumptions(scenario)?,
            lines,
        })
    }

    /// What requests like these cost if each is refused there, with their logs for as long as those are kept.
    ///
    /// # Errors
    /// As [`Self::bill`].
    pub fn refused(&self, scenario: &Scenario, by: Refused) -> Result<Bill, Problem> {
        let mut work = self.work(scenario)?;
        refused::add(&mut work, by)?;
        keep::logs(&mut work)?;
        Ok(Bill {
            assumptions: Vec::new(),
            lines: work.lines,
        })
    }

    /// Seconds for which `admit` has one forged body.
    pub(crate) fn admit_s(&self, scenario: &Scenario) -> Result<f64, Problem> {
        Ok(refused::admit_ms(&self.work(scenario)?) / 1_000.0)
    }

    fn work<'a>(&'a self, scenario: &'a Scenario) -> Result<Work<'a>, Problem> {
        scenario.check()?;
        Ok(Work {
            prices: &self.prices,
            measured: &self.measured,
            scenario,
            lines: Vec::new(),
        })
    }

    fn assumptions(&self, scenario: &Scenario) -> Result<Vec<String>, Problem> {
        let second = self.prices.get("lambda_gb_second")?.of_one() * 1e6;
        let waits = &self.measured.waits_ms;
        let mut all = vec![
            format!(
                "List prices of {} of {}, without free tiers, discounts, taxes and data transfer. For another region or a \
                 contract give a price file: --prices.",
                self.prices.region, self.prices.read_on
            ),
            format!(
                "Functions are warm, and calls take {} ms (S3) and {} ms (DynamoDB): assumed, not measured on AWS. 10 ms \
                 more of ingest cost {:.3} dollars a million at {} MB.",
                waits.s3_put,
                waits.dynamodb,
                gb_s(10.0, scenario.ingest_mb) * second,
                scenario.ingest_mb
            ),
            "Each delivery is a new event: no duplicates, refusals, retries and replays."
                .to_owned(),
        ];
        if scenario.subscribed > 0.0 {
            all.push(format!(
                "Pipes read {} events at once. That takes a steady stream or a batching window: a quiet stack reads one \
                 at a time (--batch 1).",
                scenario.batch
            ));
            all.push(
                "A processor's own work is not in it: only the SDK's, which redeems and records."
                    .to_owned(),
            );
        }
        if scenario.front == crate::Front::Http {
            all.push(
                "Coatcheck has no HTTP API in front (decision 0061): this is for comparison."
                    .to_owned(),
            );
        }
        Ok(all)
    }
}
