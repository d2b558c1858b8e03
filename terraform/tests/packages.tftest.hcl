# Where a function's package may be, and what a plan says if it is not there. The module under test is that of a function.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name        = "reports"
  description = "A processor"
  memory_mb   = 256
  timeout_s   = 30
  environment = {}
  policies    = {}

  defaults = {
    stack        = "coatcheck"
    architecture = "arm64"
    packages_dir = "tests/packages"
    key = {
      arn         = "arn:aws:kms:eu-central-1:123456789012:key/1"
      placeholder = "stand-in"
      via         = {}
    }
    logs_arn_prefix      = "arn:aws:logs:eu-central-1:123456789012"
    log_level            = "info"
    log_retention_days   = 30
    tracing              = false
    tags                 = {}
    roles                = { path = "/", permissions_boundary_arn = null, tags = {} }
    functions_arn_prefix = "arn:aws:lambda:eu-central-1:123456789012:function:"
    vpc                  = null
    alarms               = { enabled = false, actions = [], runbook_url = "runbook", tags = {} }
  }
}

run "a_name_is_a_zip_in_packages_dir" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    package = "one"
  }

  assert {
    condition     = aws_lambda_function.this.filename == "tests/packages/one.zip" && aws_lambda_function.this.source_code_hash == filebase64sha256("tests/packages/one.zip")
    error_message = "A name must be a zip in packages_dir, here ${aws_lambda_function.this.filename}."
  }
}

run "without_one_the_package_has_the_functions_name" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    name = "two"
  }

  assert {
    condition     = aws_lambda_function.this.filename == "tests/packages/two.zip"
    error_message = "Without a package of another name, the function's own counts, here ${aws_lambda_function.this.filename}."
  }
}

run "a_path_is_a_zip_anywhere" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    package = "./tests/packages/three.zip"
  }

  assert {
    condition     = aws_lambda_function.this.filename == "./tests/packages/three.zip" && aws_lambda_function.this.source_code_hash == filebase64sha256("tests/packages/three.zip")
    error_message = "A path must be used as it is, here ${aws_lambda_function.this.filename}."
  }
}

run "a_file_here_is_a_path_too" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package = "one.zip"
  }
}

run "refuses_a_package_that_is_not_there" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package = "missing"
  }
}

run "refuses_a_path_to_nothing" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package = "../missing/reports.zip"
  }
}

run "refuses_a_folder" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package = "./tests/packages/folder"
  }
}

run "refuses_a_file_that_is_no_zip" {
  command         = plan
  expect_failures = [aws_lambda_function.this]

  module {
    source = "./modules/function"
  }

  variables {
    package = "./tests/packages/folder/handler.py"
  }
}
