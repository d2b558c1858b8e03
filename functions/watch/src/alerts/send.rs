use std::time::Duration;

use aws::Remembered;
use domain::Timestamp;
use tracing::info;

use super::{
    decide::{self, News, Sighting, Step},
    look::Look,
    message::{Alert, Facts},
    ports::{DeadLetters, Memory, Outlet, StackParts, Sums},
    trouble::Trouble,
    watched::Watched,
    wiring::Alerts,
};
use crate::{failures::Failures, watch::Findings};

/// All alerts of a run take no longer. What is not done by then is done in the next run.
const AT_MOST: Duration = Duration::from_secs(12);

impl<S, D, M, O, C, Now> Alerts<S, D, M, O, C, Now>
where
    S: StackParts,
    D: DeadLetters,
    M: Memory,
    O: Outlet,
    C: Sums,
    Now: Fn() -> Timestamp,
{
    /// Sends what there is to say, after what this run found out. Returns how many steps failed.
    pub(crate) async fn send(&self, findings: &Findings) -> Failures {
        let work = self.all(findings);
        if let Ok(failures) = tokio::time::timeout(AT_MOST, work).await {
            return failures;
        }
        let mut failures = Failures::default();
        failures.add("the alerts took too long: the next run goes on");
        failures
    }

    async fn all(&self, findings: &Findings) -> Failures {
        let mut failures = Failures::default();
        let remembered = self.memory.all().await;
        let step = "what alerts said before could not be read";
        let Some(remembered) = failures.seen(step, remembered) else {
            // To say everything again each minute would be worse than to say it a minute later.
            return failures;
        };
        let Some(watched) = self.watched(&mut failures).await else {
            return failures;
        };
        let looks = self.looks(&watched, &remembered, findings, &mut failures);
        for look in looks.await {
            self.tell(&watched, &remembered, look, &mut failures).await;
        }
        failures
    }

    async fn watched(&self, failures: &mut Failures) -> Option<Watched> {
        let step = "the stack's description could not be read";
        let text = failures.seen(step, self.parts.description().await)?;
        let watched = text.and_then(|text| serde_json::from_str(&text).ok());
        if watched.is_none() {
            failures.add("the stack's description is missing or unreadable");
        }
        watched
    }

    /// Says to each topic what is new about one trouble.
    async fn tell(
        &self,
        watched: &Watched,
        remembered: &[Remembered],
        look: Look,
        failures: &mut Failures,
    ) {
        let now = (self.now)();
        let mut news = Vec::new();
        for topic in &self.topics {
            let key = key(topic, &look.trouble);
            let before = remembered.iter().find(|one| one.key == key);
            match (decide::step(before, now, look.sighting), before) {
                (Step::Say(what), _) => news.push((topic, key, before, what)),
                (Step::Note(count), Some(before)) => {
                    let written = self.memory.put(&decide::noted(before, count), now).await;
                    failures.seen("an alert could not be written down", written);
                }
                _ => {}
            }
        }
        if news.is_empty() {
            return;
        }
        let Some(facts) = self.facts(&look, failures).await else {
            return;
        };
        for (topic, key, before, what) in news {
            let claimed = decide::claim(before, &key, now);
            let told = self.say(topic, claimed, what, watched, &look, &facts, failures);
            told.await;
        }
    }

    /// Claims it, publishes it, and writes down that it was said. A crash before the publishing
    /// delays it to a later run; a crash after it lets that run say it once more.
    #[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
    async fn say(
        &self,
        topic: &str,
        claimed: Remembered,
        news: News,
        watched: &Watched,
        look: &Look,
        facts: &Facts,
        failures: &mut Failures,
    ) {
        let now = (self.now)();
        let step = "an alert could not be claimed";
        match failures.seen(step, self.memory.put(&claimed, now).await) {
            Some(true) => {}
            // Another run says it.
            Some(false) | None => return,
        }
        let alert = Alert {
            watched,
            trouble: &look.trouble,
            news,
            facts,
            since: claimed.since,
            now,
        };
        let message = alert.published();
        let published = self
            .outlet
            .publish(topic, &message.subject, &message.by_protocol)
            .await;
        let step = format!(
            "the alert {} could not be published to {topic}",
            look.trouble
        );
        if failures.seen(&step, published).is_none() {
            return;
        }
        info!(trouble = %look.trouble, ?news, topic, "an alert was sent");
        let count = match look.sighting {
            Sighting::Trouble(count) => count,
            _ => 0,
        };
        let said = decide::said(claimed, news, count, now);
        let written = self.memory.put(&said, now).await;
        failures.seen("that an alert was sent could not be written down", written);
    }
}

/// Each topic has its own memory, so that one that cannot be reached makes no other repeat itself.
fn key(topic: &str, trouble: &Trouble) -> String {
    format!("{topic} {trouble}")
}
