"""Sifting: assessing, deciding, merging, and composing the candidates, each step in the action log."""
