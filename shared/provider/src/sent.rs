use serde::Serialize;

use crate::Reply;

/// What became of a delivery that was sent alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The HTTP status of the reply.
    pub status: u16,
    /// `accepted` or `duplicate`; none of a refusal, and where another server replied.
    pub outcome: Option<String>,
    /// Names the event.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The code of a refusal.
    pub error: Option<String>,
    /// The refusal in words, as the endpoint wrote them.
    pub message: Option<String>,
    /// What to do about a refusal.
    pub remedy: Option<&'static str>,
    /// How many bytes the body has.
    pub bytes: usize,
    /// How long it took, with all tries.
    pub took_ms: u64,
    /// How often it was sent again.
    pub retries: u32,
}

impl Sent {
    /// What this reply says.
    #[must_use]
    pub fn new(reply: &Reply, bytes: usize, took_ms: u64, retries: u32) -> Self {
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        Self {
            status: reply.status,
            outcome: some(&reply.body.status),
            reference: some(&reply.body.reference),
            error: some(&reply.body.error),
            message: some(&reply.body.message),
            remedy: (!reply.is_good()).then(|| reply.remedy()),
            bytes,
            took_ms,
            retries,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReplyBody;

    #[test]
    fn what_a_reply_does_not_have_is_none_and_a_refusal_has_a_remedy() {
        let accepted = Reply {
            status: 200,
            body: ReplyBody {
                status: "accepted".to_owned(),
                reference: "a/b".to_owned(),
                ..ReplyBody::default()
            },
            ..Reply::default()
        };
        assert_eq!(
            serde_json::to_string(&Sent::new(&accepted, 12, 7, 0)).unwrap(),
            r#"{"status":200,"outcome":"accepted","ref":"a/b","error":null,"message":null,"remedy":null,"bytes":12,"took_ms":7,"retries":0}"#
        );
        let refused = Reply {
            status: 401,
            ..Reply::default()
        };
        assert!(Sent::new(&refused, 12, 7, 0).remedy.is_some());
    }
}
