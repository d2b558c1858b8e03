# What an endpoint demands of a delivery before its signature is looked at.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "reaches_the_functions_and_only_where_it_is_set" {
  command = plan

  variables {
    packages = { dir = "tests/packages" }

    endpoints = {
      any   = { preset = "github" }
      picky = { preset = "github", content_types = ["application/json", "text/*", "application/vnd.api+json"], required_headers = ["x-tenant"], min_bytes = 20, max_body_bytes = 20 }
      large = { preset = "github", lane = "direct", min_bytes = 10485760 }
    }
  }

  assert {
    condition = jsondecode(module.endpoint["picky"].config) == merge(jsondecode(module.endpoint["picky"].config), {
      content_types    = ["application/json", "text/*", "application/vnd.api+json"]
      required_headers = ["x-tenant"]
      min_bytes        = 20
    })
    error_message = "The functions must get all three: ${module.endpoint["picky"].config}"
  }

  # Functions of the version before refuse members that they do not know.
  assert {
    condition     = length(setintersection(keys(jsondecode(module.endpoint["any"].config)), ["content_types", "required_headers", "min_bytes"])) == 0
    error_message = "Where nothing is demanded, nothing must be stored: ${module.endpoint["any"].config}"
  }
}

run "refuses_a_type_with_capitals" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", content_types = ["Application/JSON"] } }
  }
}

run "refuses_a_type_with_parameters" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", content_types = ["application/json; charset=utf-8"] } }
  }
}

run "refuses_a_range_of_everything" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", content_types = ["*/*"] } }
  }
}

run "refuses_a_type_twice" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", content_types = ["text/plain", "text/plain"] } }
  }
}

run "refuses_eleven_types" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", content_types = [for i in range(11) : "text/x${i}"] } }
  }
}

run "refuses_to_demand_a_header_with_capitals" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", required_headers = ["X-Tenant"] } }
  }
}

run "refuses_to_demand_a_header_with_a_quote" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", required_headers = ["x-\"tenant"] } }
  }
}

run "refuses_to_demand_a_header_of_the_connection" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", required_headers = ["host"] } }
  }
}

run "refuses_to_demand_content_length_as_a_header" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", required_headers = ["content-length"] } }
  }
}

run "refuses_to_demand_21_headers" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", required_headers = [for i in range(21) : "x-${i}"] } }
  }
}

run "refuses_min_bytes_of_0" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", min_bytes = 0 } }
  }
}

run "refuses_min_bytes_that_are_no_whole_number" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", min_bytes = 1.5 } }
  }
}

run "refuses_min_bytes_above_max_body_bytes" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", min_bytes = 21, max_body_bytes = 20 } }
  }
}

run "refuses_min_bytes_above_the_standard_lane" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", min_bytes = 4500001 } }
  }
}

run "refuses_min_bytes_above_the_direct_lane" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", lane = "direct", min_bytes = 10485761 } }
  }
}
