"""A campaign in numbers: what came in, from where, how long it waits. Reads only."""
