//! What an endpoint's secret should hold.

use std::cmp::Reverse;

use domain::{Key, KeyRing, KeyUse, SignedDuration, Timestamp};

/// How long a key counts after its issuer stopped publishing it. Tokens that it signed before may
/// still come; a stolen key should not be good for long.
pub(super) const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// The new keys, or none if those that are there are good. `published` is not empty.
pub(super) fn new_keys(
    held: Option<&KeyRing>,
    published: &[Key],
    now: Timestamp,
) -> Option<Vec<Key>> {
    let held: Vec<&Key> = held.map_or_else(Vec::new, |ring| ring.live(now).collect());
    let is_published = |key: &Key| {
        published
            .iter()
            .any(|one| one.id == key.id && one.secret == key.secret)
    };
    let (others, signing): (Vec<&Key>, Vec<&Key>) = held
        .iter()
        .partition(|key| key.purpose != KeyUse::Signature);
    let mut ending: Vec<Key> = signing
        .into_iter()
        .filter(|key| !is_published(key))
        .map(|key| Key {
            not_after: Some(key.not_after.unwrap_or(now + GRACE)),
            ..key.clone()
        })
        .collect();
    ending.sort_by_key(|key| Reverse(key.not_after));
    let kept = others.into_iter().cloned();
    let mut keys: Vec<Key> = published
        .iter()
        .cloned()
        .chain(kept)
        .chain(ending)
        .collect();
    // Those that end soonest are last.
    keys.truncate(signature::MAX_KEYS);
    let same = |one: &[Key]| one.len() == held.len() && one.iter().all(|key| held.contains(&key));
    (!same(&keys)).then_some(keys)
}

/// Whether an endpoint's turn has come: each has one every five minutes, not all at once.
pub(super) fn is_turn(endpoint: &str, now: Timestamp) -> bool {
    const MINUTES: i64 = 5;
    let of_name = endpoint.bytes().map(i64::from).sum::<i64>();
    now.as_second().div_euclid(60).rem_euclid(MINUTES) == of_name % MINUTES
}

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn key(id: &str) -> Key {
        Key {
            id: id.to_owned(),
            secret: Secret::new(format!("secret of {id}")),
            not_after: None,
            purpose: KeyUse::Signature,
        }
    }

    fn until(id: &str, second: i64) -> Key {
        Key {
            not_after: Some(at(second)),
            ..key(id)
        }
    }

    fn ring(keys: &[Key]) -> KeyRing {
        KeyRing::new(keys.to_vec()).unwrap()
    }

    #[test]
    fn the_first_set_is_taken_and_the_same_set_changes_nothing() {
        let set = [key("a"), key("b")];
        assert_eq!(new_keys(None, &set, at(0)), Some(set.to_vec()));
        assert_eq!(new_keys(Some(&ring(&set)), &set, at(0)), None);
        let turned = [key("b"), key("a")];
        assert_eq!(new_keys(Some(&ring(&turned)), &set, at(0)), None);
    }

    #[test]
    fn a_key_that_is_published_no_more_ends_an_hour_later() {
        let held = ring(&[key("a"), key("b")]);
        let set = [key("b"), key("c")];
        let after = new_keys(Some(&held), &set, at(100)).unwrap();
        assert_eq!(after, [key("b"), key("c"), until("a", 3700)]);
        // Its end stays where it is, and once it has come nothing needs to be written.
        assert_eq!(new_keys(Some(&ring(&after)), &set, at(2000)), None);
        assert_eq!(new_keys(Some(&ring(&after)), &set, at(3700)), None);
        let next = new_keys(Some(&ring(&after)), &[key("c")], at(3000)).unwrap();
        assert_eq!(next, [key("c"), until("b", 6600), until("a", 3700)]);
        // Published again, it counts again for good.
        let back = [key("a"), key("b"), key("c")];
        assert_eq!(
            new_keys(Some(&ring(&after)), &back, at(2000)),
            Some(back.to_vec())
        );
        // The same id with other bytes is another key.
        let other = Key {
            secret: Secret::new("x"),
            ..key("c")
        };
        let changed = new_keys(
            Some(&ring(&[key("c")])),
            std::slice::from_ref(&other),
            at(0),
        )
        .unwrap();
        assert_eq!(changed, [other, until("c", 3600)]);
    }

    #[test]
    fn what_is_no_signing_key_stays_and_room_is_for_the_published() {
        let token = Key {
            purpose: KeyUse::Challenge,
            ..key("t")
        };
        let held = ring(&[key("a"), token.clone()]);
        let after = new_keys(Some(&held), &[key("b")], at(0)).unwrap();
        assert_eq!(after, [key("b"), token, until("a", 3600)]);
        let eight: Vec<Key> = (0..8).map(|at| key(&format!("n{at}"))).collect();
        let all = new_keys(Some(&ring(&[key("a")])), &eight, at(0)).unwrap();
        assert_eq!(all, eight);
        assert_eq!(new_keys(Some(&ring(&all)), &eight, at(0)), None);
        let full = [
            until("x", 50),
            until("y", 70),
            key("n0"),
            key("n1"),
            key("n2"),
            key("n3"),
            key("n4"),
            key("n5"),
        ];
        let seven = &eight[..7];
        let after = new_keys(Some(&ring(&full)), seven, at(0)).unwrap();
        assert_eq!(
            after.last(),
            Some(&until("y", 70)),
            "the one that ends later"
        );
    }

    #[test]
    fn each_endpoint_has_a_turn_in_five_minutes() {
        for name in ["a", "b", "google", "partner-7"] {
            let turns = (0..20)
                .filter(|minute| is_turn(name, at(minute * 60 + 7)))
                .count();
            assert_eq!(turns, 4, "{name}");
        }
        let now = at(120);
        let all = ["a", "b", "c", "d", "e"]
            .iter()
            .filter(|name| is_turn(name, now));
        assert_eq!(all.count(), 1, "not all at once");
    }
}
