"""What we hold of a person: giving it out, and letting go of it."""
