# A stack from before the module has everything in its root. It moves, and nothing is destroyed (decision 0053).

moved {
  from = aws_api_gateway_authorizer.this
  to   = module.coatcheck.aws_api_gateway_authorizer.this
}

moved {
  from = aws_api_gateway_deployment.this
  to   = module.coatcheck.aws_api_gateway_deployment.this
}

moved {
  from = aws_api_gateway_gateway_response.this
  to   = module.coatcheck.aws_api_gateway_gateway_response.this
}

moved {
  from = aws_api_gateway_integration.direct
  to   = module.coatcheck.aws_api_gateway_integration.direct
}

moved {
  from = aws_api_gateway_integration.hook
  to   = module.coatcheck.aws_api_gateway_integration.hook
}

moved {
  from = aws_api_gateway_integration_response.direct
  to   = module.coatcheck.aws_api_gateway_integration_response.direct
}

moved {
  from = aws_api_gateway_method.direct
  to   = module.coatcheck.aws_api_gateway_method.direct
}

moved {
  from = aws_api_gateway_method.hook
  to   = module.coatcheck.aws_api_gateway_method.hook
}

moved {
  from = aws_api_gateway_method_response.direct
  to   = module.coatcheck.aws_api_gateway_method_response.direct
}

moved {
  from = aws_api_gateway_method_settings.all
  to   = module.coatcheck.aws_api_gateway_method_settings.all
}

moved {
  from = aws_api_gateway_method_settings.direct
  to   = module.coatcheck.aws_api_gateway_method_settings.direct
}

moved {
  from = aws_api_gateway_request_validator.direct
  to   = module.coatcheck.aws_api_gateway_request_validator.direct
}

moved {
  from = aws_api_gateway_resource.direct
  to   = module.coatcheck.aws_api_gateway_resource.direct
}

moved {
  from = aws_api_gateway_resource.direct_endpoint
  to   = module.coatcheck.aws_api_gateway_resource.direct_endpoint
}

moved {
  from = aws_api_gateway_resource.hook
  to   = module.coatcheck.aws_api_gateway_resource.hook
}

moved {
  from = aws_api_gateway_resource.hooks
  to   = module.coatcheck.aws_api_gateway_resource.hooks
}

moved {
  from = aws_api_gateway_rest_api.this
  to   = module.coatcheck.aws_api_gateway_rest_api.this
}

moved {
  from = aws_api_gateway_stage.v1
  to   = module.coatcheck.aws_api_gateway_stage.v1
}

moved {
  from = aws_cloudwatch_dashboard.this
  to   = module.coatcheck.aws_cloudwatch_dashboard.this
}

moved {
  from = aws_cloudwatch_event_rule.admit
  to   = module.coatcheck.aws_cloudwatch_event_rule.admit
}

moved {
  from = aws_cloudwatch_event_rule.sweep
  to   = module.coatcheck.aws_cloudwatch_event_rule.sweep
}

moved {
  from = aws_cloudwatch_event_rule.watch
  to   = module.coatcheck.aws_cloudwatch_event_rule.watch
}

moved {
  from = aws_cloudwatch_event_target.admit
  to   = module.coatcheck.aws_cloudwatch_event_target.admit
}

moved {
  from = aws_cloudwatch_event_target.sweep
  to   = module.coatcheck.aws_cloudwatch_event_target.sweep
}

moved {
  from = aws_cloudwatch_event_target.watch
  to   = module.coatcheck.aws_cloudwatch_event_target.watch
}

moved {
  from = aws_cloudwatch_log_group.access
  to   = module.coatcheck.aws_cloudwatch_log_group.access
}

moved {
  from = aws_cloudwatch_log_group.router
  to   = module.coatcheck.aws_cloudwatch_log_group.router
}

moved {
  from = aws_cloudwatch_log_metric_filter.authorizer_failures
  to   = module.coatcheck.aws_cloudwatch_log_metric_filter.authorizer_failures
}

moved {
  from = aws_dynamodb_table.deliveries
  to   = module.coatcheck.aws_dynamodb_table.deliveries
}

moved {
  from = aws_dynamodb_table.endpoints
  to   = module.coatcheck.aws_dynamodb_table.endpoints
}

moved {
  from = aws_dynamodb_table.events
  to   = module.coatcheck.aws_dynamodb_table.events
}

moved {
  from = aws_dynamodb_table.processed
  to   = module.coatcheck.aws_dynamodb_table.processed
}

moved {
  from = aws_dynamodb_table_item.stack
  to   = module.coatcheck.aws_dynamodb_table_item.stack
}

moved {
  from = aws_kms_alias.stack
  to   = module.coatcheck.aws_kms_alias.stack[0]
}

moved {
  from = aws_kms_key.stack
  to   = module.coatcheck.aws_kms_key.stack[0]
}

moved {
  from = aws_lambda_event_source_mapping.admit
  to   = module.coatcheck.aws_lambda_event_source_mapping.admit
}

moved {
  from = aws_lambda_event_source_mapping.letters
  to   = module.coatcheck.aws_lambda_event_source_mapping.letters
}

moved {
  from = aws_lambda_permission.authorizer
  to   = module.coatcheck.aws_lambda_permission.authorizer
}

moved {
  from = aws_lambda_permission.ingest
  to   = module.coatcheck.aws_lambda_permission.ingest
}

moved {
  from = aws_lambda_permission.sweep
  to   = module.coatcheck.aws_lambda_permission.sweep
}

moved {
  from = aws_lambda_permission.watch
  to   = module.coatcheck.aws_lambda_permission.watch
}

moved {
  from = aws_pipes_pipe.router
  to   = module.coatcheck.aws_pipes_pipe.router
}

moved {
  from = aws_s3_bucket.payloads
  to   = module.coatcheck.aws_s3_bucket.payloads
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.payloads
  to   = module.coatcheck.aws_s3_bucket_lifecycle_configuration.payloads
}

moved {
  from = aws_s3_bucket_notification.payloads
  to   = module.coatcheck.aws_s3_bucket_notification.payloads
}

moved {
  from = aws_s3_bucket_ownership_controls.payloads
  to   = module.coatcheck.aws_s3_bucket_ownership_controls.payloads
}

moved {
  from = aws_s3_bucket_policy.payloads
  to   = module.coatcheck.aws_s3_bucket_policy.payloads
}

moved {
  from = aws_s3_bucket_public_access_block.payloads
  to   = module.coatcheck.aws_s3_bucket_public_access_block.payloads
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.payloads
  to   = module.coatcheck.aws_s3_bucket_server_side_encryption_configuration.payloads
}

moved {
  from = aws_sns_topic.events
  to   = module.coatcheck.aws_sns_topic.events
}

moved {
  from = aws_sns_topic_policy.events
  to   = module.coatcheck.aws_sns_topic_policy.events
}

moved {
  from = aws_sns_topic_subscription.heartbeats
  to   = module.coatcheck.aws_sns_topic_subscription.heartbeats
}

moved {
  from = module.admit
  to   = module.coatcheck.module.admit
}

moved {
  from = module.admit_dlq
  to   = module.coatcheck.module.admit_dlq
}

moved {
  from = module.admit_queue
  to   = module.coatcheck.module.admit_queue
}

moved {
  from = module.alarms
  to   = module.coatcheck.module.alarms
}

moved {
  from = module.authorizer
  to   = module.coatcheck.module.authorizer
}

moved {
  from = module.cloudevent
  to   = module.coatcheck.module.cloudevent
}

moved {
  from = module.destination
  to   = module.coatcheck.module.destination
}

moved {
  from = module.direct_role
  to   = module.coatcheck.module.direct_role
}

moved {
  from = module.endpoint
  to   = module.coatcheck.module.endpoint
}

moved {
  from = module.fan
  to   = module.coatcheck.module.fan
}

moved {
  from = module.heartbeats
  to   = module.coatcheck.module.heartbeats
}

moved {
  from = module.ingest
  to   = module.coatcheck.module.ingest
}

moved {
  from = module.operator_key_use
  to   = module.coatcheck.module.operator_key_use
}

moved {
  from = module.processor
  to   = module.coatcheck.module.processor
}

moved {
  from = module.processor_redeem
  to   = module.coatcheck.module.processor_redeem
}

moved {
  from = module.redeem
  to   = module.coatcheck.module.redeem
}

moved {
  from = module.rehydrate
  to   = module.coatcheck.module.rehydrate
}

moved {
  from = module.router_dlq
  to   = module.coatcheck.module.router_dlq
}

moved {
  from = module.router_letters
  to   = module.coatcheck.module.router_letters
}

moved {
  from = module.router_role
  to   = module.coatcheck.module.router_role
}

moved {
  from = module.scheme
  to   = module.coatcheck.module.scheme
}

moved {
  from = module.subscription
  to   = module.coatcheck.module.subscription
}

moved {
  from = module.sweep
  to   = module.coatcheck.module.sweep
}

moved {
  from = module.watch
  to   = module.coatcheck.module.watch
}
