# Region, credentials and (for the local cloud) endpoints come from the standard
# AWS environment variables, so that one configuration serves every account.
provider "aws" {
  default_tags {
    tags = merge({ stack = var.stack }, var.tags)
  }
}
