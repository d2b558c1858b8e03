"""Records the AWS requests of a run and checks them against AWS's own service models, as botocore ships them."""
