# How a function compares its zip with what packages.json demands of it. The module under test is that of a function.

mock_provider "aws" {
  source = "./tests/mocks"

  # The provider looks at the form of a role's ARN.
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/coatcheck-function-ingest" }
  }
}

variables {
  name        = "ingest"
  description = "A function"
  memory_mb   = 256
  timeout_s   = 30
  environment = {}
  policies    = {}


  defaults = {
    stack        = "coatcheck"
    architecture = "arm64"
    packages     = { dir = "tests/releases/good", place = "tests/releases/good/", listed = { ingest = { path = "arm64/ingest.zip", sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" }, tampered = { path = "arm64/tampered.zip", sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" } } }
    key = {
      arn         = "arn:aws:kms:eu-central-1:123456789012:key/1"
      placeholder = "stand-in"
      via         = {}
    }
    logs_arn_prefix      = "arn:aws:logs:eu-central-1:123456789012"
    functions_arn_prefix = "arn:aws:lambda:eu-central-1:123456789012:function:"
    log_level            = "info"
    log_retention_days   = 30
    tracing              = false
    tags                 = {}
    vpc                  = null
    roles                = { path = "/", permissions_boundary_arn = null, tags = {} }
    alarms               = { enabled = false, actions = [], runbook_url = "runbook", tags = {} }
  }
}

run "the_zip_is_where_the_list_says" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = aws_lambda_function.this.filename == "tests/releases/good/arm64/ingest.zip" && aws_lambda_function.this.source_code_hash == "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" && aws_lambda_function.this.s3_bucket == null
    error_message = "The zip is ${aws_lambda_function.this.filename}."
  }
}

run "refuses_a_zip_with_another_digest" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package = "tampered"
  }
}

run "refuses_what_is_neither_listed_nor_there" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package = "missing"
  }
}

run "takes_a_zip_of_yours_from_the_folder" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    package  = "one"
    defaults = merge(var.defaults, { packages = { dir = "tests/packages", listed = var.defaults.packages.listed } })
  }

  assert {
    condition     = aws_lambda_function.this.filename == "tests/packages/one.zip"
    error_message = "An own zip may lie beside them."
  }
}

run "refuses_a_zip_that_the_pinned_list_lacks" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package  = "one"
    defaults = merge(var.defaults, { packages = { dir = "tests/packages", listed = var.defaults.packages.listed, pinned = true } })
  }
}

run "an_object_of_the_bucket" {
  command = apply

  module {
    source = "./modules/function"
  }

  variables {
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }

  override_data {
    target = data.aws_s3_object.package[0]
    values = { checksum_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=", version_id = "null" }
  }

  override_data {
    target = data.aws_lambda_function.applied[0]
    values = { code_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" }
  }

  assert {
    condition     = aws_lambda_function.this.s3_bucket == "artefacts" && aws_lambda_function.this.s3_key == "0.1.0/arm64/ingest.zip" && aws_lambda_function.this.s3_object_version == null && aws_lambda_function.this.source_code_hash == "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" && aws_lambda_function.this.filename == null
    error_message = "The object is ${aws_lambda_function.this.s3_key}."
  }
}

run "the_objects_version_is_pinned" {
  command = apply

  module {
    source = "./modules/function"
  }

  variables {
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }

  override_data {
    target = data.aws_s3_object.package[0]
    values = { checksum_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=", version_id = "v7" }
  }

  override_data {
    target = data.aws_lambda_function.applied[0]
    values = { code_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" }
  }

  assert {
    condition     = aws_lambda_function.this.s3_object_version == "v7"
    error_message = "A bucket with versioning gives a version."
  }
}

run "refuses_an_object_with_another_digest" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }

  override_data {
    target = data.aws_s3_object.package[0]
    values = { checksum_sha256 = "PcO03HiWKGCCBd2+IhQILyqTqqjUQrgqnZXqvKFR57E=", version_id = "null" }
  }

  override_data {
    target = data.aws_lambda_function.applied[0]
    values = { code_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" }
  }
}

run "refuses_an_object_whose_digest_s3_does_not_know" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }

  override_data {
    target = data.aws_s3_object.package[0]
    values = { checksum_sha256 = "", version_id = "null" }
  }

  override_data {
    target = data.aws_lambda_function.applied[0]
    values = { code_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" }
  }
}

run "refuses_an_object_of_several_parts" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }

  override_data {
    target = data.aws_s3_object.package[0]
    values = { checksum_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=-2", version_id = "null" }
  }

  override_data {
    target = data.aws_lambda_function.applied[0]
    values = { code_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=" }
  }
}

run "refuses_an_object_that_is_not_there" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package  = "tampered"
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }
}

run "refuses_a_name_that_the_release_lacks" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package  = "mine"
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }
}

run "a_path_is_a_zip_here_also_with_a_bucket" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    package  = "./tests/packages/one.zip"
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }

  assert {
    condition     = aws_lambda_function.this.filename == "./tests/packages/one.zip" && aws_lambda_function.this.s3_bucket == null
    error_message = "A path is not in the bucket."
  }
}

run "refuses_other_code_than_applied" {
  command         = apply
  expect_failures = [data.aws_lambda_function.applied]

  module {
    source = "./modules/function"
  }

  variables {
    defaults = merge(var.defaults, { packages = { bucket = "artefacts", base = "0.1.0/", place = "s3://artefacts/0.1.0/", listed = var.defaults.packages.listed, keys = ["0.1.0/packages.json", "0.1.0/arm64/ingest.zip"] } })
  }

  override_data {
    target = data.aws_s3_object.package[0]
    values = { checksum_sha256 = "C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=", version_id = "null" }
  }

  override_data {
    target = data.aws_lambda_function.applied[0]
    values = { code_sha256 = "PcO03HiWKGCCBd2+IhQILyqTqqjUQrgqnZXqvKFR57E=" }
  }
}
