# One stack, from the module in ../terraform, for `make run` and `make deploy`. For a configuration of your own, take the
# module itself: examples/terraform.

module "coatcheck" {
  source = "../terraform"

  stack                    = var.stack
  tags                     = var.tags
  permissions_boundary_arn = var.permissions_boundary_arn
  role_path                = var.role_path
  kms_key_arn              = var.kms_key_arn
  vpc                      = var.vpc
  architecture             = var.architecture
  packages                 = var.packages
  payload_retention_days   = var.payload_retention_days
  pointer_ttl_days         = var.pointer_ttl_days
  processed_ttl_days       = var.processed_ttl_days
  queue_retention_days     = var.queue_retention_days
  throttle                 = var.throttle
  front_door               = var.front_door
  functions                = var.functions
  sweep                    = var.sweep
  log_level                = var.log_level
  log_retention_days       = var.log_retention_days
  xray_tracing             = var.xray_tracing
  alarms_enabled           = var.alarms_enabled
  alarm_topic_arns         = var.alarm_topic_arns
  runbook_url              = var.runbook_url
  router                   = var.router
  route_lag_alarm_s        = var.route_lag_alarm_s
  rejected_alarm_per_5_min = var.rejected_alarm_per_5_min
  stream_rights_on_any     = var.stream_rights_on_any
  batch_rights_by_call     = var.batch_rights_by_call
  require_tls              = var.require_tls
  deletion_protection      = var.deletion_protection
  force_destroy            = var.force_destroy
  endpoints                = var.endpoints
  ranges_dir               = var.ranges_dir
  processors               = var.processors
  subscriptions            = var.subscriptions
}
