"""Voting, from the empty ballot to the archive."""
