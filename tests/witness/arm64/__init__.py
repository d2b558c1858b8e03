"""The packages for arm64, built, started and given one event each."""
