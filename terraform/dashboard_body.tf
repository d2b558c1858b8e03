locals {
  dashboard_row_height = 6

  # CloudWatch would refuse a widget without a metric, for instance of processors if there are none.
  dashboard_rows = [
    for row in concat(
      [local.row_now],
      local.rows_more_alarms,
      [local.row_deliveries], local.row_front_door, [local.row_sweep, local.row_events], length(local.delivered) == 0 ? [] : [local.row_destinations], [local.row_queues, local.row_pipes, local.row_functions],
    ) : [for widget in row : widget if try(length(widget.metrics), 1) > 0]
  ]

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
  dashboard_body = {
    start          = "-PT3H"
    periodOverride = "inherit"

    widgets = concat([
      for i, row in local.dashboard_rows : [
        for j, widget in row : {
          type   = can(widget.alarms) ? "alarm" : "metric"
          x      = sum(concat([0], slice(row, 0, j)[*].width))
          y      = i * local.dashboard_row_height
          width  = widget.width
          height = local.dashboard_row_height

          properties = { for name, value in {
            title       = widget.title
            alarms      = try(widget.alarms, null)
            metrics     = try(widget.metrics, null)
            stat        = try(widget.stat, null)
            period      = can(widget.metrics) ? try(widget.period, 60) : null
            region      = can(widget.metrics) ? local.region : null
            view        = can(widget.metrics) ? "timeSeries" : null
            stacked     = can(widget.metrics) ? try(widget.stacked, false) : null
            yAxis       = can(widget.metrics) ? { left = { min = 0, showUnits = false } } : null
            annotations = can(widget.line) ? { horizontal = [widget.line] } : null
          } : name => value if value != null }
        }
      ]
    ]...)
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.stack
  dashboard_body = jsonencode(local.dashboard_body)
}
