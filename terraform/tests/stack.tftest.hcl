# What the stack says about itself to `coatcheck`: every name and address, exactly as created.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target          = aws_api_gateway_rest_api.this
  override_during = plan
  values          = { id = "api", execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:api" }
}

override_resource {
  target          = aws_api_gateway_stage.v1
  override_during = plan
  values          = { invoke_url = "https://api.execute-api.eu-west-1.amazonaws.com/v1" }
}

override_resource {
  target          = aws_sns_topic.events
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:123456789012:coatcheck-events" }
}

override_resource {
  target          = module.router_letters.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-router-letters", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-letters" }
}

override_resource {
  target          = module.admit_queue.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-admit", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit" }
}

override_resource {
  target          = module.admit_dlq.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-admit-dlq", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit-dlq" }
}

override_resource {
  target          = module.router_dlq.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-router-dlq", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-dlq" }
}

override_resource {
  target          = module.subscription["boxed"].module.queue.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-boxed", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-boxed" }
}

override_resource {
  target          = module.subscription["boxed"].module.dlq.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-boxed-dlq", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-boxed-dlq" }
}

override_resource {
  target          = module.subscription["theirs"].module.queue.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-theirs", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-theirs" }
}

override_resource {
  target          = module.subscription["theirs"].module.dlq.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-theirs-dlq", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-theirs-dlq" }
}

override_resource {
  target          = module.subscription["in-order"].module.queue.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-in-order.fifo", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-in-order.fifo" }
}

override_resource {
  target          = module.fan[0].module.letters.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-fan-letters", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-fan-letters" }
}

override_resource {
  target          = module.fan[0].module.dlq.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-fan-dlq", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-fan-dlq" }
}

override_resource {
  target          = module.subscription["in-order"].module.dlq.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-in-order-dlq.fifo", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-in-order-dlq.fifo" }
}

override_resource {
  target          = module.processor["one"].module.function.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-one" }
}

override_resource {
  target          = module.processor["three"].module.inbox[0].aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-three-inbox", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-three-inbox" }
}

override_resource {
  target          = module.processor["three"].module.inbox_dlq[0].aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-three-inbox-dlq", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-three-inbox-dlq" }
}

variables {
  packages  = { dir = "tests/packages" }
  endpoints = { github = { preset = "github" } }

  processors = {
    one   = { kind = "lambda" }
    three = { kind = "queue", idempotency = false }
  }

  subscriptions = {
    boxed    = { types = ["push", "invoice.*"], endpoints = ["github"], target = { processor = "three" } }
    theirs   = { types = ["*"], target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "STANDARD" }, enabled = false }
    in-order = { types = ["*"], target = { processor = "one" }, ordered = true }
  }

  pointer_ttl_days   = 60
  processed_ttl_days = 70
}

run "says_what_it_consists_of" {
  command = plan

  assert {
    condition = jsondecode(jsondecode(aws_dynamodb_table_item.stack.item).stack.S) == jsondecode(jsonencode({
      stack       = "coatcheck"
      region      = "eu-west-1"
      api         = { id = "api", stage = "v1", url = "https://api.execute-api.eu-west-1.amazonaws.com/v1" }
      front_door  = null
      bucket      = "coatcheck-payloads-123456789012-eu-west-1"
      tables      = { endpoints = "coatcheck-endpoints", events = "coatcheck-events", processed = "coatcheck-processed", deliveries = null }
      keys_prefix = "coatcheck/endpoints/"
      topic_arn   = "arn:aws:sns:eu-west-1:123456789012:coatcheck-events"
      attributes  = []
      compared    = []
      declared    = {}

      router = {
        pipe        = "coatcheck-router"
        letters_url = "https://sqs/coatcheck-router-letters"
        dlq_url     = "https://sqs/coatcheck-router-dlq"
        dlq_arn     = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-dlq"
      }

      fan = {
        pipe        = "coatcheck-fan"
        function    = "coatcheck-fan"
        letters_url = "https://sqs/coatcheck-fan-letters"
        dlq_url     = "https://sqs/coatcheck-fan-dlq"
        dlq_arn     = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-fan-dlq"
      }

      admit = {
        queue_url = "https://sqs/coatcheck-admit"
        queue_arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit"
        dlq_url   = "https://sqs/coatcheck-admit-dlq"
        dlq_arn   = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit-dlq"
      }

      subscriptions = {
        boxed = {
          pipe        = "coatcheck-boxed"
          deliver     = null
          ordered     = false
          enabled     = true
          types       = ["push", "invoice.*"]
          endpoints   = ["github"]
          queue_url   = "https://sqs/coatcheck-boxed"
          queue_arn   = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-boxed"
          dlq_url     = "https://sqs/coatcheck-boxed-dlq"
          dlq_arn     = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-boxed-dlq"
          testable    = true
          filter      = null
          quarantined = false
          target      = { kind = "queue", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-three-inbox", processor = "three" }
        }
        theirs = {
          pipe        = "coatcheck-theirs"
          deliver     = null
          ordered     = false
          enabled     = false
          types       = ["*"]
          endpoints   = null
          queue_url   = "https://sqs/coatcheck-theirs"
          queue_arn   = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-theirs"
          dlq_url     = "https://sqs/coatcheck-theirs-dlq"
          dlq_arn     = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-theirs-dlq"
          testable    = true
          filter      = null
          quarantined = false
          target      = { kind = "standard", arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", processor = null }
        }
        in-order = {
          pipe        = "coatcheck-in-order"
          deliver     = null
          ordered     = true
          enabled     = true
          types       = ["*"]
          endpoints   = null
          queue_url   = "https://sqs/coatcheck-in-order.fifo"
          queue_arn   = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-in-order.fifo"
          dlq_url     = "https://sqs/coatcheck-in-order-dlq.fifo"
          dlq_arn     = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-in-order-dlq.fifo"
          testable    = true
          filter      = null
          quarantined = false
          target      = { kind = "lambda", arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-one", processor = "one" }
        }
      }

      processors = {
        one = {
          kind          = "lambda"
          function      = "coatcheck-one"
          idempotency   = true
          inbox_url     = null
          inbox_arn     = null
          inbox_dlq_url = null
          inbox_dlq_arn = null
        }
        three = {
          kind          = "queue"
          function      = "coatcheck-three"
          idempotency   = false
          inbox_url     = "https://sqs/coatcheck-three-inbox"
          inbox_arn     = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-three-inbox"
          inbox_dlq_url = "https://sqs/coatcheck-three-inbox-dlq"
          inbox_dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-three-inbox-dlq"
        }
      }

      functions = { for name in ["admit", "authorizer", "fan", "ingest", "one", "rehydrate", "sweep", "three", "watch"] : name => { name = "coatcheck-${name}", log_group = "/aws/lambda/coatcheck-${name}" } }
      alarms    = sort(keys(output.alarms))
      days      = { payloads = 30, pointers = 60, processed = 70, queues = 14 }
      lanes     = { standard = "hooks", direct = "direct" }
      retention = {}
    }))
    error_message = "The stack's description differs: ${aws_dynamodb_table_item.stack.item}"
  }

  assert {
    condition     = jsondecode(aws_dynamodb_table_item.stack.item).name == { S = "-" } && aws_dynamodb_table_item.stack.table_name == "coatcheck-endpoints" && aws_dynamodb_table_item.stack.hash_key == "name"
    error_message = "The item must be in the endpoints table, under a name that no endpoint can have: ${aws_dynamodb_table_item.stack.item}"
  }

  assert {
    condition     = jsonencode(output.stack) == jsondecode(aws_dynamodb_table_item.stack.item).stack.S && jsonencode(output.stack.functions) == jsonencode(output.functions)
    error_message = "The output must equal the item."
  }

  assert {
    condition     = output.admit == { queue_url = output.stack.admit.queue_url, dlq_url = output.stack.admit.dlq_url }
    error_message = "The output must have admit's queues: ${jsonencode(output.admit)}"
  }
}

run "names_the_alarms_that_exist" {
  command = plan

  variables {
    alarms_enabled = false
  }

  assert {
    condition     = length(output.stack.alarms) == 0 && length(output.alarms) > 0
    error_message = "Without alarms the description must name none: ${jsonencode(output.stack.alarms)}"
  }
}
