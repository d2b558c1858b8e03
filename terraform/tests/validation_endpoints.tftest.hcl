# Each run changes one thing of what accepted.tftest.hcl plans, and must be refused. The
# module under test is the root module's variables alone, so that no provider is started.

run "refuses_a_name_with_capitals" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { GitHub = { preset = "github" } }
  }
}

run "refuses_a_name_with_a_slash" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { "a/b" = { preset = "github" } }
  }
}

run "refuses_a_name_of_64_characters" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { "a123456789b123456789c123456789d123456789e123456789f123456789g123" = { preset = "github" } }
  }
}

run "refuses_an_unknown_preset" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "none-of-that-name" } }
  }
}

run "refuses_neither_preset_nor_custom" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { enabled = true } }
  }
}

run "refuses_both_preset_and_custom" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", custom = jsonencode({ kind = "basic" }) } }
  }
}

run "refuses_an_unknown_lane" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", lane = "Direct" } }
  }
}

run "refuses_a_limit_of_its_own_in_the_direct_lane" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", lane = "direct", max_body_bytes = 1000 } }
  }
}

run "refuses_the_direct_lanes_limit_in_the_standard_lane" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", max_body_bytes = 10485760 } }
  }
}

run "refuses_a_limit_over_the_lanes" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", max_body_bytes = 4500001 } }
  }
}

run "refuses_an_age_of_over_a_week" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "stripe", max_age_s = 604801 } }
  }
}

run "refuses_a_limit_of_nothing" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", max_body_bytes = 0 } }
  }
}

run "refuses_an_address_without_a_prefix_length" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", allowed_cidrs = ["203.0.113.7"] } }
  }
}

run "refuses_a_place_with_two_sources" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", event = { id = { header = "x-id", json = "/id" } } } }
  }
}

run "refuses_a_place_with_no_source" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", event = { id = {} } } }
  }
}

run "refuses_a_place_in_a_header_with_capitals" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", event = { id = { header = "X-Id" } } } }
  }
}

run "refuses_a_place_that_is_no_json_pointer" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", event = { id = { json = "$.id" } } } }
  }
}

run "refuses_a_place_at_a_broken_json_pointer" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", event = { id = { json = "/id~" } } } }
  }
}

run "refuses_a_place_in_a_form_field_without_a_name" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", event = { id = { form = "" } } } }
  }
}

run "refuses_an_empty_preset" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "" } }
  }
}

run "refuses_a_preset_outside_of_its_folder" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "../presets/github" } }
  }
}

run "refuses_a_url_without_tls" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", url = "http://example.com/hooks" } }
  }
}

run "refuses_a_url_without_a_host" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", url = "https:///hooks" } }
  }
}

run "refuses_a_url_with_credentials" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", url = "https://user@example.com/hooks" } }
  }
}

run "refuses_a_url_with_a_port_that_is_none" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", url = "https://example.com:https/hooks" } }
  }
}

run "refuses_a_url_with_a_fragment" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", url = "https://example.com/hooks#top" } }
  }
}

run "refuses_a_url_with_a_space" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", url = "https://example.com/hooks " } }
  }
}

run "refuses_a_url_beyond_ascii" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", url = "https://example.com/höks" } }
  }
}
