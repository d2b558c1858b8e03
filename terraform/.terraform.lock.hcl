# The one provider version that this stack was tried with. No hashes: they would bind
# the file to the platform it was made on.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.100.0, < 7.0.0"
}
