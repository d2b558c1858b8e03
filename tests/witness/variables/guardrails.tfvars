# On top of e2e.tfvars: everything that a company may demand of every resource.
permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
role_path                = "/platform/webhooks/"
kms_key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-4333-8444-555555555555"
log_retention_days       = 30
tags                     = { cost-centre = "4711", owner = "platform" }

# local.tfvars leaves them out; a company's policies demand them.
require_tls = true

vpc = {
  subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  security_group_ids = ["sg-0123456789abcdef0"]
}
