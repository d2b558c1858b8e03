# Where the packages may be said to be. The module under test is the root module's variables alone, so that no provider is
# started.

variables {
  endpoints = {
    github = { preset = "github" }
  }
}

run "accepts_a_release_in_a_bucket" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    packages = { bucket = "artefacts", prefix = "coatcheck/releases", version = "1.0.0-rc.1", digest = "0000000000000000000000000000000000000000000000000000000000000000" }
  }
}

run "refuses_a_folder_and_a_bucket" {
  command         = plan
  expect_failures = [var.packages]

  module {
    source = "./tests/variables"
  }

  variables {
    packages = { dir = "x", bucket = "artefacts", version = "0.1.0" }
  }
}

run "refuses_neither" {
  command         = plan
  expect_failures = [var.packages]

  module {
    source = "./tests/variables"
  }

  variables {
    packages = {}
  }
}

run "refuses_a_bucket_without_a_version" {
  command         = plan
  expect_failures = [var.packages]

  module {
    source = "./tests/variables"
  }

  variables {
    packages = { bucket = "artefacts" }
  }
}

run "refuses_a_version_of_a_folder" {
  command         = plan
  expect_failures = [var.packages]

  module {
    source = "./tests/variables"
  }

  variables {
    packages = { dir = "x", version = "0.1.0" }
  }
}

run "refuses_a_prefix_without_a_bucket" {
  command         = plan
  expect_failures = [var.packages]

  module {
    source = "./tests/variables"
  }

  variables {
    packages = { dir = "x", prefix = "releases" }
  }
}

run "refuses_a_version_with_a_slash" {
  command         = plan
  expect_failures = [var.packages]

  module {
    source = "./tests/variables"
  }

  variables {
    packages = { bucket = "artefacts", version = "releases/0.1.0" }
  }
}

run "refuses_a_prefix_that_ends_with_a_slash" {
  command         = plan
  expect_failures = [var.packages]

  module {
    source = "./tests/variables"
  }

  variables {
    packages = { bucket = "artefacts", prefix = "releases/", version = "0.1.0" }
  }
}

run "refuses_a_digest_in_base64" {
  command         = plan
  expect_failures = [var.packages]

  module {
    source = "./tests/variables"
  }

  variables {
    packages = { dir = "x", digest = "3jFPhGcLz4L2YBv1CwA5Ov9wHaqMpk9XFhOsMJ7a2FY=" }
  }
}
