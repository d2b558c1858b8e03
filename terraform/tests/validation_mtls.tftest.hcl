# Each run has one mistake in the front door's mtls, and must be refused. The module under test is the root module's
# variables alone, so that no provider is started.

run "refuses_a_truststore_that_is_not_there" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/nothing.pem" }
    }
  }
}

run "refuses_a_truststore_without_a_key_in_s3" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "s3://bucket", truststore_version = "1" }
    }
  }
}

run "refuses_a_bundle_in_s3_without_its_version" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "s3://bucket/ca.pem" }
    }
  }
}

run "refuses_a_version_of_a_file" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/ca.pem", truststore_version = "1" }
    }
  }
}

run "refuses_a_truststore_without_a_certificate" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/text.pem" }
    }
  }
}

run "refuses_a_truststore_with_a_private_key" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/with-key.pem" }
    }
  }
}

run "refuses_a_proof_of_ownership_for_a_certificate_of_its_own" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/ca.pem", ownership_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/2" }
    }
  }
}

run "refuses_a_proof_of_ownership_that_is_no_certificate" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain          = "hooks.example.com"
      certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
      mtls            = { truststore = "tests/front_door/ca.pem", ownership_certificate_arn = "hooks" }
    }
  }
}

run "refuses_a_fingerprint_of_sha_1" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/ca.pem", revocation = { fingerprints = ["da39a3ee5e6b4b0d3255bfef95601890afd80709"] } }
    }
  }
}

run "refuses_a_serial_in_words" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/ca.pem", revocation = { serials = ["serial"] } }
    }
  }
}

run "refuses_fifty_one_revoked_certificates" {
  command         = plan
  expect_failures = [var.front_door]

  module {
    source = "./tests/variables"
  }

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/ca.pem", revocation = { serials = [for n in range(51) : format("%x", n)] } }
    }
  }
}
