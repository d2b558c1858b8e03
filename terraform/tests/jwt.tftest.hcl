# Endpoints whose senders show tokens of an issuer.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages_dir = "tests/packages"
}

run "refuses_tokens_of_anyone_and_for_anyone" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      anyone    = { custom = jsonencode({ kind = "jwt", algorithms = ["RS256"], audience = "hooks", jwks_url = "none" }), dedupe_window_s = 3600 }
      keyless   = { custom = jsonencode({ kind = "jwt", algorithms = ["RS256"], issuer = "i", audience = "hooks" }), dedupe_window_s = 3600 }
      mail      = { preset = "google-pubsub", jwt = { audience = ["hooks"] } }
      other     = { preset = "github", jwt = { issuer = "i" } }
      pool      = { preset = "cognito", dedupe_window_s = 3600 }
      plain     = { preset = "cognito", jwt = { issuer = "i", scope = "a b", jwks_url = "http://i.example/keys" } }
      sender    = { preset = "google-pubsub", jwt = { claims = { email = "push@example" } } }
      symmetric = { custom = jsonencode({ kind = "jwt", algorithms = ["HS256"], issuer = "i", audience = "hooks", jwks_url = "none" }) }
    }
  }

  assert {
    condition = [for problem in local.scheme_problems : regex("^[a-z]+: [a-z_.]+", problem)] == [
      "anyone: jwt.issuer", "keyless: jwt.jwks_url", "mail: jwt.claims", "other: jwt", "plain: jwks_url", "plain: scope",
      "pool: jwt.issuer", "pool: jwt.audience", "pool: jwt.jwks_url", "sender: jwt.audience", "symmetric: algorithms"
    ]
    error_message = "Each of these endpoints lacks something: ${jsonencode(local.scheme_problems)}"
  }

  assert {
    condition     = alltrue([for problem in local.scheme_problems : can(regex("; .+$", problem))])
    error_message = "Each problem must name the remedy: ${jsonencode(local.scheme_problems)}"
  }
}

run "watch_reads_the_keys_of_issuers_and_no_others" {
  command = plan

  variables {
    endpoints = {
      bank   = { custom = jsonencode({ kind = "jwt", algorithms = ["ES256"], issuer = "i", audience = "hooks", jwks_url = "none" }), dedupe_window_s = 3600 }
      github = { preset = "github" }
      pool = {
        preset          = "cognito"
        dedupe_window_s = 3600
        jwt             = { issuer = "https://i.example", scope = "hooks/send", jwks_url = "https://i.example/keys", claims = { client_id = "c" }, tolerance_s = 0 }
      }
      pubsub = { preset = "google-pubsub", jwt = { audience = ["hooks"], claims = { email = "push@example" } } }
    }
  }

  assert {
    condition     = local.key_sets == { pool = "https://i.example/keys", pubsub = "https://www.googleapis.com/oauth2/v3/certs" }
    error_message = "Only these have an issuer that publishes keys: ${jsonencode(local.key_sets)}"
  }

  assert {
    condition = jsonencode({ for name, endpoint in module.endpoint : name => endpoint.secret_tags }) == jsonencode({
      bank   = { VerifiedBy = "authorizer", stack = var.stack }
      github = { stack = var.stack }
      pool   = { KeysFrom = "issuer", VerifiedBy = "authorizer", stack = var.stack }
      pubsub = { KeysFrom = "issuer", VerifiedBy = "authorizer", stack = var.stack }
    })
    error_message = "watch may write these secrets alone: ${jsonencode({ for name, endpoint in module.endpoint : name => endpoint.secret_tags })}"
  }

  assert {
    condition     = module.watch.environment.KEY_SETS == "pool,pubsub" && module.watch.environment.KEYS_PREFIX == "coatcheck/endpoints/" && module.watch.environment.ENDPOINTS_TABLE == "coatcheck-endpoints"
    error_message = "watch must know whose keys to read: ${jsonencode(module.watch.environment)}"
  }

  # The functions add the preset themselves.
  assert {
    condition     = jsondecode(module.endpoint["pool"].config).jwt == { issuer = "https://i.example", scope = "hooks/send", jwks_url = "https://i.example/keys", claims = { client_id = "c" }, tolerance_s = 0 } && jsondecode(module.endpoint["pool"].config).scheme == "cognito"
    error_message = "The endpoint must be stored with what it says: ${module.endpoint["pool"].config}"
  }

  assert {
    condition     = jsondecode(module.endpoint["pubsub"].config).jwt == { audience = ["hooks"], claims = { email = "push@example" } } && !can(jsondecode(module.endpoint["github"].config).jwt)
    error_message = "What an endpoint does not say must not be stored: ${module.endpoint["pubsub"].config}"
  }

  assert {
    condition     = contains(keys(module.alarms.alarms), "coatcheck-key-sets-kept")
    error_message = "An issuer that gives no keys must raise an alarm: ${jsonencode(keys(module.alarms.alarms))}"
  }
}

run "without_an_issuer_there_is_no_setting_and_no_alarm" {
  command = plan

  variables {
    endpoints = { github = { preset = "github" } }
  }

  assert {
    condition     = !can(module.watch.environment.KEY_SETS) && !contains(keys(module.alarms.alarms), "coatcheck-key-sets-kept")
    error_message = "Nothing is fetched: ${jsonencode(module.watch.environment)}"
  }
}
