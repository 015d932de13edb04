"""Measurements: everything is a ratio to a base that was measured alternately in the same run."""
