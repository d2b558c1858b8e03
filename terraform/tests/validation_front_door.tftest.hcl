# Each run changes one thing of a front door that is accepted, and must be refused. The module under test is the root
# module's variables alone, so that no provider is started. What only a plan with the provider can refuse is in
# front_door.tftest.hcl.

run "accepts_a_front_door_with_everything" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain                   = "hooks.example.com"
      certificate_arn          = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
      disable_default_endpoint = true

      mtls = {
        truststore                = "s3://bucket/ca.pem"
        truststore_version        = "1"
        ownership_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/2"
        revocation                = { fingerprints = [join(":", [for n in range(32) : "0A"])], serials = ["0a:FF", "7"] }
      }

      web_acl = {
        rate_per_5_min  = 2000
        allow           = ["203.0.113.7/32", "2001:db8::/32"]
        deny            = ["198.51.100.0/24"]
        managed         = { AWSManagedRulesAmazonIpReputationList = { count = ["AWSManagedIPDDoSList"] } }
        alarm_per_5_min = 100
      }
    }
  }
}

run "refuses_a_domain_with_capitals" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "Hooks.example.com"
      zone_id = "Z1"
    }
  }
}

run "refuses_a_wildcard_domain" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "*.example.com"
      zone_id = "Z1"
    }
  }
}

run "refuses_a_domain_with_a_dot_at_its_end" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com."
      zone_id = "Z1"
    }
  }
}

run "refuses_a_domain_of_one_label" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "localhost"
      zone_id = "Z1"
    }
  }
}

run "refuses_a_domain_with_a_port" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com:8443"
      zone_id = "Z1"
    }
  }
}

run "refuses_a_domain_of_65_characters" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "a23456789b23456789c23456789d23456789e23456789f23456789.example.com"
      zone_id = "Z1"
    }
  }
}

run "refuses_neither_zone_nor_certificate" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain = "hooks.example.com"
    }
  }
}

run "refuses_zone_and_certificate" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain          = "hooks.example.com"
      zone_id         = "Z1"
      certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    }
  }
}

run "refuses_a_zone_with_its_path" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "/hostedzone/Z1"
    }
  }
}

run "refuses_a_certificate_of_iam" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain          = "hooks.example.com"
      certificate_arn = "arn:aws:iam::123456789012:server-certificate/hooks"
    }
  }
}

run "refuses_tls_1_0" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain          = "hooks.example.com"
      zone_id         = "Z1"
      security_policy = "TLS_1_0"
    }
  }
}

run "refuses_a_policy_that_the_provider_cannot_set" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain          = "hooks.example.com"
      zone_id         = "Z1"
      security_policy = "SecurityPolicy_TLS13_1_3_2025_09"
    }
  }
}
