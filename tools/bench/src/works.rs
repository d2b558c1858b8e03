//! The work of each kind of function.

use std::ops::Range;

use crate::delivery::{Content, Delivery, Front, Object, Published, Scheme, Stored};
use crate::measure::{Making, Work};
use crate::program::Program;
use crate::seen::Expected;

/// Of one that receives a delivery: `ingest`, the floor, a peer.
pub(crate) fn receive(program: &Program, content: Content, size: usize) -> Making<'static> {
    under(program, Scheme::of(content), content, size)
}

/// Of `ingest`, with ten attributes of the body.
pub(crate) fn keep(program: &Program, size: usize) -> Making<'static> {
    under(program, Scheme::Keeping, Content::Json, size)
}

fn under(program: &Program, scheme: Scheme, content: Content, size: usize) -> Making<'static> {
    let (front, pointer) = (program.front, program.pointer);
    Box::new(move |now| {
        let delivery = Delivery::of(scheme, content, size, now)?;
        let event = delivery.event(front);
        Ok(Work {
            event: Box::new(move |_| event.clone()),
            expected: Expected::Stored {
                sha256: delivery.sha256(),
                pointer,
            },
            object: Object::default(),
            parts: 1,
        })
    })
}

/// Of `authorizer`.
pub(crate) fn authorize() -> Making<'static> {
    Box::new(|now| {
        let event = Delivery::new(Content::Json, 1_000, now)?.authorizer_event();
        Ok(Work {
            event: Box::new(move |_| event.clone()),
            expected: Expected::Allowed,
            object: Object {
                config: Scheme::Stripe.config(),
                ..Object::default()
            },
            parts: 1,
        })
    })
}

/// Of `admit`, or of one that only reads: a direct delivery, after which it writes so many items.
pub(crate) fn admit(size: usize, items: usize) -> Making<'static> {
    Box::new(move |now| {
        let Stored { event, object } = Stored::new(size, now)?;
        Ok(Work {
            event: Box::new(move |_| event.clone()),
            expected: Expected::Handled { items },
            object,
            parts: 1,
        })
    })
}

/// Of a processor: so many events at once.
pub(crate) fn process(size: usize, events: usize) -> Making<'static> {
    Box::new(move |_| {
        let published = Published::new(size);
        Ok(Work {
            object: published.object.clone(),
            expected: Expected::Handled { items: 0 },
            event: Box::new(move |number| published.events(numbers(number, events))),
            parts: events,
        })
    })
}

/// Of `deliver`, or of one that only forwards: so many events at once.
pub(crate) fn deliver(size: usize, events: usize) -> Making<'static> {
    Box::new(move |_| {
        let published = Published::new(size);
        Ok(Work {
            object: published.object.clone(),
            expected: Expected::Posted {
                sha256: published.sha256.clone(),
                events,
            },
            event: Box::new(move |number| published.messages(numbers(number, events))),
            parts: events,
        })
    })
}

/// Of the events in the n-th invocation.
fn numbers(invocation: usize, events: usize) -> Range<usize> {
    invocation * events..(invocation + 1) * events
}

/// Whether a program of this front can be sent such a body.
pub(crate) fn takes(front: Front, content: Content) -> bool {
    // An HTTP API hands over bytes that are no text as base64, too, but the peers that are
    // written for it decode them as text.
    front == Front::Rest || content == Content::Json
}
