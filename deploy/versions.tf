terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Only arguments that majors 5 and 6 both accept are used. Tested with 5.100.0 only.
      version = ">= 5.100, < 7.0"
    }
  }
}
