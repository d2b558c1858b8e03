# On top of environments/e2e.tfvars. Unlike the local cloud, the second one gives alarms back as they were sent and
# cares neither for TLS nor for whom a stream's reader is, so all of that is as on AWS.
architecture         = "arm64"
alarms_enabled       = true
alarm_topic_arns     = ["arn:aws:sns:us-east-1:123456789012:oncall"]
require_tls          = true
stream_rights_on_any = false
deletion_protection  = false
force_destroy        = true
log_retention_days   = 7
