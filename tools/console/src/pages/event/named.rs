use domain::Ref;

use crate::failure::Failure;

/// The ref in an address.
pub(in crate::pages) fn named(reference: &str) -> Result<Ref, Failure> {
    let problem = |_| Failure::NotFound("There is no such event: this is no ref.".to_owned());
    reference.parse().map_err(problem)
}
