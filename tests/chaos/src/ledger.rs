//! What the providers know: what they sent, and what they were told.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use e2e::digest;

use crate::{audit::Sent, flows::Flow};

/// Of all deliveries of a run.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Book>);

/// What stands in it.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// Events, by ref.
    pub sent: BTreeMap<String, Sent>,
    /// Forged deliveries: the digest of the body, by the ref that the event would have.
    pub forged: BTreeMap<String, String>,
    /// Texts by which a message tells of an event: its id, or the request that brought it.
    pub tokens: BTreeMap<String, String>,
    /// Answers by status; 0 for none.
    pub answers: BTreeMap<u16, usize>,
    /// Forged deliveries that the standard lane answered 2xx.
    pub believed: Vec<String>,
}

impl Ledger {
    /// Writes down a body before it is sent.
    pub(crate) fn sends(
        &self,
        flow: &Flow,
        reference: &str,
        id: &str,
        body: &[u8],
        order: Option<(String, usize)>,
    ) {
        let mut book = self.book();
        book.tokens.insert(id.to_owned(), reference.to_owned());
        let event = book.sent.entry(reference.to_owned()).or_default();
        event.digests.insert(digest(body));
        event.wants = flow.wants();
        event.order = event.order.take().or(order);
    }

    /// Writes down an answer. `first_wins`: in the standard lane the bytes that are acknowledged first are stored. In the
    /// direct lane S3 answers, and it is decided later.
    pub(crate) fn answered(
        &self,
        reference: &str,
        body: &[u8],
        status: u16,
        request_id: &str,
        first_wins: bool,
    ) {
        let mut book = self.book();
        *book.answers.entry(status).or_default() += 1;
        if !(200..300).contains(&status) {
            return;
        }
        if !request_id.is_empty() {
            book.tokens
                .insert(request_id.to_owned(), reference.to_owned());
        }
        let Some(event) = book.sent.get_mut(reference) else {
            return;
        };
        if !event.acknowledged && first_wins && event.digests.len() == 1 {
            event.first = Some(digest(body));
        }
        event.acknowledged = true;
    }

    /// Writes down a forged delivery before it is sent.
    pub(crate) fn forges(&self, reference: &str, body: &[u8]) {
        self.book()
            .forged
            .insert(reference.to_owned(), digest(body));
    }

    /// Writes down the answer to a forged delivery.
    pub(crate) fn answered_forged(&self, reference: &str, status: u16, first_wins: bool) {
        let mut book = self.book();
        *book.answers.entry(status).or_default() += 1;
        // S3 takes what the direct lane brings; `admit` judges it.
        if (200..300).contains(&status) && first_wins {
            book.believed.push(reference.to_owned());
        }
    }

    /// A copy of all.
    #[must_use]
    pub(crate) fn copy(&self) -> Book {
        self.book().clone()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// Answers with a status in this range.
    #[must_use]
    pub fn count(&self, statuses: std::ops::Range<u16>) -> usize {
        self.answers.range(statuses).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flows::FLOWS;

    fn event(ledger: &Ledger) -> Sent {
        ledger.copy().sent["e/1"].clone()
    }

    #[test]
    fn the_bytes_of_the_first_answer_must_win_unless_others_were_under_way() {
        let ledger = Ledger::default();
        ledger.sends(&FLOWS[0], "e/1", "1", b"a", None);
        ledger.answered("e/1", b"a", 503, "", true);
        assert!(!event(&ledger).acknowledged);
        ledger.answered("e/1", b"a", 200, "", true);
        ledger.sends(&FLOWS[0], "e/1", "1", b"b", None);
        ledger.answered("e/1", b"b", 200, "", true);
        assert_eq!(event(&ledger).first, Some(digest(b"a")));

        let ledger = Ledger::default();
        ledger.sends(&FLOWS[0], "e/1", "1", b"a", None);
        ledger.sends(&FLOWS[0], "e/1", "1", b"b", None);
        ledger.answered("e/1", b"b", 200, "request", true);
        let event = event(&ledger);
        assert_eq!((event.first, event.acknowledged), (None, true));
        assert_eq!(ledger.copy().tokens["request"], "e/1");
        assert_eq!(ledger.copy().count(200..300), 1);
    }

    #[test]
    fn only_the_standard_lane_believes_by_an_answer() {
        for (lane_decides, expected) in [(true, 1), (false, 0)] {
            let ledger = Ledger::default();
            ledger.forges("e/f", b"f");
            ledger.answered_forged("e/f", 200, lane_decides);
            assert_eq!(ledger.copy().believed.len(), expected);
        }
    }
}
