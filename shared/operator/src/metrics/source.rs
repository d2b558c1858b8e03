use domain::{Timestamp, format_time};

/// The price of one metric in one request, in dollars: `$0.01` for a thousand. No free tier has it.
/// <https://aws.amazon.com/cloudwatch/pricing/>
/// <https://www.repost.aws/knowledge-center/cloudwatch-getmetricdata-api>
const PRICE_OF_ONE: f64 = 0.000_01;

/// Where numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricsSource {
    /// `CloudWatch`.
    CloudWatch {
        /// How many metrics it returned: what the request cost.
        metrics: u32,
        /// Whether it left something out.
        incomplete: bool,
    },
    /// The table's by-time index, on a local cloud: it has no duplicates and no refusals.
    Index {
        /// Before this time not everything was counted; none: all was.
        complete_since: Option<Timestamp>,
    },
    /// Nothing: a local cloud has no metrics of queues.
    Nothing,
}

impl MetricsSource {
    /// What a person must know about the numbers, in sentences.
    pub fn remark(self) -> String {
        match self {
            Self::CloudWatch {
                metrics,
                incomplete,
            } => {
                let cost = f64::from(metrics) * 60.0 * PRICE_OF_ONE;
                let left_out = if incomplete {
                    " CloudWatch left some of them out."
                } else {
                    ""
                };
                format!(
                    "From CloudWatch: {metrics} metrics, asked for at most once a minute, about \
                     ${cost:.2} an hour while this page is open. The last two minutes may still \
                     grow.{left_out}"
                )
            }
            Self::Index { complete_since } => {
                let cut = complete_since.map_or_else(String::new, |at| {
                    format!(" Before {} not every event was counted.", format_time(at))
                });
                format!(
                    "Counted from the table: a local cloud has no metrics, so no duplicates and \
                     no refusals here.{cut}"
                )
            }
            Self::Nothing => "A local cloud has no metrics of queues.".to_owned(),
        }
    }
}
