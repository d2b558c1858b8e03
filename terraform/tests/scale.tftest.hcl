# How the two readers of the stream read it, in plans of the real provider, without credentials.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_data {
  target = module.key_policy.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

variables {
  packages      = { dir = "tests/packages" }
  endpoints     = { github = { preset = "github" } }
  processors    = { one = { kind = "lambda" } }
  subscriptions = { in-order = { types = ["push"], target = { processor = "one" }, ordered = true } }
}

run "the_router_reads_as_fast_as_a_shard_is_written" {
  command = plan

  assert {
    condition = [
      for p in aws_pipes_pipe.router.source_parameters[0].dynamodb_stream_parameters :
      [p.parallelization_factor, p.maximum_batching_window_in_seconds, p.batch_size]
    ] == [[10, 0, 10]]
    error_message = "By default the router must route ten batches of ten at once from each shard, and wait for none: ${jsonencode(aws_pipes_pipe.router.source_parameters[0].dynamodb_stream_parameters)}"
  }
}

run "the_router_is_set_and_fan_is_not" {
  command = plan

  variables {
    router = { parallelization = 3, batching_window_s = 2 }
  }

  assert {
    condition = [
      for p in aws_pipes_pipe.router.source_parameters[0].dynamodb_stream_parameters :
      [p.parallelization_factor, p.maximum_batching_window_in_seconds]
    ] == [[3, 2]]
    error_message = "The variable router must be the pipe's: ${jsonencode(aws_pipes_pipe.router.source_parameters[0].dynamodb_stream_parameters)}"
  }

  # Several batches at once keep the order of an item only, and the events of one ordering key are items of their own.
  assert {
    condition = [
      for p in module.fan[0].pipe_parameters.source[0].dynamodb_stream_parameters :
      [p.parallelization_factor, p.maximum_batching_window_in_seconds]
    ] == [[1, 0]]
    error_message = "Whatever the router does, fan must get one batch of a shard at once, or ordered subscriptions lose their order."
  }
}
