"""Proposals: their form, handing in, amending, withdrawing, and what is told of them."""
