//! One delivery.

use anyhow::Result;
use domain::{Headers, Timestamp, is_of_the_connection};
use operator::{
    Stack,
    listen::{Fetched, Original, fetch},
};
use provider::{Pairs, Poster, Unanswered};

use super::{
    journal::Event,
    resign::{Resign, Signed},
    shown::Ending,
};

pub(super) struct Sender {
    pub(super) poster: Poster,
    pub(super) resign: Option<Resign>,
}

/// What became of one attempt.
pub(super) enum Attempt {
    Ended(Ending),
    /// Nothing listens there: no fault of the event.
    NoConnection(String),
}

impl Sender {
    /// Fetches an event's delivery; the ending if there is none any more.
    pub(super) async fn fetch(
        &mut self,
        stack: &Stack,
        event: &Event,
    ) -> Result<std::result::Result<Original, Ending>> {
        if let Some(resign) = &mut self.resign {
            resign.prepare(stack, &event.reference.endpoint).await?;
        }
        Ok(match fetch(stack, &event.reference).await? {
            Fetched::Original(original) => Ok(original),
            Fetched::Gone(why) => Err(Ending::Gone(why)),
        })
    }

    /// The headers with which a delivery goes out now; the ending if it can never go out.
    pub(super) fn headers(
        &self,
        event: &Event,
        original: &Original,
        now: Timestamp,
    ) -> std::result::Result<Pairs, Ending> {
        let kept = original.headers.all();
        let endpoint = &event.reference.endpoint;
        let signed = match &self.resign {
            Some(resign) => resign.sign(endpoint, &kept, &original.body, now),
            None => Signed::AsItIs,
        };
        let pairs = match signed {
            Signed::Impossible(why) => return Err(Ending::Gone(why)),
            Signed::Headers(pairs) => pairs,
            Signed::AsItIs => owned(&kept),
        };
        Ok(headers(&original.content_type, pairs))
    }

    pub(super) async fn post(&self, headers: &Pairs, body: Vec<u8>) -> Attempt {
        match self.poster.post(headers, body).await {
            Ok(reply) => {
                let (status, took) = (reply.status, reply.took);
                Attempt::Ended(if (200..300).contains(&status) {
                    Ending::Delivered { status, took }
                } else {
                    Ending::Failed { status, took }
                })
            }
            Err(problem) if problem.what == Unanswered::NO_CONNECTION => {
                Attempt::NoConnection(problem.to_string())
            }
            Err(problem) if problem.what == Unanswered::BAD_HEADER => {
                Attempt::Ended(Ending::Gone(problem.to_string()))
            }
            Err(problem) => Attempt::Ended(Ending::Unanswered(problem.to_string())),
        }
    }
}

fn owned(headers: &Headers) -> Pairs {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The content type is that of the event; what was about the provider's connection is over.
fn headers(content_type: &str, kept: Pairs) -> Pairs {
    let mut pairs = vec![("content-type".to_owned(), content_type.to_owned())];
    pairs.extend(
        kept.into_iter()
            .filter(|(name, _)| !is_of_the_connection(name)),
    );
    pairs
}
