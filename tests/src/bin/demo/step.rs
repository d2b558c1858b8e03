use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use bytes::Bytes;
use domain::{Lane, SignedDuration};
use e2e::{Delivery, Fixture, Receipt, Reply, Sender, Stack, digest, now, random_hex};
use serde_json::json;

/// One delivery, its expected result, and its actual one.
pub(crate) struct Step {
    pub(crate) what: &'static str,
    pub(crate) delivery: Delivery,
    pub(crate) expect: Expect,
    pub(crate) answer: Option<Reply>,
    pub(crate) receipts: BTreeMap<String, Receipt>,
    pub(crate) pointers: usize,
    pub(crate) late: Option<String>,
}

/// The expected result of a delivery.
pub(crate) enum Expect {
    /// 200 with this status, one pointer, and a receipt from each of these.
    Accepted {
        status: &'static str,
        processors: &'static [&'static str],
    },
    /// This status and code, and nothing stored.
    Refused { status: u16, code: &'static str },
}

/// Everything that `make run` sends, in order.
pub(crate) async fn steps(stack: &Stack) -> Result<Vec<Step>> {
    let github = Sender::of(stack, "github").await?;
    let stripe = Sender::of(stack, "stripe").await?;
    let billing = Sender::of(stack, "billing").await?;
    let partner = Sender::of(stack, "partner").await?;
    let archive = Sender::of(stack, "archive").await?;

    let accepted = |processors| Expect::Accepted {
        status: "accepted",
        processors,
    };
    let refused = |status, code| Expect::Refused { status, code };
    let event = |id: &str, size| Bytes::from(testkit::json(id, "report.ready", size));

    let push = github.sign_fixture(&Fixture::fresh("github/push")?)?;
    let invoice = stripe.sign_fixture(&Fixture::fresh("stripe/invoice.paid")?)?;
    let report = format!("msg_{}", random_hex(20));
    let large = billing.sign(&[("webhook-id", &report), JSON], event(&report, 4_400_000))?;
    let whole = format!("msg_{}", random_hex(20));
    let larger = archive.sign(&[("webhook-id", &whole), JSON], event(&whole, 10_000_000))?;
    let binary = partner.sign_fixture(&Fixture::fresh("partner/inventory")?)?;
    let forged = push
        .clone()
        .set("x-hub-signature-256", &format!("sha256={}", random_hex(64)));
    let id = format!("msg_{}", random_hex(20));
    let stale = billing.sign_at(
        now() - SignedDuration::from_hours(1),
        &[("webhook-id", &id), JSON],
        event(&id, 1_000),
    )?;
    let stranger = Delivery {
        endpoint: "no-such-endpoint".into(),
        ..push.clone()
    };
    let oversized = billing.sign(&[("webhook-id", &id), JSON], event(&id, 4_600_000))?;

    Ok([
        (
            "GitHub: a push",
            push.clone(),
            accepted(&["audit", "pushes"]),
        ),
        (
            "Stripe: invoice.paid",
            invoice,
            accepted(&["audit", "invoices"]),
        ),
        (
            "Standard Webhooks: an event of 4.4 MB",
            large,
            accepted(&["audit"]),
        ),
        (
            "a partner's own scheme: a binary body",
            binary,
            accepted(&["audit"]),
        ),
        (
            "Standard Webhooks, direct lane: 10 MB",
            larger,
            accepted(&["audit"]),
        ),
        (
            "GitHub: a wrong signature",
            forged,
            refused(401, "signature_mismatch"),
        ),
        (
            "Standard Webhooks: signed an hour ago",
            stale,
            refused(401, "unauthorized"),
        ),
        (
            "an endpoint that does not exist",
            stranger,
            refused(403, "forbidden"),
        ),
        (
            "GitHub: the same push again",
            push,
            Expect::Accepted {
                status: "duplicate",
                processors: &["audit", "pushes"],
            },
        ),
        (
            "Standard Webhooks: an event of 4.6 MB",
            oversized,
            refused(413, "body_too_large"),
        ),
    ]
    .into_iter()
    .map(|(what, delivery, expect)| Step {
        what,
        delivery,
        expect,
        answer: None,
        receipts: BTreeMap::new(),
        pointers: 0,
        late: None,
    })
    .collect())
}

const JSON: (&str, &str) = ("content-type", "application/json");

impl Step {
    /// Sends it.
    pub(crate) async fn perform(mut self, stack: &Stack) -> Result<Self> {
        self.answer = Some(self.delivery.send(stack).await?);
        Ok(self)
    }

    /// The answer in one line.
    pub(crate) fn outcome(&self) -> String {
        let Some(answer) = &self.answer else {
            return "not sent".to_owned();
        };
        let body = &answer.body;
        let text = if body.status.is_empty() {
            format!("{}: {}", body.error, body.message)
        } else {
            format!("{} {}{}", body.status, body.reference, body.request_id)
        };
        format!("{} {text} ({} ms)", answer.status, answer.took.as_millis())
    }

    /// Names its event. The direct lane answers before the event has a name, so its name
    /// is computed from what names it.
    pub(crate) fn reference(&self) -> Option<String> {
        let answer = self.answer.as_ref()?;
        let Delivery {
            lane,
            endpoint,
            headers,
            ..
        } = &self.delivery;
        if *lane == Lane::Standard || answer.status != 200 {
            return Some(answer.body.reference.clone()).filter(|text| !text.is_empty());
        }
        let (_, id) = headers.iter().find(|(name, _)| name == "webhook-id")?;
        Some(format!("{endpoint}/{id}"))
    }

    /// Waits until the expected processors have it.
    pub(crate) async fn follow(&mut self, stack: &Stack, patience: Duration) -> Result<()> {
        let (Expect::Accepted { processors, .. }, Some(reference)) =
            (&self.expect, self.reference())
        else {
            return Ok(());
        };
        let reference = &reference;
        match stack
            .wait_for_receipts(reference, processors, patience)
            .await
        {
            Ok(receipts) => self.receipts = receipts,
            Err(error) => {
                self.receipts = stack.receipts(reference).await?;
                self.late = Some(format!("{error:#}"));
            }
        }
        self.pointers = stack.pointers_of(reference).await?.len();
        Ok(())
    }

    /// Whether every processor redeemed exactly the bytes that were sent.
    pub(crate) fn digests_equal(&self) -> bool {
        let sent = digest(&self.delivery.body);
        !self.receipts.is_empty() && self.receipts.values().all(|receipt| receipt.sha256 == sent)
    }

    /// Status, pointer, digests and processors, all as expected.
    pub(crate) fn went_as_expected(&self) -> bool {
        let Some(answer) = &self.answer else {
            return false;
        };
        match &self.expect {
            Expect::Refused { status, code } => {
                answer.status == *status && answer.body.error == *code
            }
            Expect::Accepted { status, processors } => {
                answer.status == 200
                    && answer.body.status == *status
                    && self.pointers == 1
                    && self.digests_equal()
                    && self
                        .receipts
                        .keys()
                        .map(String::as_str)
                        .eq(processors.iter().copied())
            }
        }
    }

    /// The processors' summaries; once for each event.
    pub(crate) fn summaries(&self) -> impl Iterator<Item = (&str, &str)> {
        let first = matches!(
            self.expect,
            Expect::Accepted {
                status: "accepted",
                ..
            }
        );
        self.receipts
            .iter()
            .filter(move |_| first)
            .map(|(processor, receipt)| (processor.as_str(), receipt.summary.as_str()))
    }
}

/// A command that signs and sends one more push, with the key of this stack.
pub(crate) async fn curl(stack: &Stack) -> Result<String> {
    let Sender { secret, .. } = Sender::of(stack, "github").await?;
    let body = json!({"ref": "refs/heads/main", "repository": {"full_name": "me/mine"}, "pusher": {"name": "me"}, "commits": []});
    Ok(format!(
        r#"  body='{body}'
  mac=$(printf %s "$body" | openssl dgst -sha256 -hmac {secret} | sed 's/.* //')
  curl -i -d "$body" -H 'Content-Type: application/json' -H "X-Hub-Signature-256: sha256=$mac" \
    -H 'X-GitHub-Event: push' -H 'X-GitHub-Delivery: by-hand' {}/hooks/github"#,
        stack.outputs.base_url
    ))
}
