use domain::Ref;
use maud::{Markup, html};

use crate::{
    address::Address, failure::Failure, frame::Section, markup::shown_at_most,
    pages::events::event_address,
};

/// The ref in an address.
pub(in crate::pages) fn named(reference: &str) -> Result<Ref, Failure> {
    let problem = |_| Failure::NotFound("There is no such event: this is no ref.".to_owned());
    reference.parse().map_err(problem)
}

/// What leads back to the list from a page about an event.
pub(in crate::pages) fn crumb(reference: &Ref, to_event: bool) -> Markup {
    let endpoint = reference.endpoint.as_str();
    html! {
        a href=(Section::Events.address()) { "Events" }
        " / "
        @if to_event {
            a href=(event_address(reference)) { (shown_at_most(&reference.to_string(), 120)) }
        } @else {
            a href=(Section::Events.address().with("endpoint", endpoint)) { (endpoint) }
        }
    }
}

/// Where a form sends its wish to verify.
pub(super) fn verify_address(reference: &Ref) -> Address {
    Address::to(&["verify", &reference.to_string()])
}
