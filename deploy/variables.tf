# What the module takes, under the same names: terraform/variables*.tf has their descriptions, types and validations, and a
# null takes the default there.

variable "stack" {
  type    = string
  default = null
}

variable "tags" {
  type    = any
  default = null
}

variable "permissions_boundary_arn" {
  type    = string
  default = null
}

variable "role_path" {
  type    = string
  default = null
}

variable "kms_key_arn" {
  type    = string
  default = null
}

variable "vpc" {
  type    = any
  default = null
}

variable "architecture" {
  type    = string
  default = null
}

variable "packages" {
  type    = any
  default = null
}

variable "payload_retention_days" {
  type    = number
  default = null
}

variable "pointer_ttl_days" {
  type    = number
  default = null
}

variable "processed_ttl_days" {
  type    = number
  default = null
}

variable "queue_retention_days" {
  type    = number
  default = null
}

variable "throttle" {
  type    = any
  default = null
}

variable "front_door" {
  type    = any
  default = null
}

variable "functions" {
  type    = any
  default = null
}

variable "sweep" {
  type    = any
  default = null
}

variable "log_level" {
  type    = string
  default = null
}

variable "log_retention_days" {
  type    = number
  default = null
}

variable "xray_tracing" {
  type    = bool
  default = null
}

variable "alarms_enabled" {
  type    = bool
  default = null
}

variable "alarm_topic_arns" {
  type    = any
  default = null
}

variable "runbook_url" {
  type    = string
  default = null
}

variable "router" {
  type    = any
  default = null
}

variable "route_lag_alarm_s" {
  type    = number
  default = null
}

variable "rejected_alarm_per_5_min" {
  type    = number
  default = null
}

variable "stream_rights_on_any" {
  type    = bool
  default = null
}

variable "batch_rights_by_call" {
  type    = bool
  default = null
}

variable "require_tls" {
  type    = bool
  default = null
}

variable "deletion_protection" {
  type    = bool
  default = null
}

variable "force_destroy" {
  type    = bool
  default = null
}

variable "endpoints" {
  type    = any
  default = null
}

variable "ranges_dir" {
  type    = string
  default = null
}

variable "processors" {
  type    = any
  default = null
}

variable "subscriptions" {
  type    = any
  default = null
}
