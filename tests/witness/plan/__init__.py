"""A real plan: the real provider, no mock, no account."""
