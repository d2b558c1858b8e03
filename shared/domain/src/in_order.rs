/// What a message of a FIFO queue needs. Each has at most 128 letters, digits and punctuation marks
/// of ASCII.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InOrder {
    /// Messages of one group are received in the order in which they were sent.
    pub group: String,
    /// A second message with the same id is dropped, for five minutes.
    pub deduplication_id: String,
}

impl InOrder {
    /// Whether SQS accepts this text as a group or as a deduplication id.
    #[must_use]
    pub fn accepts(text: &str) -> bool {
        (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_sqs_accepts_is_accepted() {
        for (text, good) in [
            ("ac42", true),
            ("a~!/#", true),
            ("", false),
            ("a b", false),
            ("\u{e9}", false),
        ] {
            assert_eq!(InOrder::accepts(text), good, "{text}");
        }
        assert!(InOrder::accepts(&"a".repeat(128)) && !InOrder::accepts(&"a".repeat(129)));
    }
}
