use ipnet::IpNet;
use serde::Serialize;

use crate::Ranges;

/// How the ranges of today differ from those of a list. Ranges are compared as they are written: a
/// range that became two halves is one removed and two added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Only today. Deliveries from them are refused.
    pub added: Vec<IpNet>,
    /// No longer. They may belong to anyone by now.
    pub removed: Vec<IpNet>,
}

impl Difference {
    /// From the list to today.
    #[must_use]
    pub fn between(list: &Ranges, today: &Ranges) -> Self {
        Self {
            added: today.difference(list).copied().collect(),
            removed: list.difference(today).copied().collect(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(texts: &[&str]) -> Ranges {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn says_what_came_and_what_went() {
        let list = ranges(&["192.30.252.0/22", "2a0a:a440::/29"]);
        let today = ranges(&["192.30.252.0/22", "9.234.98.160/28"]);
        let difference = Difference::between(&list, &today);
        assert_eq!(difference.added, ["9.234.98.160/28".parse().unwrap()]);
        assert_eq!(difference.removed, ["2a0a:a440::/29".parse().unwrap()]);
        assert!(!difference.is_none());
        assert!(Difference::between(&list, &list).is_none());
        let (only_added, only_removed) = (ranges(&["192.30.252.0/22"]), Ranges::new());
        assert!(!Difference::between(&only_removed, &only_added).is_none());
        assert!(!Difference::between(&only_added, &only_removed).is_none());
    }
}
