# What a company demands of everything: values that AWS would refuse are refused at plan. The module under test is the root
# module's variables alone, so that no provider is started.

run "accepts_all_of_them" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
    role_path                = "/platform/webhooks/"
    kms_key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-4333-8444-555555555555"
    vpc                      = { subnet_ids = ["subnet-0123456789abcdef0"], security_group_ids = ["sg-0123456789abcdef0"] }
  }
}

run "refuses_a_boundary_that_is_no_policy" {
  command         = plan
  expect_failures = [var.permissions_boundary_arn]

  module {
    source = "./tests/variables"
  }

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary"
  }
}

run "refuses_a_path_without_its_last_slash" {
  command         = plan
  expect_failures = [var.role_path]

  module {
    source = "./tests/variables"
  }

  variables {
    role_path = "/platform"
  }
}

run "refuses_a_path_of_513_characters" {
  command         = plan
  expect_failures = [var.role_path]

  module {
    source = "./tests/variables"
  }

  variables {
    role_path = "/${join("", [for _ in range(511) : "a"])}/"
  }
}

run "refuses_an_alias_of_a_key" {
  command         = plan
  expect_failures = [var.kms_key_arn]

  module {
    source = "./tests/variables"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/data"
  }
}

run "refuses_a_vpc_without_a_subnet" {
  command         = plan
  expect_failures = [var.vpc]

  module {
    source = "./tests/variables"
  }

  variables {
    vpc = { subnet_ids = [], security_group_ids = ["sg-0123456789abcdef0"] }
  }
}

run "refuses_a_subnet_by_its_name" {
  command         = plan
  expect_failures = [var.vpc]

  module {
    source = "./tests/variables"
  }

  variables {
    vpc = { subnet_ids = ["private-a"], security_group_ids = ["sg-0123456789abcdef0"] }
  }
}

run "refuses_a_vpc_without_a_security_group" {
  command         = plan
  expect_failures = [var.vpc]

  module {
    source = "./tests/variables"
  }

  variables {
    vpc = { subnet_ids = ["subnet-0123456789abcdef0"], security_group_ids = [] }
  }
}

run "refuses_six_security_groups" {
  command         = plan
  expect_failures = [var.vpc]

  module {
    source = "./tests/variables"
  }

  variables {
    vpc = { subnet_ids = ["subnet-0123456789abcdef0"], security_group_ids = [for n in range(6) : "sg-0123456789abcdef${n}"] }
  }
}
