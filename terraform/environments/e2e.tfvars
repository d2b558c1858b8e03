# On top of local.tfvars (or a real account's): what the end-to-end suite needs. The three processors of
# local.tfvars, and one of each kind that takes whatever comes.

processors = {
  invoices = {
    kind      = "lambda"
    timeout_s = 10
  }

  pushes = {
    kind       = "workflow"
    timeout_s  = 10
    definition = "../functions/processors/pushes/workflow.asl.json"
  }

  audit = {
    kind                 = "queue"
    timeout_s            = 10
    max_retries          = 2
    visibility_timeout_s = 10
  }

  audit-lambda = {
    kind      = "lambda"
    package   = "audit"
    timeout_s = 10
  }

  audit-workflow = {
    kind      = "workflow"
    package   = "audit"
    timeout_s = 10
  }

  audit-ordered = {
    kind      = "lambda"
    package   = "audit"
    timeout_s = 10
  }
}

subscriptions = {
  invoices = {
    types                = ["invoice.*"]
    target               = { processor = "invoices" }
    max_retries          = 4
    visibility_timeout_s = 10
  }

  pushes = {
    types                = ["push"]
    endpoints            = ["github"]
    target               = { processor = "pushes" }
    max_retries          = 2
    visibility_timeout_s = 10
  }

  audit = {
    types                = ["*"]
    target               = { processor = "audit" }
    max_retries          = 2
    visibility_timeout_s = 10
  }

  audit-lambda = {
    types                = ["exact.*", "order.*"]
    target               = { processor = "audit-lambda" }
    visibility_timeout_s = 10
  }

  audit-workflow = {
    types                = ["exact.*"]
    target               = { processor = "audit-workflow" }
    visibility_timeout_s = 10
  }

  audit-ordered = {
    types   = ["ordered.*"]
    target  = { processor = "audit-ordered" }
    ordered = true
  }
}
