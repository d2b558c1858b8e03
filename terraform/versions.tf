terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Only arguments that majors 5 and 6 both take are used. Tried with 5.100.0 alone.
      version = ">= 5.100, < 7.0"
    }
  }
}
