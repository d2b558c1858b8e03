//! Providers: each sends events and repeats what was not answered 2xx, as providers do; some never do.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use e2e::{Answer, Delivery, Destination, Sender, Stack};
use fastrand::Rng;
use hdrhistogram::Histogram;
use provider::{Reply, exchange};
use tokio::sync::Mutex;

use crate::{
    flows::{FLOWS, Flow, Shape},
    ledger::Ledger,
    plan::seeded,
};

/// A delivery is repeated after this, longer each time, up to the longest.
const FIRST_PAUSE_MS: u64 = 300;
const LONGEST_PAUSE_MS: u64 = 5_000;
/// Longer than the gateway's own limit.
const TIMEOUT: Duration = Duration::from_secs(40);

/// In a hundred deliveries or events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shares {
    /// Sent again after a 2xx.
    pub duplicates: u32,
    /// Sent again after a 2xx with other bytes.
    pub altered: u32,
    /// Signed with a wrong key.
    pub forged: u32,
    /// Never repeated, whatever the answer.
    pub never_again: u32,
}

/// All that providers share.
pub(crate) struct Providers<'a> {
    /// Where deliveries go.
    pub stack: &'a Stack,
    /// What is written down.
    pub ledger: &'a Ledger,
    /// Where HTTP subscriptions send to.
    pub destination: &'a Destination,
    /// In hundreds.
    pub shares: Shares,
    /// Makes ids that no earlier run had.
    pub run: String,
    senders: BTreeMap<&'static str, (Sender, Sender)>,
    http: reqwest::Client,
    latency: Mutex<Histogram<u64>>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

impl<'a> Providers<'a> {
    /// Reads the endpoints' keys.
    ///
    /// # Errors
    /// If an endpoint is missing, or has no key.
    pub(crate) async fn new(
        stack: &'a Stack,
        ledger: &'a Ledger,
        destination: &'a Destination,
        shares: Shares,
        run: String,
    ) -> Result<Self> {
        let mut senders = BTreeMap::new();
        for flow in &FLOWS {
            if !senders.contains_key(flow.endpoint) {
                let sender = Sender::of(stack, flow.endpoint).await?;
                let forger = sender.clone().with_secret(&sender.new_secret()?);
                senders.insert(flow.endpoint, (sender, forger));
            }
        }
        Ok(Self {
            stack,
            ledger,
            destination,
            shares,
            run,
            senders,
            http: reqwest::Client::builder()
                .timeout(TIMEOUT)
                .no_proxy()
                .build()?,
            latency: Mutex::new(Histogram::new(3)?),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
        })
    }

    /// How long the answers took, in milliseconds, and how many requests were under way at most.
    pub(crate) async fn speed(&self) -> (Histogram<u64>, usize) {
        let latency = self.latency.lock().await.clone();
        (latency, self.most_in_flight.load(Ordering::Relaxed))
    }

    /// Sends once. None if there was no answer.
    async fn send(&self, delivery: &Delivery) -> Option<Reply> {
        let base = &self.stack.outputs.base_url;
        let url = format!("{base}{}/{}", delivery.lane.path(), delivery.endpoint);
        let mut request = self.http.post(url).body(delivery.body.clone());
        for (name, value) in &delivery.headers {
            request = request.header(name, value.as_bytes());
        }
        let now = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_in_flight.fetch_max(now, Ordering::Relaxed);
        let answer = exchange(request).await;
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        let raw = answer.ok()?;
        let took = u64::try_from(raw.took.as_millis()).unwrap_or(u64::MAX);
        self.latency.lock().await.saturating_record(took);
        Some(Reply::from(&raw))
    }
}

/// One provider: a seed of its own, and customers of its own whose events have an order.
pub(crate) struct Worker<'a> {
    providers: &'a Providers<'a>,
    number: u64,
    rng: Rng,
    events: u64,
    /// By flow and customer.
    places: BTreeMap<(&'static str, String), usize>,
    /// It repeats what fails until then.
    gives_up: Instant,
}

/// An event on its way.
struct Event {
    flow: &'static Flow,
    id: String,
    customer: String,
    reference: String,
    size: usize,
    order: Option<(String, usize)>,
}

impl<'a> Worker<'a> {
    /// The provider of this number, which repeats what fails until `gives_up`.
    #[must_use]
    pub(crate) fn new(
        providers: &'a Providers<'a>,
        seed: u64,
        number: u64,
        gives_up: Instant,
    ) -> Self {
        Self {
            providers,
            number,
            rng: seeded(seed, "provider", number),
            events: 0,
            places: BTreeMap::new(),
            gives_up,
        }
    }

    /// Sends one event after the other until then, with a pause between two.
    ///
    /// # Errors
    /// If a delivery cannot be signed.
    pub(crate) async fn work(
        &mut self,
        until: Instant,
        mut pause: impl FnMut(&mut Rng) -> Duration,
    ) -> Result<()> {
        while Instant::now() < until {
            if self.rng.u32(..100) < self.providers.shares.forged {
                self.forge().await?;
            } else {
                self.deliver().await?;
            }
            tokio::time::sleep(pause(&mut self.rng)).await;
        }
        Ok(())
    }

    fn event(&mut self) -> Event {
        self.events += 1;
        let flow = Flow::any(&mut self.rng);
        let id = format!(
            "chaos_{}_{}_{}",
            self.providers.run, self.number, self.events
        );
        let customer = format!(
            "cus_{}_{}_{}",
            self.providers.run,
            self.number,
            self.rng.u32(..3)
        );
        let order = (flow.shape == Shape::Order).then(|| {
            let place = self
                .places
                .entry((flow.kind, customer.clone()))
                .or_default();
            *place += 1;
            (customer.clone(), *place)
        });
        Event {
            reference: flow.reference(&id, &customer),
            size: flow.size(&mut self.rng),
            flow,
            id,
            customer,
            order,
        }
    }

    async fn forge(&mut self) -> Result<()> {
        let event = self.event();
        // It has no place in the order: nothing of it may arrive.
        if let Some((customer, _)) = &event.order
            && let Some(place) = self.places.get_mut(&(event.flow.kind, customer.clone()))
        {
            *place -= 1;
        }
        let (_, forger) = self.sender(event.flow)?;
        let delivery = Self::sign(forger, &event, 0)?;
        let ledger = self.providers.ledger;
        ledger.forges(&event.reference, &delivery.body);
        let status = self.providers.send(&delivery).await;
        let status = status.map_or(0, |reply| reply.status);
        ledger.answered_forged(&event.reference, status, is_standard(&delivery));
        Ok(())
    }

    async fn deliver(&mut self) -> Result<()> {
        let event = self.event();
        if event.flow.kind == "http.ordered" && self.rng.u32(..4) == 0 {
            self.annoy(&event.reference);
        }
        let mut version = 0;
        let (sender, _) = self.sender(event.flow)?;
        let mut delivery = Self::sign(sender, &event, version)?;
        let repeats = self.rng.u32(..100) >= self.providers.shares.never_again;
        let mut pause = FIRST_PAUSE_MS;
        while !self.attempt(&event, &delivery).await {
            if !repeats || Instant::now() > self.gives_up {
                return Ok(());
            }
            // Providers do change fields between two attempts.
            if self.rng.u32(..100) < self.providers.shares.altered {
                version += 1;
                let (sender, _) = self.sender(event.flow)?;
                delivery = Self::sign(sender, &event, version)?;
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE_MS);
        }
        let chance = self.rng.u32(..100);
        let shares = self.providers.shares;
        if chance < shares.duplicates {
            self.attempt(&event, &delivery).await;
        } else if chance < shares.duplicates + shares.altered {
            let (sender, _) = self.sender(event.flow)?;
            let altered = Self::sign(sender, &event, version + 1)?;
            self.attempt(&event, &altered).await;
        }
        Ok(())
    }

    /// Sends it once; whether the answer was 2xx.
    async fn attempt(&self, event: &Event, delivery: &Delivery) -> bool {
        let ledger = self.providers.ledger;
        let order = event.order.clone();
        ledger.sends(
            event.flow,
            &event.reference,
            &event.id,
            &delivery.body,
            order,
        );
        let reply = self.providers.send(delivery).await;
        let (status, request_id) = reply.map_or((0, String::new()), |reply| {
            let of_body = reply.body.request_id;
            let id = if of_body.is_empty() {
                reply.request_id
            } else {
                of_body
            };
            (reply.status, id)
        });
        let first_wins = is_standard(delivery);
        ledger.answered(
            &event.reference,
            &delivery.body,
            status,
            &request_id,
            first_wins,
        );
        (200..300).contains(&status)
    }

    /// The destination fails once for this event, in one way or another.
    fn annoy(&mut self, reference: &str) {
        let first = if self.rng.bool() {
            Answer::Reset
        } else {
            Answer::with(503, "retry-after", "1")
        };
        let answers = [first, Answer::status(200)];
        self.providers.destination.plan(reference, answers);
    }

    fn sender(&self, flow: &Flow) -> Result<&'a (Sender, Sender)> {
        let senders = &self.providers.senders;
        senders
            .get(flow.endpoint)
            .context("every flow has a sender")
    }

    fn sign(sender: &Sender, event: &Event, version: u64) -> Result<Delivery> {
        let flow = event.flow;
        let body = flow.body(&event.id, &event.customer, version, event.size);
        sender.sign(&flow.headers(&event.id), body)
    }
}

fn is_standard(delivery: &Delivery) -> bool {
    delivery.lane == domain::Lane::Standard
}
