# Each run has one mistake in the front door's web ACL, and must be refused. The module under test is the root module's
# variables alone, so that no provider is started.

run "refuses_two_web_acls" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain      = "hooks.example.com"
      zone_id     = "Z1"
      web_acl     = { rate_per_5_min = 1000 }
      web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/ours/12345678-1234-1234-1234-123456789012"
    }
  }
}

run "refuses_a_web_acl_of_cloudfront" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain      = "hooks.example.com"
      zone_id     = "Z1"
      web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/ours/12345678-1234-1234-1234-123456789012"
    }
  }
}

run "refuses_a_web_acl_that_refuses_nothing" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { allow = ["203.0.113.0/24"] }
    }
  }
}

run "refuses_a_rate_below_what_waf_takes" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { rate_per_5_min = 9 }
    }
  }
}

run "refuses_half_a_request" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { rate_per_5_min = 100.5 }
    }
  }
}

run "refuses_a_range_with_bits_of_a_host" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { deny = ["203.0.113.7/24"] }
    }
  }
}

run "refuses_an_address_without_its_length" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { deny = ["203.0.113.7"] }
    }
  }
}

run "refuses_every_address" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { deny = ["0.0.0.0/0"] }
    }
  }
}

run "refuses_ipv6_in_another_form" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { deny = ["2001:DB8:0::/32"] }
    }
  }
}

run "refuses_a_range_both_allowed_and_denied" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { allow = ["203.0.113.0/24"], deny = ["203.0.113.0/24"] }
    }
  }
}

run "refuses_more_ranges_than_a_set_holds" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { deny = [for pair in setproduct(range(40), range(256)) : "10.${pair[0]}.${pair[1]}.0/24"] }
    }
  }
}

run "refuses_a_rule_group_with_spaces" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { managed = { "Core rule set" = {} } }
    }
  }
}

run "refuses_an_alarm_at_nothing" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { rate_per_5_min = 1000, alarm_per_5_min = 0 }
    }
  }
}
