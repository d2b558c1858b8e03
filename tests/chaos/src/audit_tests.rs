use super::*;

const ORDERED: Ordered<'_> = &["queue"];

/// Three events of one key, all of them stored and processed by both subscriptions.
struct Story {
    sent: BTreeMap<String, Sent>,
    forged: BTreeMap<String, String>,
    found: Found,
}

impl Story {
    fn good() -> Self {
        let mut story = Self {
            sent: BTreeMap::new(),
            forged: [("e/forged".to_owned(), "f".to_owned())].into(),
            found: Found::default(),
        };
        for number in 0..3 {
            let (reference, digest) = (format!("e/{number}"), format!("d{number}"));
            let event = Sent {
                digests: [digest.clone()].into(),
                first: Some(digest.clone()),
                acknowledged: true,
                wants: vec!["audit", "queue"],
                order: Some(("key".to_owned(), number)),
            };
            story.sent.insert(reference.clone(), event);
            let pointer = Stored {
                holds: Some(digest.clone()),
                digest,
                is_object: true,
            };
            story.found.stored.insert(reference, vec![pointer]);
            for subscription in ["audit", "queue"] {
                story.arrive(subscription, number, number);
            }
        }
        story
    }

    fn arrive(&mut self, subscription: &str, at: usize, number: usize) {
        let arrivals = self.found.arrivals.entry(subscription.to_owned());
        arrivals.or_default().push(Arrival {
            at: format!("{at:03}"),
            reference: format!("e/{number}"),
            digest: format!("d{number}"),
        });
    }

    fn event(&mut self, number: usize) -> &mut Sent {
        self.sent.get_mut(&format!("e/{number}")).unwrap()
    }

    fn pointer(&mut self, number: usize) -> &mut Stored {
        &mut self.found.stored.get_mut(&format!("e/{number}")).unwrap()[0]
    }

    fn forget(&mut self, subscription: &str, number: usize) {
        let arrivals = self.found.arrivals.get_mut(subscription).unwrap();
        arrivals.retain(|one| one.reference != format!("e/{number}"));
    }

    fn bury(&mut self, number: usize, place: &str) {
        let places = self.found.dead.entry(format!("e/{number}")).or_default();
        places.insert(place.to_owned());
    }

    fn verdict(&self) -> Verdict {
        judge(&self.sent, &self.forged, ORDERED, &self.found)
    }
}

fn of(reference: &str, what: &str) -> Vec<(String, String)> {
    vec![(reference.to_owned(), what.to_owned())]
}

#[test]
fn a_good_story_is_clean() {
    let expected = Verdict {
        acknowledged: 3,
        pointers: 3,
        objects: 3,
        processed: 6,
        ..Verdict::default()
    };
    assert_eq!(Story::good().verdict(), expected);
    assert!(expected.is_clean());
}

#[test]
fn an_acknowledged_event_without_a_pointer_is_lost_and_one_without_an_answer_is_not() {
    let mut story = Story::good();
    story.found.stored.remove("e/1");
    assert_eq!(story.verdict().lost, of("e/1", "no pointer"));
    assert!(!story.verdict().is_clean());
    story.event(1).acknowledged = false;
    assert!(story.verdict().is_clean());
}

#[test]
fn what_a_subscriber_lacks_is_lost_unless_a_dead_letter_of_its_own_has_it() {
    let mut story = Story::good();
    story.forget("queue", 2);
    assert_eq!(story.verdict().lost, of("e/2", "queue"));
    story.bury(2, "audit");
    assert_eq!(story.verdict().lost, of("e/2", "queue"));
    story.bury(2, "queue");
    let verdict = story.verdict();
    assert!(verdict.is_clean());
    assert_eq!(verdict.dead, 1);
}

#[test]
fn a_dead_letter_of_the_router_reports_an_event_for_all() {
    let mut story = Story::good();
    story.found.stored.remove("e/1");
    story.forget("queue", 1);
    story.bury(1, "admit");
    assert_eq!(
        (story.verdict().dead, story.verdict().is_clean()),
        (1, true)
    );
}

#[test]
fn bytes_must_be_those_that_were_sent_and_promised() {
    let mut story = Story::good();
    story.pointer(0).holds = None;
    let missing = "the payload is not what the pointer says";
    assert_eq!(story.verdict().wrong, of("e/0", missing));

    let mut story = Story::good();
    story.event(0).digests.insert("other".to_owned());
    story.event(0).first = None;
    assert!(story.verdict().is_clean(), "either may win");
    story.event(0).first = Some("other".to_owned());
    let late = "not the bytes that were acknowledged first";
    assert_eq!(story.verdict().wrong, of("e/0", late));

    let mut story = Story::good();
    story.event(0).digests = ["other".to_owned()].into();
    story.event(0).first = None;
    let nobody = "the pointer says what nobody sent";
    assert_eq!(story.verdict().wrong, of("e/0", nobody));

    let mut story = Story::good();
    story.found.arrivals.get_mut("audit").unwrap()[1].digest = "other".to_owned();
    assert_eq!(
        story.verdict().wrong,
        of("e/1", "other bytes came to audit")
    );
}

#[test]
fn two_pointers_are_one_too_many() {
    let mut story = Story::good();
    let again = story.pointer(0).clone();
    story.found.stored.get_mut("e/0").unwrap().push(again);
    assert_eq!(story.verdict().wrong, of("e/0", "more than one pointer"));
}

#[test]
fn a_repetition_behind_is_counted_and_no_disorder() {
    let mut story = Story::good();
    story.arrive("queue", 9, 0);
    let verdict = story.verdict();
    assert_eq!((verdict.twice, verdict.processed), (1, 6));
    assert!(verdict.is_clean());
}

#[test]
fn a_later_event_that_overtakes_is_disorder_where_order_is_kept() {
    for (subscription, expected) in [("queue", of("e/2", "queue")), ("audit", Vec::new())] {
        let mut story = Story::good();
        story.forget(subscription, 1);
        story.arrive(subscription, 9, 1);
        assert_eq!(story.verdict().disorder, expected);
    }
}

#[test]
fn other_keys_unanswered_and_given_up_events_have_no_place_in_the_order() {
    let mut story = Story::good();
    story.forget("queue", 0);
    story.arrive("queue", 9, 0);
    assert!(!story.verdict().is_clean());
    let whole = story.sent.clone();
    story.event(0).order = Some(("another".to_owned(), 0));
    assert!(story.verdict().is_clean());
    story.sent.clone_from(&whole);
    story.event(0).acknowledged = false;
    assert!(story.verdict().is_clean());
    story.sent = whole;
    story.bury(0, "queue");
    assert!(story.verdict().is_clean());
}

#[test]
fn nothing_of_a_forged_delivery_may_be_found() {
    let mut story = Story::good();
    story.found.objects.insert("f".to_owned());
    assert_eq!(story.verdict().forged, ["e/forged"]);

    let mut story = Story::good();
    let stored = story.pointer(0).clone();
    story
        .found
        .stored
        .insert("e/forged".to_owned(), vec![stored]);
    assert_eq!(story.verdict().forged, ["e/forged"]);

    let mut story = Story::good();
    story.arrive("audit", 9, 7);
    story.forged.insert("e/7".to_owned(), "f7".to_owned());
    assert_eq!(story.verdict().forged, ["e/7"]);
}
