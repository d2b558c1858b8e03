//! Sends an endpoint what its provider would send.

use std::time::Duration;

use domain::{Ref, format_time};
use provider::{Draft, ExpectedEvent, Nonces, Poster, Provider, Reply, Sent, draft};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::deployed::{DeployedEndpoint, find};
use crate::{
    Progress, Result, Stack, events,
    problem::{WithContext as _, refuse},
    stack::TEST_TYPE,
};

/// A request to an API Gateway ends after 29 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(35);

/// How long to wait for the reply before saying so.
const SILENCE: Duration = Duration::from_secs(5);

/// How often to look for the pointer.
const LOOK: Duration = Duration::from_millis(250);

/// What became of a test delivery.
#[derive(Debug, Serialize)]
pub struct TestOutcome {
    /// Whether it was accepted, and its pointer exists as far as that can be known.
    pub good: bool,
    /// The endpoint's name.
    pub endpoint: String,
    /// Where it was posted.
    pub url: String,
    /// The key that signed it.
    pub key_id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The reply.
    #[serde(flatten)]
    pub sent: Sent,
    /// When the pointer says it was received; none if there is no pointer.
    pub received_at: Option<String>,
    /// Why the pointer was not waited for, or not found.
    pub problem: Option<&'static str>,
}

/// What was seen of the pointer.
enum Seen {
    /// When the event was received.
    There(String),
    Missing(&'static str),
    /// The name is not known in advance.
    Unknown(&'static str),
}

/// Posts a test delivery to the URL of this endpoint, signed with the key of this id or the
/// newest, and waits up to `patience` for its pointer. Only subscriptions that name the type of
/// tests receive it.
pub async fn test(
    stack: &Stack,
    name: &str,
    key: Option<&str>,
    patience: Duration,
    progress: &impl Progress,
) -> Result<TestOutcome> {
    let found = find(stack, name).await?;
    if !found.endpoint.enabled {
        progress.note(&format!("{name} is disabled: it refuses every delivery"));
    }
    let provider = found.provider(stack, key).await?;
    let now = (stack.now)();
    let wanted = Draft {
        kind: Some(TEST_TYPE),
        size: None,
        nonce: Nonces::new().context(name)?.of(0),
        now,
    };
    let sample = draft(&provider, wanted).context(no_test(name))?;
    let headers = provider.sign(&sample.headers, &sample.body, now);
    let headers = headers.context(name)?;
    let expected = provider.rehearse(&headers, &sample.body, now);
    let expected = expected.context(name)?;
    let bytes = sample.body.len();
    let poster = Poster::new(&provider.url, ANSWER_WITHIN).context(name)?;
    let posted = poster.post(&headers, sample.body);
    let reply = match patiently(posted, &provider.url, progress).await {
        Ok(reply) => reply,
        Err(problem) => refuse!("{}: {problem}", provider.url),
    };
    let seen = if reply.is_good() {
        Some(look(stack, &found, &reply, &expected, patience, progress).await?)
    } else {
        None
    };
    Ok(outcome(&provider, name, &reply, seen, bytes))
}

impl DeployedEndpoint {
    /// Plays this endpoint's provider, with the key of this id or the newest.
    pub async fn provider(&self, stack: &Stack, key: Option<&str>) -> Result<Provider> {
        let name = &self.endpoint.name;
        let ring = self.ring(stack).await?;
        let (url, now) = (self.url.clone(), (stack.now)());
        let provider = Provider::of_endpoint(&self.endpoint, url, &ring, key, now)
            .context(format_args!("the endpoint {name}"))?;
        if provider.has_public_key() {
            refuse!(
                "{name} has only its provider's public key, so only the provider can sign: send a test from the \
                 provider's own console, or give your own private key to `coatcheck send`"
            );
        }
        Ok(provider)
    }
}

fn no_test(name: &str) -> String {
    format!(
        "{name} cannot be tested so: an event of another type than {TEST_TYPE} would look real to subscriptions. \
         Use `coatcheck send --endpoint {name}` with a body of yours"
    )
}

/// Waits for the reply, and says so if it takes long.
async fn patiently<T>(reply: impl Future<Output = T>, url: &str, progress: &impl Progress) -> T {
    tokio::pin!(reply);
    tokio::select! {
        reply = &mut reply => reply,
        () = sleep(SILENCE) => {
            progress.note(&format!("still waiting for {url} to reply"));
            reply.await
        }
    }
}

/// Waits for the pointer.
async fn look(
    stack: &Stack,
    found: &DeployedEndpoint,
    reply: &Reply,
    expected: &ExpectedEvent,
    patience: Duration,
    progress: &impl Progress,
) -> Result<Seen> {
    let Some(reference) = reference(found, reply, expected)? else {
        return Ok(Seen::Unknown(
            "the reply does not name the event, and this scheme does not allow predicting its name: see `coatcheck events ls`",
        ));
    };
    progress.doing("waiting for the pointer");
    let started = Instant::now();
    loop {
        if let Some(image) = events::find(stack, &reference).await? {
            let at = image.get("received_at").cloned().unwrap_or_default();
            return Ok(Seen::There(at));
        }
        if started.elapsed() >= patience {
            return Ok(Seen::Missing(
                "the endpoint accepted the delivery, but its pointer does not exist: see `coatcheck doctor`, then the log of ingest",
            ));
        }
        sleep(LOOK).await;
    }
}

/// The event's name: as the reply has it, or, where the provider wants another reply, as it must
/// be.
fn reference(
    found: &DeployedEndpoint,
    reply: &Reply,
    expected: &ExpectedEvent,
) -> Result<Option<Ref>> {
    let text = &reply.body.reference;
    if !text.is_empty() {
        let reference = text.parse().context(format_args!(
            "the reply names the event {text:?}, which is not a ref"
        ))?;
        return Ok(Some(reference));
    }
    Ok(expected.key_is_known.then(|| Ref {
        endpoint: found.endpoint.name.clone(),
        ordering_key: expected.event.ordering_key.clone(),
        event_key: expected.event.key.clone(),
    }))
}

fn outcome(
    provider: &Provider,
    endpoint: &str,
    reply: &Reply,
    seen: Option<Seen>,
    bytes: usize,
) -> TestOutcome {
    let (received_at, problem, is_seen) = match seen {
        Some(Seen::There(at)) => {
            let at = at.parse().map_or(at, format_time);
            (Some(at), None, true)
        }
        Some(Seen::Missing(problem)) => (None, Some(problem), false),
        Some(Seen::Unknown(problem)) => (None, Some(problem), true),
        None => (None, None, false),
    };
    let took_ms = u64::try_from(reply.took.as_millis()).unwrap_or(u64::MAX);
    TestOutcome {
        good: reply.is_good() && is_seen,
        endpoint: endpoint.to_owned(),
        url: provider.url.clone(),
        key_id: provider.key_id().to_owned(),
        kind: TEST_TYPE,
        sent: Sent::new(reply, bytes, took_ms, 0),
        received_at,
        problem,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use domain::{KeyRing, Timestamp};
    use provider::ReplyBody;

    use super::*;

    const CONFIG: &str = r#"{"name":"billing","scheme":"github"}"#;

    fn provider(found: &DeployedEndpoint) -> Provider {
        let ring = KeyRing::from_versions("hunter2-hunter2-hunter2", None).unwrap();
        let now: Timestamp = "2026-11-22T05:00:00Z".parse().unwrap();
        Provider::of_endpoint(&found.endpoint, found.url.clone(), &ring, None, now).unwrap()
    }

    fn reply(status: u16, reference: &str) -> Reply {
        Reply {
            status,
            body: ReplyBody {
                reference: reference.to_owned(),
                ..ReplyBody::default()
            },
            ..Reply::default()
        }
    }

    #[test]
    fn it_is_good_if_it_was_accepted_and_is_there() {
        let provider = provider(&DeployedEndpoint::sample(CONFIG));
        let of =
            |status, seen| outcome(&provider, "billing", &reply(status, "billing/a"), seen, 12);
        let there = of(200, Some(Seen::There("2026-11-22T05:00:00Z".to_owned())));
        assert!(there.good && there.problem.is_none());
        assert_eq!(
            there.received_at.as_deref(),
            Some("2026-11-22T05:00:00.000Z")
        );
        assert!(of(200, Some(Seen::Unknown("no name"))).good);
        assert!(!of(200, Some(Seen::Missing("no pointer"))).good);
        let refused = of(401, None);
        assert!(!refused.good && refused.sent.remedy.is_some());
        let json = serde_json::to_value(&refused).unwrap();
        assert_eq!(
            (&json["status"], &json["type"]),
            (&401.into(), &TEST_TYPE.into())
        );
        assert!(!json.to_string().contains("hunter2"));
    }

    #[test]
    fn the_event_is_named_by_the_reply_or_by_what_was_sent() {
        let found = DeployedEndpoint::sample(CONFIG);
        let provider = provider(&found);
        let now = "2026-11-22T05:00:00Z".parse().unwrap();
        let wanted = Draft {
            kind: Some(TEST_TYPE),
            size: None,
            nonce: 7,
            now,
        };
        let sample = draft(&provider, wanted).unwrap();
        let headers = provider.sign(&sample.headers, &sample.body, now).unwrap();
        let expected = provider.rehearse(&headers, &sample.body, now).unwrap();
        let named = |text| reference(&found, &reply(200, text), &expected);
        assert_eq!(
            named("billing/x").unwrap().unwrap().to_string(),
            "billing/x"
        );
        let predicted = named("").unwrap().unwrap();
        assert_eq!(predicted.event_key, expected.event.key);
        let problem = named("<script>").unwrap_err().to_string();
        assert!(problem.contains("not a ref"), "{problem}");
    }

    #[derive(Default)]
    struct Notes(RefCell<Vec<String>>);

    impl Progress for Notes {
        fn note(&self, text: &str) {
            self.0.borrow_mut().push(text.to_owned());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_endpoint_is_mentioned() {
        for (seconds, notes) in [(4, 0), (6, 1)] {
            let said = Notes::default();
            let slow = sleep(Duration::from_secs(seconds));
            patiently(slow, "https://a/hooks/b", &said).await;
            assert_eq!(said.0.borrow().len(), notes, "{seconds} s");
        }
    }
}
