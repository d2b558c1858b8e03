# What modules/target refuses. Each run changes one thing of what the first one plans.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "accepts_an_enriched_bus" {
  command = plan

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b", event_source = "hooks" }
    enrichment   = { kind = "lambda", arn = "arn:aws:lambda:eu-west-1:123456789012:function:f" }
  }
}

run "warns_of_a_bus_of_another_account" {
  command         = plan
  expect_failures = [check.bus_is_here]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-west-1:999999999999:event-bus/b" }
  }
}

run "warns_of_a_bus_of_another_region" {
  command         = plan
  expect_failures = [check.bus_is_here]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-north-1:123456789012:event-bus/b" }
  }
}

run "refuses_a_wildcard_as_bus" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-west-1:123456789012:event-bus/*" }
  }
}

run "refuses_a_source_of_aws" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b", event_source = "aws.hooks" }
  }
}

run "refuses_a_path_as_source" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b", event_source = "$.body.source" }
  }
}

run "refuses_a_stream_of_another_service" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "kinesis", arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/s" }
  }
}

run "refuses_a_wildcard_in_a_streams_key" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "kinesis", arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/*" }
  }
}

run "refuses_a_delivery_stream_of_another_service" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "firehose", arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }
  }
}

run "refuses_an_enrichment_by_a_queue" {
  command         = plan
  expect_failures = [var.enrichment]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b" }
    enrichment   = { kind = "queue", arn = "arn:aws:sqs:eu-west-1:123456789012:q" }
  }
}

run "refuses_an_enrichment_by_nothing_or_two" {
  command         = plan
  expect_failures = [var.enrichment]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b" }
    enrichment   = { kind = null, arn = "arn:aws:lambda:eu-west-1:123456789012:function:f" }
  }
}

run "refuses_an_enrichment_by_any_function" {
  command         = plan
  expect_failures = [var.enrichment]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "bus", arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b" }
    enrichment   = { kind = "lambda", arn = "arn:aws:lambda:eu-west-1:123456789012:function:*" }
  }
}
