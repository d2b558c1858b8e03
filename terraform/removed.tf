# Once part of a stack, now the account's (decision 0025). A stack of that time forgets them and leaves them as they are:
# without the role no API of the account could write its access log.

removed {
  from = aws_api_gateway_account.this

  lifecycle {
    destroy = false
  }
}

removed {
  from = module.api_logs_role

  lifecycle {
    destroy = false
  }
}
