"""A second cloud: the real Terraform against moto, whose authors read AWS's documents independently."""
