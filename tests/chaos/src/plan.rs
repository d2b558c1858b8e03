//! Which calls fail, and how. A seed decides: the n-th call of a class always meets the same fault.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

/// What can happen to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// The connection is closed before the service has the request.
    Drop,
    /// The service does it, and the connection is closed without an answer.
    LoseAnswer,
    /// The request waits before it is sent.
    Delay,
    /// The service gets the request twice, and the client the second answer.
    Duplicate,
    /// The service does it, and the answer breaks off in its middle.
    Truncate,
    /// 500 or 503, and the service never sees the request.
    Fail,
    /// The code with which the service asks for fewer calls; it never sees the request.
    Throttle,
}

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// [`Kind::Drop`].
    Drop,
    /// [`Kind::LoseAnswer`].
    LoseAnswer,
    /// [`Kind::Delay`], by so much.
    Delay(Duration),
    /// [`Kind::Duplicate`].
    Duplicate,
    /// [`Kind::Truncate`].
    Truncate,
    /// [`Kind::Fail`], with this status.
    Fail(u16),
    /// [`Kind::Throttle`].
    Throttle,
}

/// How often each kind of fault meets some calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// `s3:PutObject`, `s3:*` or `*`.
    pub calls: String,
    /// Of 1, by kind.
    pub shares: BTreeMap<Kind, f64>,
}

/// The first rule that names a call decides. Without a rule a call passes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// The same seed, the same faults.
    #[serde(default)]
    pub seed: u64,
    /// In the order in which they are looked at.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// The longest pause of [`Kind::Delay`]: longer than the functions wait for a store, for some.
const LONGEST_MS: u64 = 3_000;

impl Fault {
    /// As its [`Kind`] is written.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::LoseAnswer => "lose-answer",
            Self::Delay(_) => "delay",
            Self::Duplicate => "duplicate",
            Self::Truncate => "truncate",
            Self::Fail(_) => "fail",
            Self::Throttle => "throttle",
        }
    }
}

impl Rule {
    fn is_about(&self, class: &str) -> bool {
        match self.calls.strip_suffix('*') {
            Some(start) => class.starts_with(start),
            None => class == self.calls,
        }
    }
}

impl Plan {
    /// What is wrong with it, if anything is.
    ///
    /// # Errors
    /// A sentence for the one who wrote it.
    pub(crate) fn check(&self) -> Result<(), String> {
        for rule in &self.rules {
            let sum: f64 = rule.shares.values().sum();
            let is_share = |share: &f64| (0.0..=1.0).contains(share);
            if !rule.shares.values().all(is_share) || sum > 1.0 {
                return Err(format!(
                    "the shares of {} must be from 0 to 1, and at most 1 in all",
                    rule.calls
                ));
            }
        }
        Ok(())
    }

    /// What happens to the call of this number among those of its class.
    #[must_use]
    pub(crate) fn choose(&self, class: &str, number: u64) -> Option<Fault> {
        let rule = self.rules.iter().find(|rule| rule.is_about(class))?;
        let mut rng = seeded(self.seed, class, number);
        let mut left = rng.f64();
        let kind = rule.shares.iter().find_map(|(kind, share)| {
            left -= share;
            (left < 0.0).then_some(*kind)
        });
        Some(match kind? {
            Kind::Drop => Fault::Drop,
            Kind::LoseAnswer => Fault::LoseAnswer,
            Kind::Delay => Fault::Delay(Duration::from_millis(rng.u64(50..=LONGEST_MS))),
            Kind::Duplicate => Fault::Duplicate,
            Kind::Truncate => Fault::Truncate,
            Kind::Fail => Fault::Fail(if rng.bool() { 500 } else { 503 }),
            Kind::Throttle => Fault::Throttle,
        })
    }
}

/// Random numbers that depend on these three alone, so that no order of threads changes them.
#[must_use]
pub(crate) fn seeded(seed: u64, what: &str, number: u64) -> fastrand::Rng {
    // FNV-1a, which needs no crate: spread is all that is wanted.
    let numbers = seed.to_le_bytes().into_iter().chain(number.to_le_bytes());
    let bytes = what.bytes().chain(numbers);
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    fastrand::Rng::with_seed(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(seed: u64, calls: &str, shares: &[(Kind, f64)]) -> Plan {
        let rule = Rule {
            calls: calls.to_owned(),
            shares: shares.iter().copied().collect(),
        };
        Plan {
            seed,
            rules: vec![rule],
        }
    }

    fn chosen(plan: &Plan, class: &str) -> Vec<Option<Fault>> {
        (0..10_000)
            .map(|number| plan.choose(class, number))
            .collect()
    }

    #[test]
    fn the_seed_decides_and_nothing_else() {
        let shares = [(Kind::Drop, 0.2), (Kind::Fail, 0.2)];
        let first = plan(7, "*", &shares);
        assert_eq!(
            chosen(&first, "s3:PutObject"),
            chosen(&first, "s3:PutObject")
        );
        assert_ne!(
            chosen(&first, "s3:PutObject"),
            chosen(&first, "s3:GetObject")
        );
        let other = plan(8, "*", &shares);
        assert_ne!(
            chosen(&first, "s3:PutObject"),
            chosen(&other, "s3:PutObject")
        );
    }

    #[test]
    fn each_kind_gets_its_share() {
        let plan = plan(7, "*", &[(Kind::Drop, 0.1), (Kind::Throttle, 0.3)]);
        let chosen = chosen(&plan, "dynamodb:PutItem");
        let share = |fault| {
            let such = chosen.iter().filter(|one| **one == fault).count();
            u32::try_from(such).map(f64::from).unwrap() / 10_000.0
        };
        for (fault, expected) in [
            (Some(Fault::Drop), 0.1),
            (Some(Fault::Throttle), 0.3),
            (None, 0.6),
        ] {
            let got = share(fault);
            assert!((got - expected).abs() < 0.02, "{fault:?}: {got}");
        }
    }

    #[test]
    fn the_first_rule_that_names_a_call_decides() {
        let mut plan = plan(7, "s3:PutObject", &[]);
        plan.rules.push(Rule {
            calls: "s3:*".to_owned(),
            shares: [(Kind::Drop, 1.0)].into(),
        });
        assert_eq!(plan.choose("s3:PutObject", 1), None);
        assert_eq!(plan.choose("s3:GetObject", 1), Some(Fault::Drop));
        assert_eq!(plan.choose("sqs:SendMessage", 1), None);
    }

    #[test]
    fn it_is_written_as_json_and_shares_have_bounds() {
        let text = r#"{"seed":1,"rules":[{"calls":"*","shares":{"lose-answer":0.5,"delay":0.6}}]}"#;
        let read: Plan = serde_json::from_str(text).unwrap();
        assert!(read.check().unwrap_err().contains("at most 1"));
        assert!(plan(1, "*", &[(Kind::Drop, -0.1)]).check().is_err());
        assert!(plan(1, "*", &[(Kind::Drop, 1.0)]).check().is_ok());
    }
}
