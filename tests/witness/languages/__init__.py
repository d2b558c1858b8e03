"""Checks what we write in AWS's small languages with independent engines."""
