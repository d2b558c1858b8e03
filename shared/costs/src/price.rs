use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Problem;

/// AWS's list prices, each with AWS's page and how it was confirmed.
const PUBLISHED: &str = include_str!("prices.json");

/// A price, as `prices.json` has it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In US dollars, for `per` units.
    pub dollars: f64,
    /// How many units cost that.
    pub per: f64,
    /// What is counted.
    pub unit: String,
    /// The page of AWS that has it.
    pub source: String,
    /// How it was confirmed; `unconfirmed` if it was not.
    pub witness: String,
}

impl Price {
    /// Dollars for one unit.
    #[must_use]
    pub fn of_one(&self) -> f64 {
        self.dollars / self.per
    }
}

/// Dated prices of one region.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The region.
    pub region: String,
    /// The day on which they were read.
    pub read_on: String,
    /// What they leave out.
    pub about: String,
    /// By the names that the model uses.
    pub items: BTreeMap<String, Price>,
}

impl Prices {
    /// The prices that come with Coatcheck.
    ///
    /// # Errors
    /// If the file is not as [`Prices`] says, which a test excludes.
    pub fn published() -> Result<Self, Problem> {
        Self::parse(PUBLISHED)
    }

    /// Reads a price file of your own, for another region or with a discount.
    ///
    /// # Errors
    /// If it is not as [`Prices`] says, or if a price makes no sense.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let prices: Self = serde_json::from_str(text).map_err(Problem::Prices)?;
        let senseless = |price: &Price| {
            !(price.dollars >= 0.0 && price.dollars.is_finite() && price.per >= 1.0)
        };
        match prices.items.iter().find(|(_, price)| senseless(price)) {
            Some((name, _)) => Err(Problem::Price(name.clone())),
            None => Ok(prices),
        }
    }

    pub(crate) fn get(&self, name: &'static str) -> Result<&Price, Problem> {
        self.items.get(name).ok_or(Problem::NoPrice(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_price_has_a_page_of_aws_and_a_witness() {
        let prices = Prices::published().unwrap();
        assert!(prices.items.len() > 20);
        for (name, price) in &prices.items {
            assert!(
                price.source.starts_with("https://aws.amazon.com/"),
                "{name}"
            );
            assert!(
                !price.witness.is_empty() && !price.unit.is_empty(),
                "{name}"
            );
        }
        assert_eq!(prices.items["s3_put"].of_one(), 5e-6);
    }

    #[test]
    fn a_price_file_with_a_mistake_is_refused_by_name() {
        let text = PUBLISHED.replacen("\"dollars\": 3.5", "\"dollars\": -3.5", 1);
        let refused = Prices::parse(&text).unwrap_err().to_string();
        assert!(refused.contains("rest_request"), "{refused}");
        let text = PUBLISHED.replacen("\"dollars\": 3.5", "\"dolars\": 3.5", 1);
        let refused = Prices::parse(&text).unwrap_err().to_string();
        assert!(refused.contains("dolars"), "{refused}");
        let prices = Prices::published().unwrap();
        assert!(matches!(
            prices.get("nothing"),
            Err(Problem::NoPrice("nothing"))
        ));
    }
}
