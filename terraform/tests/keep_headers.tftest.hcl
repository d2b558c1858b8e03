# Which headers an endpoint may keep with its payloads.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "keeps_what_is_named_and_writes_nothing_without_names" {
  command = plan

  variables {
    packages = { dir = "tests/packages" }

    # 20 names of the longest list that fits: 20 * (83 + 9) + 1 = 1841 bytes.
    endpoints = {
      github = { preset = "github", keep_headers = ["user-agent", "x-github-hook-id"] }
      most   = { preset = "github", keep_headers = [for i in range(20) : format("x-%081d", i)] }
      stripe = { preset = "stripe" }
    }
  }

  assert {
    condition     = [for name in ["github", "stripe"] : try(jsondecode(module.endpoint[name].config).keep_headers, null)] == [["user-agent", "x-github-hook-id"], null]
    error_message = "The functions must read the names, and functions of the version before must still read an endpoint without any: ${module.endpoint["stripe"].config}"
  }
}

run "refuses_to_keep_a_header_with_capitals" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", keep_headers = ["X-Request-Id"] } }
  }
}

run "refuses_to_keep_21_headers" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", keep_headers = [for i in range(21) : "x-${i}"] } }
  }
}

run "refuses_to_keep_a_header_twice" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", keep_headers = ["x-a", "x-a"] } }
  }
}

run "refuses_to_keep_credentials" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", keep_headers = ["x-request-id", "authorization"] } }
  }
}

run "refuses_to_keep_a_token" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", keep_headers = ["x-gitlab-token"] } }
  }
}

run "refuses_to_keep_what_is_of_the_connection" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", keep_headers = ["host"] } }
  }
}

run "refuses_headers_that_can_never_fit" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", keep_headers = [for i in range(18) : format("x-%093d", i)] } }
  }
}
