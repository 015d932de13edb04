"""The acts, one a file: each does its part, compares what everybody sees with what it did, and tells of it."""
