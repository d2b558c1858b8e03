//! ARNs, and which kind of source or target one names.

use std::fmt;

use crate::api::shapes::InvocationType;

/// The parts of an ARN that this emulator uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    /// Everything after the account, colons included.
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// `arn:partition:service:region:account:resource`, or `None`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition) = (parts.next()?, parts.next()?);
        let (service, region) = (parts.next()?, parts.next()?);
        let (account, resource) = (parts.next()?, parts.next()?);
        let account_ok = account.is_empty()
            || (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()));
        (arn == "arn"
            && partition.starts_with("aws")
            && !service.is_empty()
            && account_ok
            && !resource.is_empty())
        .then_some(Self {
            service,
            region,
            account,
            resource,
        })
    }

    /// The name of an IAM role, without its path.
    pub(crate) fn role_name(&self) -> Option<&'a str> {
        let path = self.resource.strip_prefix("role/")?;
        (self.service == "iam" && !path.is_empty()).then(|| path.rsplit('/').next().unwrap_or(path))
    }
}

/// What a pipe reads from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceKind {
    /// The stream of a DynamoDB table.
    Stream,
    /// An SQS queue.
    Queue {
        /// Whether the queue keeps order per message group.
        fifo: bool,
    },
}

impl SourceKind {
    /// The kind, or why the ARN cannot be a source here.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let arn = Arn::parse(text).ok_or_else(|| format!("{text} is not an ARN"))?;
        match arn.service {
            "dynamodb"
                if arn.resource.starts_with("table/") && arn.resource.contains("/stream/") =>
            {
                Ok(Self::Stream)
            }
            "dynamodb" => Err(
                "this is not the ARN of a DynamoDB stream: give the table's stream ARN".to_owned(),
            ),
            "sqs" => Ok(Self::Queue {
                fifo: arn.resource.ends_with(".fifo"),
            }),
            "kinesis" | "mq" | "kafka" => Err(format!(
                "a source of service {} is not emulated here",
                arn.service
            )),
            other => Err(format!(
                "service {other} is not a source of EventBridge Pipes"
            )),
        }
    }
}

/// What a pipe sends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetKind {
    /// A Lambda function, with or without a qualifier.
    Lambda,
    /// A Step Functions state machine.
    StateMachine,
    /// An SQS queue.
    Queue {
        /// Whether the queue keeps order per message group.
        fifo: bool,
    },
    /// An SNS topic.
    Topic,
    /// An EventBridge event bus.
    Bus,
    /// A Kinesis stream.
    Stream,
    /// A Firehose delivery stream.
    DeliveryStream,
    /// An ECS cluster, in which tasks are started.
    Cluster,
    /// A Batch job queue.
    JobQueue,
}

impl TargetKind {
    /// The kind, or why the ARN cannot be a target here.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let arn = Arn::parse(text).ok_or_else(|| format!("{text} is not an ARN"))?;
        match arn.service {
            "lambda" if arn.resource.starts_with("function:") => Ok(Self::Lambda),
            "states" if arn.resource.starts_with("stateMachine:") => Ok(Self::StateMachine),
            "sqs" => Ok(Self::Queue {
                fifo: arn.resource.ends_with(".fifo"),
            }),
            "sns" => Ok(Self::Topic),
            "events" if arn.resource.starts_with("event-bus/") => Ok(Self::Bus),
            "kinesis" if arn.resource.starts_with("stream/") => Ok(Self::Stream),
            "firehose" if arn.resource.starts_with("deliverystream/") => Ok(Self::DeliveryStream),
            "ecs" if arn.resource.starts_with("cluster/") => Ok(Self::Cluster),
            "batch" if arn.resource.starts_with("job-queue/") => Ok(Self::JobQueue),
            "redshift" | "sagemaker" | "logs" | "timestream" | "execute-api" | "inspector"
            | "events" => Err(format!(
                "a target of service {} is not emulated here",
                arn.service
            )),
            other => Err(format!(
                "{} of service {other} is not a target of EventBridge Pipes",
                arn.resource
            )),
        }
    }

    /// The action that sends to it.
    pub(crate) fn action(self, invocation: InvocationType) -> &'static str {
        match (self, invocation) {
            (Self::Lambda, _) => "lambda:InvokeFunction",
            (Self::StateMachine, InvocationType::RequestResponse) => "states:StartSyncExecution",
            (Self::StateMachine, InvocationType::FireAndForget) => "states:StartExecution",
            (Self::Queue { .. }, _) => "sqs:SendMessage",
            (Self::Topic, _) => "sns:Publish",
            (Self::Bus, _) => "events:PutEvents",
            (Self::Stream, _) => "kinesis:PutRecords",
            (Self::DeliveryStream, _) => "firehose:PutRecordBatch",
            (Self::Cluster, _) => "ecs:RunTask",
            (Self::JobQueue, _) => "batch:SubmitJob",
        }
    }

    /// The largest batch of a pipe to it, if there is a limit. ECS and Batch are not among the targets that take
    /// batches.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html>
    pub(crate) fn batch_limit(self) -> Option<usize> {
        match self {
            Self::Queue { .. } | Self::Topic | Self::Bus => Some(10),
            Self::Stream | Self::DeliveryStream => Some(500),
            Self::Cluster | Self::JobQueue => Some(1),
            Self::Lambda | Self::StateMachine => None,
        }
    }
}

/// What enriches the events of a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EnrichmentKind {
    /// A Lambda function.
    Lambda,
    /// An Express workflow.
    StateMachine,
}

impl EnrichmentKind {
    /// The kind, or why the ARN cannot be an enrichment here.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        match TargetKind::of(text) {
            Ok(TargetKind::Lambda) => Ok(Self::Lambda),
            Ok(TargetKind::StateMachine) => Ok(Self::StateMachine),
            _ => Err(format!(
                "{text} is neither a Lambda function nor an Express workflow; other enrichments are not emulated here"
            )),
        }
    }

    /// The action that calls it.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Lambda => "lambda:InvokeFunction",
            Self::StateMachine => "states:StartSyncExecution",
        }
    }
}

impl fmt::Display for TargetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lambda => "Lambda",
            Self::StateMachine => "Step Functions",
            Self::Queue { .. } => "SQS",
            Self::Topic => "SNS",
            Self::Bus => "EventBridge",
            Self::Stream => "Kinesis",
            Self::DeliveryStream => "Firehose",
            Self::Cluster => "ECS",
            Self::JobQueue => "Batch",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_not_a_stream() {
        let table = "arn:aws:dynamodb:us-east-1:000000000000:table/events";
        assert!(SourceKind::of(table).unwrap_err().contains("stream ARN"));
        assert_eq!(
            SourceKind::of(&format!("{table}/stream/2026-11-21T00:00:00.000")),
            Ok(SourceKind::Stream)
        );
        let queue = "arn:aws:sqs:us-east-1:000000000000:q";
        for (arn, fifo) in [(queue.to_owned(), false), (format!("{queue}.fifo"), true)] {
            assert_eq!(SourceKind::of(&arn), Ok(SourceKind::Queue { fifo }));
        }
    }

    #[test]
    fn kinds_of_targets() {
        let of = |tail: &str| TargetKind::of(&format!("arn:aws:{tail}"));
        assert_eq!(
            of("lambda:us-east-1:000000000000:function:f:live"),
            Ok(TargetKind::Lambda)
        );
        assert_eq!(
            of("states:us-east-1:000000000000:stateMachine:m"),
            Ok(TargetKind::StateMachine)
        );
        assert_eq!(
            of("sqs:us-east-1:000000000000:q.fifo"),
            Ok(TargetKind::Queue { fifo: true })
        );
        for (tail, kind) in [
            ("events:us-east-1:000000000000:event-bus/b", TargetKind::Bus),
            (
                "kinesis:us-east-1:000000000000:stream/s",
                TargetKind::Stream,
            ),
            (
                "firehose:us-east-1:000000000000:deliverystream/d",
                TargetKind::DeliveryStream,
            ),
            ("ecs:us-east-1:000000000000:cluster/c", TargetKind::Cluster),
            (
                "batch:us-east-1:000000000000:job-queue/q",
                TargetKind::JobQueue,
            ),
        ] {
            assert_eq!(of(tail), Ok(kind));
        }
        let other = of("events:us-east-1:000000000000:api-destination/x");
        assert!(other.unwrap_err().contains("not emulated"));
        assert!(of("s3:::bucket").unwrap_err().contains("not a target"));
        assert!(TargetKind::of("queue").unwrap_err().contains("not an ARN"));
    }

    #[test]
    fn a_role_is_named_by_the_end_of_its_path() {
        let arn = Arn::parse("arn:aws:iam::000000000000:role/service/x").unwrap();
        assert_eq!(arn.role_name(), Some("x"));
        assert_eq!(
            Arn::parse("arn:aws:iam::000000000000:user/x")
                .unwrap()
                .role_name(),
            None
        );
        assert_eq!(Arn::parse("arn:aws:sqs:us-east-1:12:q"), None);
    }
}
