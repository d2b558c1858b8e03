"""How far a stack scales: limits by formula, and a simulation of bursts and slow processors (docs/scale.md)."""
