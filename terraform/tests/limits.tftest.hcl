# The largest numbers that the variables allow, against IAM's 10,240 characters for all inline policies of a role. The
# provider is the real one, without credentials, and nothing is overridden but the account: what is checked here is
# known in the first plan of a new stack.

provider "aws" {
  region                      = "ap-southeast-2"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_data {
  target = module.key_policy.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

variables {
  # The longest that is allowed.
  stack        = "a-stack-of-20-letter"
  packages_dir = "tests/packages"
  processors   = { one = { kind = "queue" } }
}

run "a_hundred_subscriptions_to_one_processor_fit" {
  command = plan

  variables {
    alarm_topic_arns = [for i in range(5) : "arn:aws:sns:ap-southeast-2:123456789012:the-people-who-are-on-call-in-the-week-${i}"]

    endpoints = { for i in range(150) : "endpoint-${i}" => { custom = jsonencode({ kind = "token", header = "x-token" }), dedupe_window_s = 3600 } }

    subscriptions = merge(
      { for i in range(99) : "s${i}" => { types = ["push"], endpoints = ["endpoint-${i % 10}"], target = { processor = "one" } } },
      { all = { types = ["*"], endpoints = ["endpoint-100"], target = { processor = "one" } } },
    )
  }

  assert {
    condition     = module.processor["one"].policy_characters <= 4096 && module.watch.policy_characters <= 10240
    error_message = "One policy redeems for all subscriptions, once: ${module.processor["one"].policy_characters}; watch: ${module.watch.policy_characters}"
  }

  # The authorizer verifies all 150.
  assert {
    condition     = module.authorizer.policy_characters <= 2048
    error_message = "The authorizer's policy must not grow with the endpoints: ${module.authorizer.policy_characters}"
  }

  assert {
    condition     = alltrue([for name, endpoint in module.endpoint : endpoint.secret_tags == tomap({ VerifiedBy = "authorizer", stack = var.stack })])
    error_message = "The authorizer may read secrets with this tag: ${jsonencode({ for name, endpoint in module.endpoint : name => endpoint.secret_tags })}"
  }
}

run "a_hundred_subscriptions_to_one_function_fit" {
  command = plan

  variables {
    endpoints     = { github = { preset = "github" } }
    processors    = { one = { kind = "lambda" } }
    subscriptions = { for i in range(100) : "s${i}" => { types = ["push"], target = { processor = "one" } } }
  }

  assert {
    condition     = module.processor["one"].policy_characters <= 4096
    error_message = "The policy must name the DLQs of many subscriptions by a pattern: ${module.processor["one"].policy_characters}"
  }
}

run "a_secret_is_the_authorizers_only_where_headers_prove_all" {
  command = plan

  variables {
    endpoints = {
      github = { preset = "github" }
      door   = { custom = jsonencode({ kind = "token", header = "x-token" }), dedupe_window_s = 3600 }
    }
    processors = {}
  }

  assert {
    condition     = { for name, endpoint in module.endpoint : name => try(endpoint.secret_tags.VerifiedBy, null) } == { github = null, door = "authorizer" }
    error_message = "ingest verifies the bodies of github, so the authorizer must not read its key."
  }
}

run "every_endpoint_by_name_is_all_of_them" {
  command = plan

  variables {
    endpoints     = { for i in range(150) : "endpoint-${i}" => { preset = "github" } }
    subscriptions = { every = { types = ["push"], endpoints = [for i in range(150) : "endpoint-${i}"], target = { processor = "one" } } }
  }

  assert {
    condition     = module.processor["one"].policy_characters <= 4096
    error_message = "If subscriptions name all endpoints, the policy must use a prefix: ${module.processor["one"].policy_characters}"
  }
}

run "fifty_four_of_the_longest_names_fit" {
  command = plan

  variables {
    endpoints = { for i in range(55) : "an-endpoint-whose-name-has-as-many-characters-as-are-taken-a-${i % 10}${floor(i / 10)}" => { preset = "github" } }

    # A pattern of a pipe holds 52 of them, so a second subscription names the rest.
    subscriptions = {
      for name, places in { most = range(52), rest = range(52, 54) } : name => {
        types                    = ["push"]
        endpoints                = [for i in places : "an-endpoint-whose-name-has-as-many-characters-as-are-taken-a-${i % 10}${floor(i / 10)}"]
        target                   = { processor = "one" }
      }
    }
  }

  assert {
    condition     = max([for filter in module.subscription["most"].pipe_parameters.source[0].filter_criteria[0].filter : length(filter.pattern)]...) <= 4096
    error_message = "A pattern of a pipe can have 4096 characters: ${jsonencode([for filter in module.subscription["most"].pipe_parameters.source[0].filter_criteria[0].filter : length(filter.pattern)])}"
  }

  assert {
    condition     = length("an-endpoint-whose-name-has-as-many-characters-as-are-taken-a-00") == 63 && module.processor["one"].policy_characters > 10240 - 145
    error_message = "The README says that no more fit, and one has 145 characters: ${module.processor["one"].policy_characters}"
  }
}

# `expect_failures` reaches into no module, so the two limits of a processor are tested by themselves.

run "of_a_hundred_and_fifty_names" {
  command = plan

  module {
    source = "./modules/redeem"
  }

  variables {
    endpoints  = [for i in range(150) : "endpoint-${i}"]
    bucket_arn = "arn:aws:s3:::a-stack-of-20-letter-payloads-123456789012-ap-southeast-2"
    key = {
      placeholder = "arn:aws:kms:ap-southeast-2:123456789012:key/00000000-0000-0000-0000-000000000000"
      via         = { s3 = "s3.ap-southeast-2.amazonaws.com" }
    }
  }
}

run "no_role_is_made" {
  command         = plan
  expect_failures = [aws_iam_role.this]

  module {
    source = "./modules/role"
  }

  variables {
    name        = "a-stack-of-20-letter-function-one"
    description = "Too much"
    service     = "lambda.amazonaws.com"
    defaults    = { path = "/", permissions_boundary_arn = null, tags = {} }
    policies    = { redeem = run.of_a_hundred_and_fifty_names.policy_json }
  }
}

run "the_limit_itself_fits" {
  command = plan

  module {
    source = "./modules/role"
  }

  variables {
    name        = "full"
    description = "As much as IAM takes, over two policies and with white space that it does not count"
    service     = "lambda.amazonaws.com"
    defaults    = { path = "/", permissions_boundary_arn = null, tags = {} }

    policies = {
      one = "{\n  \"Statement\": [ ${jsonencode({ Sid = "One", Effect = "Allow", Action = "sns:Publish", Resource = format("%05037d", 0) })} ]\n}"
      two = "{\n  \"Statement\": [ ${jsonencode({ Sid = "Two", Effect = "Allow", Action = "sns:Publish", Resource = format("%05037d", 0) })} ]\n}"
    }
  }

  assert {
    condition     = output.characters == 10240
    error_message = "These policies must have exactly the limit: ${output.characters}"
  }
}

run "one_more_does_not" {
  command         = plan
  expect_failures = [aws_iam_role.this]

  module {
    source = "./modules/role"
  }

  variables {
    name        = "over-full"
    description = "One character more"
    service     = "lambda.amazonaws.com"
    defaults    = { path = "/", permissions_boundary_arn = null, tags = {} }

    policies = {
      one = jsonencode({ Statement = [{ Sid = "One", Effect = "Allow", Action = "sns:Publish", Resource = format("%05037d", 0) }] })
      two = jsonencode({ Statement = [{ Sid = "Two", Effect = "Allow", Action = "sns:Publish", Resource = format("%05038d", 0) }] })
    }
  }
}

run "the_real_key_takes_the_place_of_what_stands_for_it" {
  command = plan

  module {
    source = "./modules/role"
  }

  variables {
    name        = "late"
    description = "Holds a right on a key that has no name yet"
    service     = "lambda.amazonaws.com"
    defaults    = { path = "/", permissions_boundary_arn = null, tags = {} }
    key         = { placeholder = "arn:aws:kms:key/0", arn = "arn:aws:kms:key/real", via = { s3 = "s3", sqs = "sqs" } }
    policies    = { use = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Publish", Effect = "Allow", Action = "sns:Publish", Resource = "topic" }] }) }

    key_use = {
      use   = { Encrypt = { use = "encrypt", through = ["sqs"] } }
      other = { Decrypt = { use = "decrypt", through = ["s3", "sqs"], bucket_arn = "bucket", key_arn = "arn:aws:kms:key/theirs" } }
    }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this["use"].policy).Statement == [
      { Sid = "Publish", Effect = "Allow", Action = "sns:Publish", Resource = "topic" },
      { Sid = "Encrypt", Effect = "Allow", Action = ["kms:GenerateDataKey", "kms:Decrypt"], Resource = "arn:aws:kms:key/real", Condition = { StringEquals = { "kms:ViaService" = "sqs" } } },
    ] && jsondecode(output.policies.use) == jsondecode(aws_iam_role_policy.this["use"].policy)
    error_message = "The statement about the key joins its policy, with the key's own ARN: ${aws_iam_role_policy.this["use"].policy}"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this["other"].policy).Statement == [
      { Sid = "Decrypt", Effect = "Allow", Action = "kms:Decrypt", Resource = "arn:aws:kms:key/theirs", Condition = { StringEquals = { "kms:EncryptionContext:aws:s3:arn" = "bucket", "kms:ViaService" = ["s3", "sqs"] } } },
    ]
    error_message = "A policy may consist of the key's use alone, limited to a bucket and of another key: ${aws_iam_role_policy.this["other"].policy}"
  }
}
