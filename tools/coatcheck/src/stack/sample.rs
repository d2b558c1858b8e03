//! A stack for tests: one buffered subscription, one ordered, one processor with an inbox.

use super::Description;

/// As Terraform would describe it.
pub(crate) fn sample() -> Description {
    Description::parse(
        r#"{
          "stack": "coatcheck", "region": "eu-central-1",
          "api": {"id": "api1", "stage": "v1", "url": "https://hooks.example.com/v1"},
          "bucket": "coatcheck-payloads",
          "tables": {"endpoints": "coatcheck-endpoints", "events": "coatcheck-events", "processed": "coatcheck-processed"},
          "keys_prefix": "coatcheck/endpoints/",
          "topic_arn": "arn:aws:sns:eu-central-1:1:coatcheck-events",
          "router": {"pipe": "coatcheck-router", "letters_url": "https://sqs/router-letters",
            "dlq_url": "https://sqs/router-dlq", "dlq_arn": "arn:router-dlq"},
          "admit": {"queue_url": "https://sqs/admit", "queue_arn": "arn:admit",
            "dlq_url": "https://sqs/admit-dlq", "dlq_arn": "arn:admit-dlq"},
          "subscriptions": {
            "invoices": {"pipe": "coatcheck-invoices", "ordered": false, "enabled": true,
              "types": ["invoice.*"], "endpoints": ["stripe"],
              "queue_url": "https://sqs/invoices", "queue_arn": "arn:invoices", "letters_url": null,
              "dlq_url": "https://sqs/invoices-dlq", "dlq_arn": "arn:invoices-dlq",
              "target": {"kind": "lambda", "arn": "arn:aws:lambda:eu-central-1:1:function:coatcheck-invoices", "processor": "invoices"}},
            "ledger": {"pipe": "coatcheck-ledger", "ordered": true, "enabled": true,
              "types": ["*"], "endpoints": null,
              "queue_url": null, "queue_arn": null, "letters_url": "https://sqs/ledger-letters",
              "dlq_url": "https://sqs/ledger-dlq", "dlq_arn": "arn:ledger-dlq",
              "target": {"kind": "queue", "arn": "arn:aws:sqs:eu-central-1:2:ledger.fifo", "processor": null}}},
          "processors": {
            "invoices": {"kind": "lambda", "function": "coatcheck-invoices", "idempotency": true,
              "inbox_url": null, "inbox_arn": null, "inbox_dlq_url": null, "inbox_dlq_arn": null},
            "slow": {"kind": "queue", "function": "coatcheck-slow", "idempotency": false,
              "inbox_url": "https://sqs/slow-inbox", "inbox_arn": "arn:slow-inbox",
              "inbox_dlq_url": "https://sqs/slow-inbox-dlq", "inbox_dlq_arn": "arn:slow-inbox-dlq"}},
          "functions": {"ingest": {"name": "coatcheck-ingest", "log_group": "/aws/lambda/coatcheck-ingest"}},
          "alarms": ["coatcheck-route-lag"],
          "days": {"payloads": 30, "pointers": 90, "processed": 90, "queues": 14},
          "lanes": {"standard": "hooks", "direct": "direct"}
        }"#,
    )
    .unwrap()
}
