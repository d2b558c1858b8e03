//! What is judged in the end: what the provider knows, against what the stack has.

use std::collections::{BTreeMap, BTreeSet};

/// An event as its provider knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// The digest of every body that was sent under its id.
    pub digests: BTreeSet<String>,
    /// The body that had to win: no other had been sent when the first 2xx came.
    pub first: Option<String>,
    /// Whether a 2xx came.
    pub acknowledged: bool,
    /// The subscriptions that want it.
    pub wants: Vec<&'static str>,
    /// The key within which order counts, and its place there.
    pub order: Option<(String, usize)>,
}

/// A pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The digest that it says.
    pub digest: String,
    /// The digest of what it leads to, if there is anything.
    pub holds: Option<String>,
    /// Whether an object holds the payload, and not the pointer.
    pub is_object: bool,
}

/// An event at a subscriber.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrival {
    /// Of equal width within one subscription: arrivals are in the order of these texts.
    pub at: String,
    /// The event.
    pub reference: String,
    /// Of the payload that came, or that the event said.
    pub digest: String,
}

/// What the stack has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// By ref.
    pub stored: BTreeMap<String, Vec<Stored>>,
    /// By subscription.
    pub arrivals: BTreeMap<String, Vec<Arrival>>,
    /// By ref: the queues for dead letters that hold it, by the name of the subscription, or of a part of the stack
    /// that works for all.
    pub dead: BTreeMap<String, BTreeSet<String>>,
    /// Digests of all payloads outside the direct lane, from the names of their objects.
    pub objects: BTreeSet<String>,
}

/// What is the matter, by ref, and the sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Events that were answered 2xx.
    pub acknowledged: usize,
    /// Pointers of events, acknowledged or not.
    pub pointers: usize,
    /// Objects that they name.
    pub objects: usize,
    /// Events at subscribers: each counts once for each subscription.
    pub processed: usize,
    /// Arrivals beyond the first.
    pub twice: usize,
    /// Events that a subscriber lacks and a queue for dead letters has.
    pub dead: usize,
    /// Acknowledged, and missing, with what is missing.
    pub lost: Vec<(String, String)>,
    /// Other bytes than were sent or promised, or more than one pointer.
    pub wrong: Vec<(String, String)>,
    /// Behind one that was sent later.
    pub disorder: Vec<(String, String)>,
    /// Forged, and there.
    pub forged: Vec<String>,
}

/// The subscriptions that keep the order of a key.
pub(crate) type Ordered<'a> = &'a [&'a str];

impl Verdict {
    /// Whether all is as promised.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty()
            && self.wrong.is_empty()
            && self.disorder.is_empty()
            && self.forged.is_empty()
    }
}

/// Judges. `forged` are the refs and digests that no one may find.
#[must_use]
pub(crate) fn judge(
    sent: &BTreeMap<String, Sent>,
    forged: &BTreeMap<String, String>,
    ordered: Ordered<'_>,
    found: &Found,
) -> Verdict {
    let mut verdict = Verdict::default();
    let seen = first_arrivals(found);
    for (reference, event) in sent {
        look_at_bytes(&mut verdict, reference, event, found);
        if event.acknowledged {
            verdict.acknowledged += 1;
            look_for(&mut verdict, reference, event, found, &seen);
        }
    }
    for (subscription, arrivals) in &found.arrivals {
        let ours = arrivals
            .iter()
            .filter(|one| sent.contains_key(&one.reference));
        let distinct = ours.clone().map(|one| &one.reference);
        let distinct = distinct.collect::<BTreeSet<_>>().len();
        verdict.processed += distinct;
        verdict.twice += ours.count() - distinct;
        if ordered.contains(&subscription.as_str()) {
            look_at_order(&mut verdict, subscription, sent, found, &seen);
        }
    }
    for (reference, digest) in forged {
        let came = seen.keys().any(|(_, one)| one == reference);
        if came || found.stored.contains_key(reference) || found.objects.contains(digest) {
            verdict.forged.push(reference.clone());
        }
    }
    verdict
}

/// By subscription and ref: the place of the first arrival, and its digest.
type Seen<'a> = BTreeMap<(&'a str, &'a str), (usize, &'a str)>;

fn first_arrivals(found: &Found) -> Seen<'_> {
    let mut seen = Seen::new();
    for (subscription, arrivals) in &found.arrivals {
        let mut arrivals: Vec<&Arrival> = arrivals.iter().collect();
        arrivals.sort_by_key(|one| &one.at);
        for (place, one) in arrivals.into_iter().enumerate() {
            seen.entry((subscription, &one.reference))
                .or_insert((place, &one.digest));
        }
    }
    seen
}

/// Whether acknowledged or not: what is there must be what was sent.
fn look_at_bytes(verdict: &mut Verdict, reference: &str, event: &Sent, found: &Found) {
    let pointers = found.stored.get(reference).map_or(&[][..], Vec::as_slice);
    verdict.pointers += pointers.len();
    verdict.objects += pointers.iter().filter(|one| one.is_object).count();
    let mut wrong = |what: &str| verdict.wrong.push((reference.to_owned(), what.to_owned()));
    if pointers.len() > 1 {
        wrong("more than one pointer");
    }
    for pointer in pointers {
        if pointer.holds.as_ref() != Some(&pointer.digest) {
            wrong("the payload is not what the pointer says");
        }
        if !event.digests.contains(&pointer.digest) {
            wrong("the pointer says what nobody sent");
        }
        if event
            .first
            .as_ref()
            .is_some_and(|first| *first != pointer.digest)
        {
            wrong("not the bytes that were acknowledged first");
        }
    }
}

/// Whether it is where it must be.
fn look_for(verdict: &mut Verdict, reference: &str, event: &Sent, found: &Found, seen: &Seen<'_>) {
    let pointer = found.stored.get(reference).and_then(|all| all.first());
    let lost = |what: &str| (reference.to_owned(), what.to_owned());
    let Some(pointer) = pointer else {
        if is_dead(found, reference, None) {
            verdict.dead += 1;
        } else {
            verdict.lost.push(lost("no pointer"));
        }
        return;
    };
    for wanted in &event.wants {
        match seen.get(&(*wanted, reference)) {
            Some((_, digest)) if *digest == pointer.digest => {}
            Some(_) => {
                let what = format!("other bytes came to {wanted}");
                verdict.wrong.push((reference.to_owned(), what));
            }
            None if is_dead(found, reference, Some(wanted)) => verdict.dead += 1,
            None => verdict.lost.push(lost(wanted)),
        }
    }
}

/// Whether a dead letter reports it: for this subscription, or of a part that works for all.
fn is_dead(found: &Found, reference: &str, subscription: Option<&str>) -> bool {
    let places = found.dead.get(reference);
    places.is_some_and(|places| {
        let is_for_all = |place: &String| FOR_ALL.contains(&place.as_str());
        places.iter().any(is_for_all) || subscription.is_some_and(|name| places.contains(name))
    })
}

/// Parts of the stack that work for all subscriptions.
const FOR_ALL: [&str; 3] = ["admit", "fan", "router"];

/// Within a key, what was acknowledged came in the order in which it was sent. An event that was given up has no place.
fn look_at_order(
    verdict: &mut Verdict,
    subscription: &str,
    sent: &BTreeMap<String, Sent>,
    found: &Found,
    seen: &Seen<'_>,
) {
    let mut keys: BTreeMap<&str, BTreeMap<usize, (&str, usize)>> = BTreeMap::new();
    for (reference, event) in sent {
        let place = seen.get(&(subscription, reference.as_str()));
        let (Some((key, number)), Some((place, _)), true) =
            (&event.order, place, event.acknowledged)
        else {
            continue;
        };
        if !is_dead(found, reference, Some(subscription)) {
            keys.entry(key)
                .or_default()
                .insert(*number, (reference, *place));
        }
    }
    for events in keys.values() {
        let mut last = None;
        for (reference, place) in events.values() {
            if last.is_some_and(|last| last > place) {
                let late = ((*reference).to_owned(), subscription.to_owned());
                verdict.disorder.push(late);
            }
            last = last.max(Some(place));
        }
    }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
