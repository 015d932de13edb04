"""Voting: rounds, types of ballot, the box, counting, the archive that anybody can check."""
