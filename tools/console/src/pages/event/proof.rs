use domain::{Ref, Timestamp};
use maud::{Markup, html};
use operator::{
    Tone,
    events::{EventDetails, KeptHeaders, Reverification},
};

use crate::{
    address::Address,
    markup::{card, notice, shown, time},
};

/// What is known about the signature.
pub(super) enum Verdict {
    /// It was verified when the event arrived: nothing else gets a pointer.
    OnArrival,
    /// It was verified again, at this time.
    Again(Reverification, Timestamp),
}

/// The proof that the provider sent these bytes.
pub(super) struct Proof<'a> {
    pub(super) details: &'a EventDetails,
    pub(super) headers: &'a KeptHeaders,
    pub(super) verdict: &'a Verdict,
}

impl Proof<'_> {
    pub(super) fn card(&self) -> Markup {
        card(
            "Proof",
            html! {
                (self.verdict.markup(self.details))
                h3 { "Kept headers" }
                @match self.headers {
                    KeptHeaders::None(why) => p class="note" { "None: " (shown(why)) "." },
                    KeptHeaders::Kept(headers) => {
                        dl class="facts" {
                            @for (name, value) in headers.iter() {
                                dt { code { (shown(name)) } }
                                dd { span class="mono" { (shown(value)) } }
                            }
                        }
                        p class="note" { "As they came. Others are not kept." }
                    }
                }
            },
        )
    }
}

impl Verdict {
    /// The box with the button that repeats it.
    pub(super) fn markup(&self, details: &EventDetails) -> Markup {
        let action = verify_address(&details.reference);
        html! {
            div id="verdict" class="proof" {
                (self.notice(details))
                form action=(action) method="post" hx-post=(action) hx-target="#verdict" hx-swap="outerHTML" {
                    button { "Verify again" span class="busy" { " …" } }
                }
                p class="note" {
                    "Checks the stored bytes and headers under the keys of today, as of the time of receipt. \
                     It reads the endpoint's secret, so it needs the policy " code { "verify" } "."
                }
            }
        }
    }

    fn notice(&self, details: &EventDetails) -> Markup {
        let received = html! {
            @match details.received_at() {
                Ok(at) => (time(at)),
                Err(_) => (shown(details.attribute("received_at"))),
            }
        };
        match self {
            Self::OnArrival => notice(
                Tone::Good,
                false,
                html! {
                    p { b { "Verified when it arrived" } }
                    p { "These bytes, verified under the key " code { (shown(details.attribute("key_id"))) } " at " (received) "." }
                },
            ),
            Self::Again(Reverification::Valid { key_id }, at) => notice(
                Tone::Good,
                true,
                html! {
                    p { b { "Valid" } }
                    p { "These bytes, verified under the key " code { (shown(key_id)) } " at " (received) ", and again at " (time(*at)) "." }
                },
            ),
            Self::Again(Reverification::Invalid { code, why }, at) => notice(
                Tone::Bad,
                true,
                html! {
                    p { b { "Not valid today" } }
                    p { (shown(why)) " (" code { (code) } ", at " (time(*at)) ")" }
                    p { "It was verified under the key " code { (shown(details.attribute("key_id"))) } " when it arrived, at " (received) "." }
                },
            ),
        }
    }
}

/// Where a form sends its wish to verify.
fn verify_address(reference: &Ref) -> Address {
    Address::to(&["verify", &reference.to_string()])
}
