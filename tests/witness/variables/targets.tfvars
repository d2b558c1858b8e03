# A target of each kind with every setting that it knows, and each way to read a queue: what e2e.tfvars, which must run in
# the local cloud, leaves out.
stack = "targets"

endpoints = {
  github = { preset = "github" }
  stripe = { preset = "stripe", event = { ordering_key = { json = "/data/object/customer" } } }
}

processors = {
  one   = { kind = "lambda" }
  two   = { kind = "workflow" }
  three = { kind = "queue" }
}

subscriptions = {
  bus = {
    types  = ["*"]
    target = { event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b", event_source = "com.example/hooks" }
    enrich = { processor = "two" }
  }

  kinesis = {
    types             = ["*"]
    batch_size        = 500
    batching_window_s = 5
    target            = { stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s", stream_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/22222222-2222-4333-8444-555555555555" }
  }

  kinesis-in-order = {
    types   = ["*"]
    ordered = true
    target  = { stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }
  }

  firehose = {
    types  = ["*"]
    target = { delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d" }
    enrich = { lambda_arn = "arn:aws:lambda:eu-west-1:123456789012:function:f" }
  }

  fifo = {
    types  = ["*"]
    target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q.fifo", queue_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/22222222-2222-4333-8444-555555555555" }
  }

  fair = {
    types   = ["*"]
    target  = { processor = "three" }
    fair_by = "ordering_key"
  }

  standard = {
    types  = ["*"]
    target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "STANDARD" }
  }

  task = {
    types = ["*"]
    target = {
      ecs = {
        cluster          = "arn:aws:ecs:eu-west-1:123456789012:cluster/c"
        task_definition  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3"
        container        = "job"
        cpu              = 256
        memory_mb        = 512
        subnets          = ["subnet-1a"]
        security_groups  = ["sg-1a"]
        platform_version = "1.4.0"
        assign_public_ip = true
        task_roles       = ["arn:aws:iam::123456789012:role/task", "arn:aws:iam::123456789012:role/start"]
      }
    }
  }

  task-on-instances = {
    types = ["*"]
    target = {
      ecs = {
        cluster           = "arn:aws:ecs:eu-west-1:123456789012:cluster/c"
        task_definition   = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3"
        container         = "job"
        cpu               = 256
        memory_mb         = 512
        subnets           = ["subnet-1a"]
        launch_type       = "EC2"
        capacity_provider = "spot"
        task_roles        = []
        event_in          = "command"
        command           = ["handle", "--event"]
      }
    }
  }

  job = {
    types = ["*"]
    target = {
      batch = {
        job_queue      = "arn:aws:batch:eu-west-1:123456789012:job-queue/q"
        job_definition = "arn:aws:batch:eu-west-1:123456789012:job-definition/d:3"
        attempts       = 3
      }
    }
  }

  http-signed = {
    types  = ["*"]
    target = { http = { url = "https://abc.execute-api.eu-west-1.amazonaws.com/v1", sign = "none", auth = { type = "sigv4", service = "execute-api", actions = ["execute-api:Invoke"], arns = ["arn:aws:execute-api:eu-west-1:123456789012:abc/v1/POST/"] } } }
  }

  http-in-order = {
    types      = ["*"]
    endpoints  = ["stripe"]
    ordered    = true
    rate_per_s = 20
    target     = { http = { url = "https://a.example/", auth = { type = "oauth2_client_credentials", token_url = "https://a.example/token" } } }
  }

  paced-function = {
    types      = ["*"]
    target     = { processor = "one" }
    rate_per_s = 0.5
    enabled    = false
  }

  paced-machine = {
    types      = ["*"]
    target     = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "STANDARD" }
    rate_per_s = 10
  }

  paced-workflow = {
    types      = ["*"]
    target     = { processor = "two" }
    rate_per_s = 10
  }

  paced-queue = {
    types      = ["*"]
    target     = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q", queue_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/22222222-2222-4333-8444-555555555555" }
    fair_by    = "endpoint"
    rate_per_s = 100
  }
}
