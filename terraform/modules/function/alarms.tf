locals {
  alarms = var.defaults.alarms.enabled ? {
    Errors    = "Invocations of ${local.full_name} fail: see its log group."
    Throttles = "Invocations of ${local.full_name} are refused: raise its concurrency or the account's."
  } : {}
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.full_name}-${lower(each.key)}"
  alarm_description   = each.value
  namespace           = "AWS/Lambda"
  metric_name         = each.key
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.defaults.alarms.actions
  ok_actions          = var.defaults.alarms.actions
}
