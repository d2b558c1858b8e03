//! What answers and the end of a script are held to.

use admit::{Admitted, Undone};
use domain::{Ref, SignedDuration};
use intake::DeliveryOutcome;
use serde_json::Value;

use crate::{
    invariants::{Invariant, Violation, hold},
    planted, stores,
    world::{Delivery, MessageState, State, World},
};

/// How long a function may judge by keys that have changed: they are remembered for a minute, and then read again at most
/// every thirty seconds.
const KEYS_CHANGE_WITHIN: SignedDuration = SignedDuration::from_secs(90);

/// `ingest` has answered a delivery.
pub(crate) fn answer(
    world: &World,
    number: usize,
    answer: &Value,
    faulted: bool,
) -> Result<(), Violation> {
    let mut state = world.state();
    let (now, rotated_at) = (state.now, state.rotated_at);
    let delivery = &mut state.deliveries[number];
    let status = answer["statusCode"].as_u64().unwrap_or_default();
    if !delivery.is_genuine() {
        return hold(Invariant::ForgedIsRefused, status >= 400, || {
            format!("a forged delivery got {status}")
        });
    }
    if status != 200 {
        let is_new = now.duration_since(rotated_at) <= KEYS_CHANGE_WITHIN;
        let may_be = match status {
            500.. => faulted,
            401 => is_new,
            _ => false,
        };
        return hold(Invariant::GenuineIsTaken, may_be, || {
            format!("{} got {status}: {}", delivery.names[0], answer["body"])
        });
    }
    delivery.acknowledged = true;
    let body = answer["body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let name = body["ref"].as_str().unwrap_or_default();
    is_own_name(delivery, name)?;
    hold(
        Invariant::AcknowledgedIsStored,
        has_pointer(world, name),
        || format!("{name} got 200 and has no pointer"),
    )
}

fn is_own_name(delivery: &Delivery, name: &str) -> Result<(), Violation> {
    let is_own = delivery.names.iter().any(|own| own == name);
    hold(Invariant::MergedOnlyByRule, is_own, || {
        format!("{} was taken as {name}", delivery.names[0])
    })
}

fn has_pointer(world: &World, name: &str) -> bool {
    let reference = name.parse::<Ref>();
    reference.is_ok_and(|reference| world.table.find(&reference).is_some())
}

/// `admit` has judged an object.
pub(crate) fn admitted(
    world: &World,
    number: usize,
    outcome: Result<Admitted, Undone>,
) -> Result<(), Violation> {
    let mut state = world.state();
    let message = &mut state.messages[number];
    let tries = message.tries;
    message.state = match &outcome {
        Ok(_) => MessageState::Done,
        Err(undone) if planted::comes_again(world, undone, tries) => MessageState::Waits,
        Err(_) => MessageState::Dead,
    };
    let key = message.key.clone();
    let Ok(Admitted::Judged { log, .. }) = outcome else {
        return Ok(());
    };
    let mut deliveries = state.deliveries.iter();
    let delivery = deliveries.find(|delivery| delivery.object.as_ref() == Some(&key));
    let delivery = delivery.expect("every object was delivered");
    match log.outcome {
        DeliveryOutcome::Stored(stored) => {
            hold(Invariant::NothingUnverified, delivery.is_genuine(), || {
                format!("{key} is forged and was admitted")
            })?;
            is_own_name(delivery, &stored.reference.to_string())
        }
        _ => hold(Invariant::GenuineIsTaken, !delivery.is_genuine(), || {
            format!("{key} is genuine and was refused for good")
        }),
    }
}

/// What must not change any more at rest.
#[derive(PartialEq, Eq)]
pub(crate) struct Summary {
    objects: usize,
    pointers: usize,
    messages: usize,
    /// Messages that `admit` must still judge.
    pub(crate) waiting: usize,
}

impl State {
    pub(crate) fn summary(&self) -> Summary {
        let waits = self.messages.iter();
        let waits = waits.filter(|message| message.state == MessageState::Waits);
        Summary {
            objects: self.objects.len(),
            pointers: self.inserted(),
            messages: self.messages.len(),
            waiting: waits.count(),
        }
    }

    /// Whether only an operator can decide about an object: its message is in the dead-letter queue, and what it was signed
    /// or judged by has changed since it came.
    fn is_for_an_operator(&self, delivery: &Delivery) -> bool {
        let Some(key) = &delivery.object else {
            return false;
        };
        let has_changed = if delivery.is_genuine() {
            self.rotations > delivery.rotations
        } else {
            self.rotations > delivery.rotations || self.config > delivery.config
        };
        let is_dead = self
            .messages
            .iter()
            .any(|message| message.key == *key && message.state == MessageState::Dead);
        has_changed && is_dead && self.objects.contains_key(key.as_str())
    }
}

/// Nothing changes any more.
pub(crate) fn at_rest(world: &World) -> Result<(), Violation> {
    let pointers = world.table.all();
    let state = world.state();
    for delivery in &state.deliveries {
        if !delivery.is_genuine() || !delivery.acknowledged {
            continue;
        }
        let is_routable = delivery.names.iter().any(|name| has_pointer(world, name));
        let is_safe = is_routable || state.is_for_an_operator(delivery);
        hold(Invariant::NothingIsLost, is_safe, || {
            format!("{} got 2xx and is not routable", delivery.names[0])
        })?;
    }
    for (key, object) in &state.objects {
        let direct = state.deliveries.iter().find(|delivery| {
            delivery
                .object
                .as_ref()
                .is_some_and(|own| own.as_str() == key)
        });
        let is_known = match direct {
            Some(delivery) => {
                let mut names = pointers.iter().filter_map(|pointer| pointer.object());
                names.any(|named| named.as_str() == key) || state.is_for_an_operator(delivery)
            }
            None => {
                let name = stores::event_key(&object.metadata);
                pointers
                    .iter()
                    .any(|pointer| pointer.event.key.as_str() == name)
            }
        };
        hold(Invariant::NothingIsForgotten, is_known, || {
            format!("{key} has no pointer, and nothing will give it one")
        })?;
    }
    Ok(())
}

/// Something still changes.
pub(crate) fn restless(world: &World) -> Violation {
    let state = world.state();
    let waiting = state
        .messages
        .iter()
        .filter(|message| message.state == MessageState::Waits)
        .map(|message| message.key.to_string());
    let how = format!("messages still wait: {:?}", waiting.collect::<Vec<_>>());
    Violation::new(Invariant::ComesToRest, how)
}
