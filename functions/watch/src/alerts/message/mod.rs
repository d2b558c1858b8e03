//! One alert, in the form of each place that shows it.
//!
//! Chat: the custom notification of Amazon Q Developer in chat applications.
//! <https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html>
//! Mail and short messages: plain text, by SNS's keys for protocols.
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html>

mod chat;
mod destinations;
mod safe;
#[cfg(test)]
mod tests;
mod words;

use serde::Serialize;

use self::chat::Notification;
pub(crate) use self::words::{Alert, DeadLetterFacts, Facts};

/// SNS wants a subject of fewer than 100 characters, all ASCII.
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
const SUBJECT_MAX: usize = 99;

/// What SNS takes with `MessageStructure = json`: a text by protocol, and one for all others.
#[derive(Serialize)]
struct ByProtocol<'a> {
    default: &'a str,
    email: &'a str,
    sms: &'a str,
}

/// An alert, ready to publish.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Published {
    /// The subject of mail.
    pub(crate) subject: String,
    /// A JSON object: a text by protocol.
    pub(crate) by_protocol: String,
}

impl Alert<'_> {
    /// Puts it into its forms.
    pub(crate) fn published(&self) -> Published {
        let words = self.words();
        let chat = json(&Notification::of(self, &words));
        let mail = mail(&words, &self.footer());
        let subject = subject(&words.title);
        let by_protocol = json(&ByProtocol {
            default: &chat,
            email: &mail,
            sms: &subject,
        });
        Published {
            subject,
            by_protocol,
        }
    }
}

/// Text as the keys and nothing that can fail.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn subject(title: &str) -> String {
    let ascii = title.chars().filter(|c| c.is_ascii_graphic() || *c == ' ');
    ascii.take(SUBJECT_MAX).collect()
}

fn mail(words: &words::Words, footer: &str) -> String {
    let mut lines = vec![words.title.clone(), String::new()];
    lines.extend(words.lines.iter().cloned());
    lines.extend(words.list.iter().map(|line| format!("  {line}")));
    if !words.steps.is_empty() {
        lines.push(String::new());
        lines.extend(words.steps.iter().map(|line| format!("- {line}")));
    }
    lines.push(String::new());
    lines.push(footer.to_owned());
    lines.join("\n").replace('`', "") + "\n"
}
