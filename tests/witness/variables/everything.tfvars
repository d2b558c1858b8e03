# On top of e2e.tfvars: what a plan for AWS has and the local cloud has not.
alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:oncall"]
xray_tracing     = true

functions = {
  admit      = { max_concurrency = 5 }
  authorizer = { reserved_concurrency = 50 }
  ingest     = { reserved_concurrency = 50 }
}
