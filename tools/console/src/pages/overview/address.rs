use operator::metrics::ChartSpan;

use crate::address::Address;

/// The address of a part of this page.
pub(super) fn part_address(name: &str, span: ChartSpan) -> Address {
    Address::to(&["parts", name]).with("span", &span.to_string())
}
