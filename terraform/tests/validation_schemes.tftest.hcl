# Each run changes one thing of what accepted.tftest.hcl plans, and must be refused. The
# module under test is the root module's variables alone, so that no provider is started.

run "refuses_another_kind_of_scheme" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { kind = "token", signature = { headers = ["x-sig"] }, content = [{ body = true }] } } }
  }
}

run "refuses_an_unknown_hash" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { hash = "md5", signature = { headers = ["x-sig"] }, content = [{ body = true }] } } }
  }
}

run "refuses_an_unknown_encoding" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"], encoding = "base32" }, content = [{ body = true }] } } }
  }
}

run "refuses_an_unknown_key_decoding" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { key = { decode = "rot13" }, signature = { headers = ["x-sig"] }, content = [{ body = true }] } } }
  }
}

run "refuses_an_unknown_unit_of_time" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ header = "x-time" }, { body = true }], timestamp = { from = { header = "x-time" }, unit = "minutes" } } } }
  }
}

run "refuses_sha1_without_consent" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { hash = "sha1", signature = { headers = ["x-sig"] }, content = [{ body = true }] } } }
  }
}

run "refuses_sha1_when_consent_is_withheld" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { hash = "sha1", allow_sha1 = false, signature = { headers = ["x-sig"] }, content = [{ body = true }] } } }
  }
}

run "refuses_an_unknown_grammar" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"], grammar = "list" }, content = [{ body = true }] } } }
  }
}

run "refuses_kv_without_keys" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"], grammar = "kv" }, content = [{ body = true }] } } }
  }
}

run "refuses_versions_without_versions" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"], grammar = "versions" }, content = [{ body = true }] } } }
  }
}

run "refuses_no_signature_header" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = [] }, content = [{ body = true }] } } }
  }
}

run "refuses_a_signature_header_with_capitals" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["X-Sig"] }, content = [{ body = true }] } } }
  }
}

run "refuses_a_content_header_with_capitals" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ header = "X-Time" }, { body = true }] } } }
  }
}

run "refuses_a_part_of_two_kinds" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ lit = ".", body = true }] } } }
  }
}

run "refuses_an_empty_part" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ body = true }, {}] } } }
  }
}

run "refuses_a_part_that_is_not" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ body = true }, { body_sha256_hex = false }] } } }
  }
}

run "refuses_content_without_the_body" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ header = "x-time" }] } } }
  }
}

run "refuses_empty_content" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [] } } }
  }
}

run "refuses_a_param_without_kv" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ param = "t" }, { body = true }] } } }
  }
}

run "refuses_an_unsigned_timestamp_header" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ body = true }], timestamp = { from = { header = "x-time" } } } } }
  }
}

run "refuses_an_unsigned_timestamp_param" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"], grammar = "kv", sig_keys = ["v1"] }, content = [{ body = true }], timestamp = { from = { param = "t" } } } } }
  }
}

run "refuses_a_timestamp_from_two_places" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ header = "x-time" }, { body = true }], timestamp = { from = { header = "x-time", json = "/time" } } } } }
  }
}

run "refuses_a_timestamp_from_nowhere" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { custom = { signature = { headers = ["x-sig"] }, content = [{ body = true }], timestamp = { from = {} } } } }
  }
}
