use crate::{Group, Line, Measured, Place, Prices, Problem, Scenario};

/// What one request of SQS, SNS and EventBridge holds. <https://aws.amazon.com/sqs/pricing/>
const CHUNK_BYTES: f64 = 65_536.0;

/// A bill that is being written.
pub(super) struct Work<'a> {
    pub(super) prices: &'a Prices,
    pub(super) measured: &'a Measured,
    pub(super) scenario: &'a Scenario,
    pub(super) lines: Vec<Line>,
}

impl Work<'_> {
    /// Adds what an event (or, of what is fixed, a month) takes of something.
    pub(super) fn add(
        &mut self,
        what: (Group, &'static str),
        quantity: f64,
        price: &'static str,
        (file, address): (&'static str, &'static str),
    ) -> Result<(), Problem> {
        if quantity > 0.0 {
            let known = (price, self.prices.get(price)?);
            let events = self.scenario.events;
            let place = Place { file, address };
            self.lines
                .push(Line::new(what, quantity, known, events, place));
        }
        Ok(())
    }

    /// Bytes of the event that travels.
    pub(super) fn event_bytes(&self) -> f64 {
        self.measured.bytes.event + self.inline_bytes()
    }

    /// Bytes of the pointer, with the payload if it is inline, and with the keys by which it is found.
    pub(super) fn pointer_bytes(&self) -> f64 {
        let bytes = &self.measured.bytes;
        let item = if self.scenario.is_inline() {
            bytes.inline_pointer + self.inline_bytes()
        } else {
            bytes.pointer
        };
        item + bytes.find_key * self.scenario.indexed
    }

    /// Bytes of the payload in the pointer and the event, in base64.
    fn inline_bytes(&self) -> f64 {
        if self.scenario.is_inline() {
            (self.scenario.size / 3.0).ceil() * 4.0
        } else {
            0.0
        }
    }

    /// Bytes of its entry in an index by an attribute. The by-time index has the same without the key.
    pub(super) fn find_entry_bytes(&self) -> f64 {
        let bytes = &self.measured.bytes;
        bytes.index_entry + bytes.find_key
    }

    /// Milliseconds to move the payload to or from S3, after the first byte.
    pub(super) fn moving_ms(&self) -> f64 {
        self.scenario.size / 1e6 * self.measured.waits_ms.s3_per_mb
    }

    /// Bytes that log lines take, each with what CloudWatch Logs adds; none for a line of no bytes.
    pub(super) fn logged(&self, lines: &[f64]) -> f64 {
        let overhead = self.measured.bytes.log_line_overhead;
        let written = lines.iter().filter(|line| **line > 0.0);
        written.map(|line| line + overhead).sum()
    }
}

/// Requests that this many bytes count as.
pub(super) fn chunks(bytes: f64) -> f64 {
    (bytes / CHUNK_BYTES).ceil().max(1.0)
}

/// GB-seconds of an invocation.
pub(super) fn gb_s(ms: f64, memory_mb: f64) -> f64 {
    ms / 1_000.0 * memory_mb / 1_024.0
}

/// Units of writing an item of this size: one for each KB.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html>
pub(super) fn write_units(bytes: f64) -> f64 {
    (bytes / 1_024.0).ceil().max(1.0)
}
