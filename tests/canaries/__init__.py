"""Searches all that a local cloud has left for what must never be read: keys, signatures, credentials and payloads."""
