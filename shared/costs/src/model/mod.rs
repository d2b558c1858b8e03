//! What an event and a month take of each metered thing.

mod fixed;
mod keep;
mod receive;
mod route;
mod subscriptions;
#[cfg(test)]
mod tests;

use crate::{Bill, Group, Line, Measured, Place, Prices, Problem, Scenario};

/// What one request of SQS, SNS and EventBridge holds. <https://aws.amazon.com/sqs/pricing/>
const CHUNK_BYTES: f64 = 65_536.0;

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
        scenario.check()?;
        let mut work = Work {
            prices: &self.prices,
            measured: &self.measured,
            scenario,
            lines: Vec::new(),
        };
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

/// A bill that is being written.
struct Work<'a> {
    prices: &'a Prices,
    measured: &'a Measured,
    scenario: &'a Scenario,
    lines: Vec<Line>,
}

impl Work<'_> {
    /// Adds what an event (or, of what is fixed, a month) takes of something.
    fn add(
        &mut self,
        what: (Group, &'static str),
        quantity: f64,
        price: &'static str,
        (file, address): (&'static str, &'static str),
    ) -> Result<(), Problem> {
        if quantity > 0.0 {
            let known = (price, self.prices.get(price)?);
            let events = self.scenario.events;
            let place = Place { file, address };
            self.lines
                .push(Line::new(what, quantity, known, events, place));
        }
        Ok(())
    }

    /// Bytes of the event that travels.
    fn event_bytes(&self) -> f64 {
        self.measured.bytes.event + self.inline_text_bytes()
    }

    /// In the event the payload is base64, unless it is text; counted as base64.
    fn inline_text_bytes(&self) -> f64 {
        self.inline_bytes() * 4.0 / 3.0
    }

    fn inline_bytes(&self) -> f64 {
        if self.scenario.is_inline() {
            self.scenario.size
        } else {
            0.0
        }
    }

    /// Milliseconds to move the payload to or from S3, after the first byte.
    fn moving_ms(&self) -> f64 {
        self.scenario.size / 1e6 * self.measured.waits_ms.s3_per_mb
    }

    /// Bytes that log lines take, each with what CloudWatch Logs adds; none for a line of no bytes.
    fn logged(&self, lines: &[f64]) -> f64 {
        let overhead = self.measured.bytes.log_line_overhead;
        let written = lines.iter().filter(|line| **line > 0.0);
        written.map(|line| line + overhead).sum()
    }
}

/// Requests that this many bytes count as.
fn chunks(bytes: f64) -> f64 {
    (bytes / CHUNK_BYTES).ceil().max(1.0)
}

/// GB-seconds of an invocation.
fn gb_s(ms: f64, memory_mb: f64) -> f64 {
    ms / 1_000.0 * memory_mb / 1_024.0
}

/// Units of writing an item of this size: one for each KB.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html>
fn write_units(bytes: f64) -> f64 {
    (bytes / 1_024.0).ceil().max(1.0)
}
