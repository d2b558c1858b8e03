use aws_sdk_sqs::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::ListMessageMoveTasksResultEntry,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::StoreError;

use crate::{Sdk, failure::classify};

const START: &str = "sqs:StartMessageMoveTask";
const LIST: &str = "sqs:ListMessageMoveTasks";
const CANCEL: &str = "sqs:CancelMessageMoveTask";

/// The answer of a service to an action that it does not know. SQS itself supports
/// moves; another cloud may not.
const UNKNOWN_ACTION: [&str; 4] = [
    "AWS.SimpleQueueService.UnsupportedOperation",
    "InvalidAction",
    "UnknownOperationException",
    "UnsupportedOperation",
];

/// Moves all messages from a DLQ to another queue, by SQS itself.
#[derive(Debug, Clone)]
pub struct Moves {
    client: Client,
}

/// How far a move is. SQS keeps the last ten of each DLQ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Move {
    /// `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub status: String,
    /// When it began, in milliseconds since 1970; distinguishes it from other moves.
    pub started_ms: i64,
    /// About how many were moved.
    pub moved: u64,
    /// About how many there are.
    pub of: Option<u64>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Cancels it while it runs.
    pub handle: Option<String>,
}

/// The result of a request to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// It is under way.
    Taken,
    /// This cloud does not support moves.
    Unknown,
}

impl Moves {
    /// DLQs of this account and region.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        Self {
            client: Client::new(&sdk.config),
        }
    }

    /// Starts to move everything from one queue to the other, at most that many
    /// per second, or as fast as SQS allows.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn start(
        &self,
        from: &str,
        to: &str,
        rate: Option<u16>,
    ) -> Result<Started, StoreError> {
        let outcome = self
            .client
            .start_message_move_task()
            .source_arn(from)
            .destination_arn(to)
            .set_max_number_of_messages_per_second(rate.map(i32::from))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(Started::Taken),
            Err(error) if is_unknown(&error) => Ok(Started::Unknown),
            Err(error) => Err(classify(START, &error)),
        }
    }

    /// The last move from this queue; none if there was none, or if this cloud does
    /// not support moves.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn last(&self, from: &str) -> Result<Option<Move>, StoreError> {
        let outcome = self
            .client
            .list_message_move_tasks()
            .source_arn(from)
            .max_results(1)
            .send()
            .await;
        match outcome {
            Ok(answer) => {
                let newest = answer.results.unwrap_or_default().into_iter().next();
                Ok(newest.map(Move::from))
            }
            Err(error) if is_unknown(&error) => Ok(None),
            Err(error) => Err(classify(LIST, &error)),
        }
    }

    /// Stops a move; what was moved stays moved.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn cancel(&self, handle: &str) -> Result<(), StoreError> {
        self.client
            .cancel_message_move_task()
            .task_handle(handle)
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(CANCEL, &error))
    }
}

fn is_unknown<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    code.is_some_and(|code| UNKNOWN_ACTION.contains(&code))
}

impl From<ListMessageMoveTasksResultEntry> for Move {
    fn from(entry: ListMessageMoveTasksResultEntry) -> Self {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Self {
            status: entry.status.unwrap_or_default(),
            started_ms: entry.started_timestamp,
            moved: count(entry.approximate_number_of_messages_moved),
            of: entry.approximate_number_of_messages_to_move.map(count),
            failure: entry.failure_reason,
            handle: entry.task_handle,
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::operation::{
        cancel_message_move_task::CancelMessageMoveTaskOutput,
        list_message_move_tasks::ListMessageMoveTasksOutput,
        start_message_move_task::StartMessageMoveTaskOutput,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn against(rule: &Rule) -> Moves {
        Moves {
            client: mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [rule]),
        }
    }

    fn refused(code: &'static str) -> impl Fn() -> HttpResponse + Send + Sync {
        move || {
            let body = format!(r#"{{"__type":"{code}","message":"m"}}"#);
            let mut answer =
                HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::from(body));
            let headers = answer.headers_mut();
            headers.insert("x-amzn-query-error", format!("{code};Sender"));
            answer
        }
    }

    #[tokio::test]
    async fn is_started_from_one_queue_to_the_other_at_a_rate() {
        let rule = mock!(Client::start_message_move_task)
            .match_requests(|call| {
                call.source_arn() == Some("arn:dlq")
                    && call.destination_arn() == Some("arn:queue")
                    && call.max_number_of_messages_per_second() == Some(50)
            })
            .then_output(|| StartMessageMoveTaskOutput::builder().build());
        let started = against(&rule).start("arn:dlq", "arn:queue", Some(50)).await;
        assert_eq!(started.unwrap(), Started::Taken);
    }

    #[tokio::test]
    async fn a_cloud_without_moves_says_so_and_a_refusal_is_none_of_that() {
        for code in UNKNOWN_ACTION {
            let rule = mock!(Client::start_message_move_task).then_http_response(refused(code));
            let started = against(&rule).start("a", "b", None).await.unwrap();
            assert_eq!(started, Started::Unknown, "{code}");
            let rule = mock!(Client::list_message_move_tasks).then_http_response(refused(code));
            assert_eq!(against(&rule).last("a").await.unwrap(), None, "{code}");
        }
        let rule = mock!(Client::start_message_move_task)
            .then_http_response(refused("AccessDeniedException"));
        assert!(against(&rule).start("a", "b", None).await.is_err());
        let rule = mock!(Client::list_message_move_tasks)
            .then_http_response(refused("AccessDeniedException"));
        assert!(against(&rule).last("a").await.is_err());
    }

    #[tokio::test]
    async fn the_last_one_tells_how_far_it_is() {
        let rule = mock!(Client::list_message_move_tasks)
            .match_requests(|call| {
                call.source_arn() == Some("arn:dlq") && call.max_results() == Some(1)
            })
            .then_output(|| {
                let entry = ListMessageMoveTasksResultEntry::builder()
                    .status("RUNNING")
                    .started_timestamp(7)
                    .approximate_number_of_messages_moved(3)
                    .approximate_number_of_messages_to_move(10)
                    .task_handle("h1");
                ListMessageMoveTasksOutput::builder()
                    .results(entry.build())
                    .build()
            });
        let expected = Move {
            status: "RUNNING".to_owned(),
            started_ms: 7,
            moved: 3,
            of: Some(10),
            failure: None,
            handle: Some("h1".to_owned()),
        };
        assert_eq!(
            against(&rule).last("arn:dlq").await.unwrap(),
            Some(expected)
        );
        let cancel = mock!(Client::cancel_message_move_task)
            .match_requests(|call| call.task_handle() == Some("h1"))
            .then_output(|| CancelMessageMoveTaskOutput::builder().build());
        against(&cancel).cancel("h1").await.unwrap();
        assert_eq!(cancel.num_calls(), 1);
    }
}
