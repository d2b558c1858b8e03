# A stack on AWS. Copy it, adapt it, and apply with -var-file.

stack = "coatcheck"

endpoints = {
  # https://.../v1/hooks/github, signed as GitHub signs.
  github = {
    preset = "github"
  }

  stripe = {
    preset = "stripe"
    # Order events by customer, for subscriptions that ask for order.
    event = {
      ordering_key = { json = "/data/object/customer" }
    }
  }

  billing-eu = {
    preset         = "standard-webhooks"
    allowed_cidrs  = ["203.0.113.0/24"]
    max_body_bytes = 1000000
  }
}

processors = {
  invoices = {
    kind      = "lambda"
    memory_mb = 512
    timeout_s = 60
  }
}

subscriptions = {
  # Events of types that start with "invoice." go to this stack's processor.
  invoices = {
    types  = ["invoice.*"]
    target = { processor = "invoices" }
  }

  # Pushes go to a state machine that another team owns. Its role needs the policy
  # in the output subscriptions["deploys"].redeem_policy_json.
  deploys = {
    types     = ["push", "release"]
    endpoints = ["github"]
    target    = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:deploys" }
  }
}

throttle = {
  rate  = 500
  burst = 1000
}

alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:oncall"]

# Each alarm's description ends with a link to its page there.
runbook_url = "https://wiki.example.com/coatcheck/operations"
