"""Builds and starts the packages for arm64, and gives each one event."""
