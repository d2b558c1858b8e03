//! Endpoints whose attributes say which deliveries are one event, whenever these are judged.

use super::*;

/// Slots are hours, and deliveries come 3 seconds before the end of one.
fn world() -> World {
    let world = World::new();
    world.configure(
        "billing",
        r#""lane":"direct""#,
        r#""lane":"direct","dedupe":"attributes","dedupe_by":["customer"],"dedupe_window_s":3600,"attributes":{"customer":{"json":"/data/customer"}}"#,
    );
    world
}

fn body(more: &str) -> Vec<u8> {
    format!(r#"{{"type":"invoice.paid","data":{{"customer":"cus_1"}},"more":"{more}"}}"#)
        .into_bytes()
}

#[tokio::test]
async fn the_arrival_counts_and_not_the_moment_of_judging() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let world = world();
        let seconds = [NOW, NOW + 60, NOW + 3_700, NOW + 7_250];
        let requests = ["req-a", "req-b", "req-c", "req-d"];
        let keys: Vec<_> = requests
            .iter()
            .zip(seconds)
            .map(|(request, second)| {
                world.deliver_at("billing", request, request, &body(request), second)
            })
            .collect();
        let mut outcomes = Vec::new();
        for at in order {
            outcomes.push(stored(&world.admit(&keys[at]).await.unwrap()));
        }
        let count = |what| outcomes.iter().filter(|one| **one == Some(what)).count();
        let counted = (count(Repetition::First), count(Repetition::Conflicting));
        assert_eq!(counted, (2, 2), "{order:?}");
        for pointer in world.pointers.all() {
            assert!(world.has(pointer.object().unwrap()));
            assert!(pointer.event.key.as_str().starts_with("by-"));
        }
    }
}

#[tokio::test]
async fn a_message_that_comes_again_finds_its_own_pointer() {
    use Fault::{After, Before, None};
    for faults in [[None, Before], [None, After]] {
        let world = world();
        let key = world.deliver("billing", "req-a", "msg_1", &body(""));
        assert!(world.admit_with(&key, faults).await.is_err());
        world.admit(&key).await.unwrap();
        assert_eq!(world.admit(&key).await.unwrap(), Admitted::Before);
        assert_eq!(world.pointer().object(), Some(&key));
    }
}

/// The same rule as in the standard lane: without the attribute, the signed id names it.
#[tokio::test]
async fn an_event_that_lacks_it_is_named_as_under_auto() {
    let world = world();
    for (request, id, expected) in [
        ("req-a", "msg_1", Repetition::First),
        ("req-b", "msg_2", Repetition::First),
        ("req-c", "msg_1", Repetition::Duplicate),
    ] {
        let body = br#"{"type":"invoice.paid","data":{}}"#;
        let key = world.deliver("billing", request, id, body);
        assert_eq!(
            stored(&world.admit(&key).await.unwrap()),
            Some(expected),
            "{request}"
        );
    }
    assert_eq!(world.pointers.all().len(), 2);
}
