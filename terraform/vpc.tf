# What the functions call, from their own policies: what a VPC must let through.

locals {
  function_policies = concat(
    [for one in [module.admit, module.authorizer, module.ingest, module.rehydrate, module.sweep, module.watch] : one.policies],
    [for one in module.fan : one.policies.function],
    [for one in module.redact : one.policies],
    [for one in module.destination : one.function.policies],
  )

  # By the prefix of IAM's actions, where an endpoint has another name. Lambda itself writes logs and traces, and no
  # function calls KMS.
  endpoint_names = { cloudwatch = "monitoring" }

  called_services = sort(distinct(flatten([
    for policies in local.function_policies : [
      for name, json in policies : [
        for statement in flatten([jsondecode(json).Statement]) : [
          for action in flatten([statement.Action]) :
          lookup(local.endpoint_names, split(":", action)[0], split(":", action)[0]) if !contains(["kms", "logs", "xray"], split(":", action)[0])
        ]
      ] if !contains(["trust", "vpc"], name)
    ]
  ])))
}
