# The one provider version that this stack was tested with. No hashes: they would
# bind the file to the platform that wrote it.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.100.0, < 7.0.0"
}
