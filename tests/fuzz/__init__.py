"""What strangers send, spoilt thousands of times by a seeded chance: nothing but the refusals that are named."""
