# Which client certificates an endpoint takes. That it needs front_door is tested with the front door.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "takes_what_it_should" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = {
      named = {
        preset = "github"
        mtls = {
          subject = [
            "CN=client,O=Example,C=US",
            "cn=J. Smith+ou=Sales, o=Example\\, Inc.",
            "1.3.6.1.4.1.311.60.2.1.3=US,CN=Lu\\C4\\8Di\\C4\\87",
            "CN=Lučić=x",
          ]
          san = [
            "dns:client.example.com", "dns:*.example.com", "uri:spiffe://example/client", "email:a@example.com",
            "ip:192.0.2.1", "ip:2001:db8::1",
          ]
        }
      }
      pinned = {
        preset = "github"
        mtls   = { fingerprint = [sha256("a"), upper(join(":", regexall("..", sha256("a"))))] }
      }
    }
  }
}

run "refuses_mtls_that_asks_for_nothing" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = {} } }
  }
}

run "refuses_mtls_with_empty_lists" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { san = [] } } }
  }
}

run "refuses_eleven_fingerprints" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { fingerprint = [for i in range(11) : sha256("${i}")] } } }
  }
}

run "refuses_a_subject_without_attributes" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { subject = ["client"] } } }
  }
}

run "refuses_a_subject_as_openssl_shows_it_without_an_option" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { subject = ["C = US, O = Example, CN = client"] } } }
  }
}

run "refuses_a_subject_with_slashes" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { subject = ["/C=US/O=Example/CN=client"] } } }
  }
}

run "refuses_a_subject_with_an_unknown_attribute" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { subject = ["XX=client"] } } }
  }
}

run "refuses_a_subject_with_quotes" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { subject = ["CN=\"Example, Inc.\""] } } }
  }
}

run "refuses_a_subject_that_ends_with_a_comma" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { subject = ["CN=client,"] } } }
  }
}

run "refuses_a_name_without_its_kind" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { san = ["client.example.com"] } } }
  }
}

run "refuses_a_name_of_another_kind" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { san = ["DNS:client.example.com"] } } }
  }
}

run "refuses_an_address_that_is_none" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { san = ["ip:192.0.2"] } } }
  }
}

run "refuses_a_fingerprint_of_sha1" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { fingerprint = [sha1("a")] } } }
  }
}

run "refuses_a_fingerprint_with_some_colons" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", mtls = { fingerprint = ["ab:${substr(sha256("a"), 2, 62)}"] } } }
  }
}

run "reaches_the_functions_as_it_is_written" {
  command = plan

  module {
    source = "./modules/endpoint"
  }

  variables {
    name                 = "partner"
    url                  = null
    table_name           = "endpoints"
    keys_prefix          = "coatcheck/endpoints/"
    header_only          = false
    has_key_set          = false
    kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/k"
    recovery_window_days = 7
    tags                 = {}
    revoked              = {}

    endpoint = {
      preset           = "github"
      handshake        = false
      enabled          = true
      lane             = "standard"
      allowed_cidrs    = []
      max_body_bytes   = null
      content_types    = []
      required_headers = []
      dedupe           = "auto"
      keep_headers     = []
      mtls             = { san = ["dns:client.example.com"], subject = ["CN=client"] }
    }
  }

  assert {
    condition     = jsondecode(output.config).mtls == { san = ["dns:client.example.com"], subject = ["CN=client"] }
    error_message = "The functions must get what is set, and no empty list: ${output.config}"
  }
}

run "is_stored_only_where_it_is_set" {
  command = plan

  variables {
    packages_dir = "tests/packages"
    endpoints    = { any = { preset = "github" } }
  }

  # Functions of the version before refuse members that they do not know.
  assert {
    condition     = !can(jsondecode(module.endpoint["any"].config).mtls)
    error_message = "Where no certificate is asked for, nothing must be stored: ${module.endpoint["any"].config}"
  }
}
