"""Checks by those who are not us. Run one with scripts/witness NAME; README.md says what each can and cannot see."""
