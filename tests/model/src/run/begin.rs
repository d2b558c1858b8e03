//! How each kind of invocation begins, and what it does.

use std::rc::Rc;

use admit::Admit;
use domain::{Digest, ObjectKey};
use ingest::Ingest;
use sweep::{Endpoints, Options, Span, Stores, sweep};

use super::{DAYS, Ended, Of, Runner};
use crate::{
    bugs::Bug,
    invariants::Violation,
    planted,
    provider::{self, ENDPOINT},
    script::{Sent, Way},
    world::{Delivery, MessageState, Object},
};

impl<'w> Runner<'w> {
    pub(super) fn deliver(&mut self, event: u8, sent: Sent) -> Result<(), Violation> {
        let world = self.world;
        let (way, number) = (world.way, world.state().deliveries.len());
        let mut state = world.state();
        let (now, config) = (state.now, provider::config(way, state.config));
        let headers = provider::headers(event, sent, state.rotations, now);
        let object = (way == Way::Direct).then(|| {
            let request = format!("req-{number:x}");
            let (shard, hour) = ObjectKey::place_incoming(&request, now);
            ObjectKey::from_stored(format!("incoming/{shard}/{hour}/{ENDPOINT}/{request}"))
        });
        let fingerprint = provider::fingerprint(state.config);
        let names = match way {
            Way::Standard => vec![provider::name(event, state.config)],
            // `admit` judges by the configuration of its own time.
            Way::Direct => vec![provider::name(event, 0), provider::name(event, 2)],
        };
        let body = provider::bytes(sent);
        let delivery = Delivery {
            sent,
            digest: Digest::of(&body),
            names,
            acknowledged: false,
            object: object.clone(),
            rotations: state.rotations,
            config: state.config,
        };
        state.deliveries.push(delivery);
        drop(state);
        let Some(key) = object else {
            let request = provider::request(config, &headers, &body);
            let request = ingest::ProxyRequest::parse(request).expect("it is an event");
            let free = self.ingests.pop();
            let ingest = free.unwrap_or_else(|| Rc::new(Ingest::new(world, world, world, DAYS)));
            return self.begin(Of::Delivery(number), async move {
                if world.bug == Some(Bug::StoreBeforeVerify) {
                    let key = format!("payloads/early/{number}");
                    let _stored = world.put_object(&key, Object::early(&body, now)).await;
                }
                let name = world.state().deliveries[number].names[0].clone();
                if let Some(answer) = planted::early_answer(world, &name) {
                    return Ended::Answered(answer, ingest);
                }
                let (response, _) = ingest.receive(request, None, now).await;
                let answer = serde_json::to_value(response).expect("it is JSON");
                Ended::Answered(answer, ingest)
            });
        };
        let mut stored = Object::early(&body, now);
        let handover = provider::handover(fingerprint, headers, now);
        stored.metadata.insert("delivery".to_owned(), handover);
        self.begin(Of::Delivery(number), async move {
            if world.put_object(key.as_str(), stored).await.is_err() {
                return Ended::Told;
            }
            world.state().deliveries[number].acknowledged = true;
            let send = || {
                world.send(&key);
                Ok(())
            };
            // It may be lost: the sweep announces what was not judged.
            let _notice = world.turn.call("s3:Notification", send).await;
            Ended::Told
        })
    }

    pub(super) fn admit(&mut self, number: usize) -> Result<(), Violation> {
        let world = self.world;
        let mut state = world.state();
        let now = state.now;
        let message = &mut state.messages[number];
        message.tries += 1;
        message.state = MessageState::AtWork;
        let (key, tries) = (message.key.clone(), message.tries);
        drop(state);
        let free = self.admits.pop();
        let admit =
            free.unwrap_or_else(|| Rc::new(Admit::new(world, world, world, world, DAYS.pointers)));
        self.begin(Of::Message(number), async move {
            let outcome = planted::attend(world, &admit, &key, tries, now).await;
            Ended::Admitted(outcome, admit)
        })
    }

    pub(super) fn sweep(&mut self) -> Result<(), Violation> {
        let world = self.world;
        if world.bug == Some(Bug::NoSweep) {
            return Ok(());
        }
        let until = world.state().now;
        self.begin(Of::Sweep, async move {
            let stores = Stores {
                objects: world,
                index: world,
                pointers: world,
                endpoints: Endpoints::new(world),
            };
            let span = Span {
                since: "2026-11-21T20:00:00Z".parse().expect("it is a time"),
                until,
            };
            let options = Options {
                dry_run: false,
                deletes_erased: true,
                older_than: planted::age_floor(world),
                pointer_days: DAYS.pointers,
                stop_at: None,
                announce_at_most: Options::ANNOUNCE_AT_MOST,
            };
            let now = || world.state().now;
            // What a sweep leaves undone, the next one does.
            let _tally = sweep(&stores, span, &options, &now, &|_| {}, &|_| {}).await;
            Ended::Swept
        })
    }
}
