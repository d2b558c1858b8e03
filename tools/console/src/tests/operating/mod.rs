//! Changes to subscriptions, DLQs and endpoints: what a form does, and what it refuses.

mod destinations;
mod dlqs;
mod endpoints;
mod parts;
mod pipes;
mod refusals;
