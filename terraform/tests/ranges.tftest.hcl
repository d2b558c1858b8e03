# Published ranges: written out in the endpoint's item, and a warning when they are old.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages   = { dir = "tests/packages" }
  ranges_dir = "tests/ranges/sound"
}

run "lists_are_written_out" {
  command = plan

  variables {
    endpoints = {
      github  = { preset = "github", allowed_cidrs = ["github", "10.0.0.0/8", "partner"] }
      partner = { preset = "stripe", allowed_cidrs = ["203.0.113.0/24"] }
      open    = { preset = "stripe" }
    }
  }

  # 203.0.113.0/24 is in both lists.
  assert {
    condition     = jsonencode(jsondecode(module.endpoint["github"].config).allowed_cidrs) == jsonencode(["9.9.9.0/24", "203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32"])
    error_message = "The item must hold the ranges of both lists, and the block: ${module.endpoint["github"].config}"
  }

  assert {
    condition     = jsonencode([for name in ["partner", "open"] : jsondecode(module.endpoint[name].config).allowed_cidrs]) == jsonencode([["203.0.113.0/24"], []])
    error_message = "An endpoint without lists must be as it was: ${module.endpoint["partner"].config}, ${module.endpoint["open"].config}"
  }
}

# The lists of this version, whatever their age: every one must have ranges.
run "lists_of_this_version_are_sound" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    ranges_dir = null
    endpoints  = {}
  }

  assert {
    condition     = length(local.ranges) >= 10 && alltrue([for list in values(local.ranges) : length(list.cidrs) > 0 && can(regex("^20[0-9-]+$", list.read_on))])
    error_message = "A list of terraform/ranges has no ranges or no day: ${jsonencode(local.ranges)}"
  }
}

run "an_old_list_warns" {
  command         = plan
  expect_failures = [check.published_ranges]

  module {
    source = "./tests/variables"
  }

  variables {
    ranges_dir = "tests/ranges/old"
    endpoints  = { github = { preset = "github", allowed_cidrs = ["github"] } }
  }
}

run "a_list_that_nobody_uses_does_not_warn" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    ranges_dir = "tests/ranges/old"
    endpoints  = { github = { preset = "github", allowed_cidrs = ["9.9.9.0/24"] } }
  }
}

run "refuses_an_unknown_list" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { github = { preset = "github", allowed_cidrs = ["githup"] } }
  }
}

run "takes_a_thousand_blocks" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { github = { preset = "github", allowed_cidrs = concat(["github"], [for at in range(998) : cidrsubnet("9.0.0.0/8", 24, at)]) } }
  }
}

run "refuses_more_than_a_thousand" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { github = { preset = "github", allowed_cidrs = concat(["github"], [for at in range(999) : cidrsubnet("9.0.0.0/8", 24, at)]) } }
  }
}

run "refuses_a_folder_without_lists" {
  command         = plan
  expect_failures = [var.ranges_dir]

  module {
    source = "./tests/variables"
  }

  variables {
    ranges_dir = "tests/ranges/none"
  }
}

run "refuses_a_list_without_ranges" {
  command         = plan
  expect_failures = [var.ranges_dir]

  module {
    source = "./tests/variables"
  }

  variables {
    ranges_dir = "tests/ranges/empty"
  }
}

run "refuses_a_list_of_everyone" {
  command         = plan
  expect_failures = [var.ranges_dir]

  module {
    source = "./tests/variables"
  }

  variables {
    ranges_dir = "tests/ranges/wide"
  }
}

run "refuses_a_list_without_a_day" {
  command         = plan
  expect_failures = [var.ranges_dir]

  module {
    source = "./tests/variables"
  }

  variables {
    ranges_dir = "tests/ranges/broken"
  }
}
