# Once part of a stack, now the account's (decision 0025). A stack from that time forgets them and leaves them
# unchanged: without the role no API of the account could write its access log.

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
