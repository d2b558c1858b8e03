"""The witnesses' own tests: each must find the planted faults."""
