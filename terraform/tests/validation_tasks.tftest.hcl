# What modules/target refuses of ecs and batch. Each run changes one thing of what the first one plans.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "accepts_a_task" {
  command = plan

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_task_definition_without_a_revision" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_wildcard_among_task_roles" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = ["arn:aws:iam::123456789012:role/*"], event_in = "environment", command = [] } }
  }
}

run "refuses_a_task_without_a_subnet" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = [], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_security_group_that_is_none" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = ["default"], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_an_unknown_launch_type" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "LAMBDA", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_public_address_outside_fargate" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "EC2", assign_public_ip = true, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_command_for_an_event_in_the_environment" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "environment", command = ["handle"] } }
  }
}

run "refuses_a_path_in_a_command" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "command", command = ["$.messageId"] } }
  }
}

run "refuses_a_job_definition_without_a_revision" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "batch", arn = "q", batch = { job_queue = "arn:aws:batch:eu-west-1:123456789012:job-queue/q", job_definition = "arn:aws:batch:eu-west-1:123456789012:job-definition/d" } }
  }
}

run "refuses_eleven_attempts" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "batch", arn = "q", batch = { job_queue = "arn:aws:batch:eu-west-1:123456789012:job-queue/q", job_definition = "arn:aws:batch:eu-west-1:123456789012:job-definition/d:3", attempts = 11 } }
  }
}

run "refuses_an_enrichment_for_a_task" {
  command         = plan
  expect_failures = [var.enrichment]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
    enrichment   = { kind = "lambda", arn = "arn:aws:lambda:eu-west-1:123456789012:function:f" }
  }
}

run "refuses_a_container_without_memory" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 0, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_instances_of_your_own_outside_aws" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "EXTERNAL", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_public_address_with_a_capacity_provider_of_your_own" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", capacity_provider = "spot", assign_public_ip = true, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_platform_version_with_a_capacity_provider_of_your_own" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", capacity_provider = "spot", platform_version = "1.4.0", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_path_as_container" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "$.body.type", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "environment", command = [] } }
  }
}

run "refuses_a_command_that_leaves_no_room_for_the_event" {
  command         = plan
  expect_failures = [var.target]

  module {
    source = "./modules/target"
  }

  variables {
    name         = "s"
    stack        = "coatcheck"
    bucket_arn   = "arn:aws:s3:::b"
    arn_prefixes = { events = "arn:aws:events:eu-west-1:123456789012" }
    target       = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1a"], security_groups = [], launch_type = "FARGATE", assign_public_ip = false, task_roles = [], event_in = "command", command = [format("%04094d", 0)] } }
  }
}
