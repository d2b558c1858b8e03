# That a scheme with a problem stops a plan. Which schemes have one: schemes.tftest.hcl.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages = { dir = "tests/packages" }
}

run "refuses_a_misspelt_member" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      github = { preset = "github" }
      partner = {
        custom = jsonencode({
          kind      = "hmac"
          hash      = "sha256"
          signature = { headers = ["x-sig"], grammar = "whole", encoding = "hex" }
          content   = [{ header = "x-time" }, { lit = "." }, { body = true }]
          timestmp  = { from = { header = "x-time" }, unit = "s" }
        })
      }
    }
  }

  assert {
    condition     = length(local.scheme_problems) == 1 && can(regex("^partner: timestmp: unknown here; leave it out or use one of .*timestamp", local.scheme_problems[0]))
    error_message = "The message must name the endpoint, the field, the problem and the remedy: ${jsonencode(local.scheme_problems)}"
  }
}

run "names_every_mistake_of_every_endpoint" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      covers   = { custom = jsonencode({ kind = "http-message", algorithm = "hmac-sha256", components = ["date", "date"] }) }
      empty    = { custom = "" }
      good     = { custom = jsonencode({ kind = "plaid" }) }
      misspelt = { custom = jsonencode({ kind = "token", headers = "x-token" }) }
      torn     = { custom = "{\"kind\": \"plaid\"" }
    }
  }

  assert {
    condition = [for problem in local.scheme_problems : regex("^[a-z]+: [a-z]+", problem)] == [
      "covers: components", "covers: components", "empty: scheme", "misspelt: headers", "misspelt: header", "torn: scheme"
    ]
    error_message = "The message must name all mistakes at once: ${jsonencode(local.scheme_problems)}"
  }
}

run "refuses_a_handshake_that_the_scheme_has_not" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = { github = { preset = "github", handshake = true } }
  }

  assert {
    condition     = length(local.scheme_problems) == 1 && startswith(local.scheme_problems[0], "github: handshake: ")
    error_message = "Only the handshake is wrong: ${jsonencode(local.scheme_problems)}"
  }
}

run "refuses_an_age_where_no_time_is_signed" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      github = { preset = "github", max_age_s = 3600 }
      stripe = { preset = "stripe", max_age_s = 3600 }
      mail   = { preset = "mailgun", max_age_s = 3600 }
    }
  }

  assert {
    condition     = length(local.scheme_problems) == 1 && startswith(local.scheme_problems[0], "github: max_age_s: ")
    error_message = "Only the age without a time is wrong: ${jsonencode(local.scheme_problems)}"
  }
}

run "refuses_what_could_give_one_event_two_names" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      changed  = { preset = "github", event = { ordering_key = { header = "x-github-event" } } }
      nameless = { preset = "zoom", dedupe = "id" }
      named    = { preset = "zoom", dedupe = "id", event = { id = { json = "/payload/object/uuid" } } }
      signed   = { preset = "github", event = { ordering_key = { json = "/repository/id" } } }
    }
  }

  assert {
    condition     = [for problem in local.scheme_problems : regex("^[a-z]+: [a-z_.]+", problem)] == ["changed: event.ordering_key", "nameless: dedupe"]
    error_message = "Only the first two are wrong: ${jsonencode(local.scheme_problems)}"
  }
}

run "refuses_what_the_direct_lane_cannot_answer" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      asked     = { preset = "slack", lane = "direct" }
      answering = { custom = jsonencode({ kind = "token", header = "x-token", acknowledge = { json = { success = true } } }), dedupe_window_s = 3600, lane = "direct" }
      greeted   = { preset = "asana", lane = "direct", handshake = true }
      silent    = { custom = jsonencode({ kind = "token", header = "x-token", challenges = [] }), dedupe_window_s = 3600, lane = "direct" }
      plain     = { preset = "github", lane = "direct" }
      showing = {
        lane            = "direct"
        dedupe_window_s = 3600
        custom = jsonencode({
          kind      = "hmac", hash = "sha256", also_require = { basic = true }, content = [{ body = true }]
          signature = { headers = ["x-signature"], grammar = "whole", encoding = "hex" }
        })
      }
      standard = { preset = "slack" }
      usual    = { preset = "asana", handshake = true }
    }
  }

  assert {
    condition     = [for problem in local.scheme_problems : regex("^[a-z]+: [a-z]+: [a-z ]*(?:challenges|acknowledge|password|cannot answer)", problem)] == ["answering: lane: the scheme has an acknowledge", "asked: lane: the scheme answers challenges", "greeted: lane: the scheme answers challenges", "greeted: handshake: the direct lane cannot answer", "showing: lane: the scheme sends a password"] && alltrue([for problem in local.scheme_problems : can(regex("direct lane .+; .*set lane to \"standard\"$", problem))])
    error_message = "Only schemes that need a reply of their own must be refused in the direct lane: ${jsonencode(local.scheme_problems)}"
  }
}
