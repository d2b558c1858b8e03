"""Independent checks. Run one with scripts/witness NAME; README.md says what each can and cannot see."""
