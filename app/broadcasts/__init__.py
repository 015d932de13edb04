"""A text, an audience, a time: composed by one operator, released by another, sent once to each person."""
